#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "test/support/descriptor.hpp"

namespace hubbub::test {

/// Pointers to the strings, as execve(2) takes them; valid as long as the strings.
std::vector<char*> pointers(std::vector<std::string>& strings);

/// A descriptor that becomes readable when that child process ends (pidfd_open(2)). Errors:
/// std::system_error.
Descriptor open_handle(pid_t pid);

/// Waits for the child and reaps it. Its exit code, 128 + N after signal N; nothing when it still runs after
/// `time`.
std::optional<int> wait_for_end(pid_t pid, const Descriptor& handle, std::chrono::milliseconds time);

}  // namespace hubbub::test
