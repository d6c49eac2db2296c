#pragma once

#include <string_view>

/// Typed lines that hold a secret, or seem to.
namespace hubbub::client::terminal {

/// Whether a typed line may be remembered: no, if it begins with a blank or seems to hold a password or
/// another secret. A mistyped command counts as the one that it was meant to be.
bool may_be_kept(std::string_view line);

/// Whether one of the lines is a token of the server, of a device or of an invitation, and nothing else.
bool is_token_alone(std::string_view lines);

/// The command, without its slash, that a line seems to be which has none: `login alice hunter2`. Empty: it
/// seems none, or has nothing in it that nobody else must read.
std::string_view secret_command_without_slash(std::string_view line);

}  // namespace hubbub::client::terminal
