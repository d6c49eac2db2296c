#pragma once

#include <string>
#include <string_view>

/// What daemon, client and tools all ask of the system.
namespace hubbub::protocol {

/// Writes all of the bytes, in as many calls as that takes; waits where the descriptor is a full pipe that
/// somebody has made non-blocking. 0, or the errno(3) that ended it: the rest is not written.
int write_all(int descriptor, std::string_view bytes);

/// The value of an environment variable; empty: it is not set, or empty.
std::string environment(const char* variable);

/// The folder that the environment variable names, where it is an absolute path; else `below_home` in $HOME;
/// empty: neither is to be had. (XDG Base Directory Specification 0.8, which has relative paths ignored.)
std::string base_directory(const char* variable, std::string_view below_home);

}  // namespace hubbub::protocol
