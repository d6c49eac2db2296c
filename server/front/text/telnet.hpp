#pragma once

#include <string>
#include <string_view>

namespace hubbub::front {

/// A line without the commands that a telnet client puts between its bytes (RFC 854: IAC and what
/// follows it; RFC 855: subnegotiations). None of them is answered, which refuses them all.
std::string without_telnet_commands(std::string_view line);

}  // namespace hubbub::front
