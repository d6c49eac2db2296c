#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

/// Nobody on this machine is shown the secret in the arguments of a process, as ps(1) shows them.
inline void check_arguments_are_without(std::string_view secret) {
  std::error_code gone;  // processes end meanwhile
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const std::string number = entry.path().filename();
    if (number.find_first_not_of("0123456789") != std::string::npos) continue;
    INFO(number);
    CHECK(bytes_of(entry.path() / "cmdline").find(secret) == std::string::npos);
  }
}

/// No file below the directory has the secret in it.
inline void check_files_are_without(const std::filesystem::path& directory, std::string_view secret) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    INFO(entry.path());
    CHECK(bytes_of(entry.path()).find(secret) == std::string::npos);
  }
}

}  // namespace hubbub::test
