#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "test/support/descriptor.hpp"

namespace hubbub::test {

/// As execve(2) wants them; they stay the strings' own.
std::vector<char*> pointers(std::vector<std::string>& strings);

/// Becomes readable when that child of ours ends (pidfd_open(2)). Errors: std::system_error.
Descriptor open_handle(pid_t pid);

/// Its exit code, 128 + N after signal N, and it is no more; nothing when it is still running after `time`.
std::optional<int> wait_for_end(pid_t pid, const Descriptor& handle, std::chrono::milliseconds time);

}  // namespace hubbub::test
