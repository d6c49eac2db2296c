#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/secret.hpp"

/// System calls and environment for daemon, client and tools.
namespace hubbub::protocol {

/// Writes all bytes, in as many calls as needed; blocks even on a non-blocking descriptor, such as a full
/// pipe that another program made non-blocking. Returns 0, or the errno(3) of the failed call; the remaining
/// bytes are then not written.
int write_all(int descriptor, std::string_view bytes);

/// The first line of an open descriptor, without its ending; what stands behind it is left for others to
/// read. Waits also on a non-blocking descriptor, and leaves no copy of the line anywhere. Otherwise
/// errno(3): EMSGSIZE for a line of more than `most` bytes.
std::variant<Secret, int> first_line(int descriptor, std::size_t most);

/// Why the file cannot be read, as a clause, such as "No such file or directory"; empty: it can be. Only a
/// regular file can: a pipe would be waited for.
std::string unreadable(const std::string& file);

/// The value of an environment variable; empty: it is not set, or empty.
std::string environment(const char* variable);

/// The folder that the environment variable names, if its path is absolute, else `below_home` in $HOME.
/// Empty: neither variable has an absolute path. (XDG Base Directory Specification 0.8: relative paths are
/// ignored.)
std::string base_directory(const char* variable, std::string_view below_home);

}  // namespace hubbub::protocol
