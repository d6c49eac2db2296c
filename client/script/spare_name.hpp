#pragma once

#include <string>
#include <string_view>

namespace hubbub::client {

/// "alice-2" for alice and 2; a long name is cut, so that it stays one that can be had
/// (protocol::name_code_points).
std::string spare_name(std::string_view name, unsigned number);

/// "alice-tail" for alice and "tail", in the same way; for no name no name.
std::string derived_name(std::string_view name, std::string_view what);

/// What one is called on this machine: $USER, or else $LOGNAME, or else as passwd(5) says; empty: nobody
/// knows.
std::string user_name();

}  // namespace hubbub::client
