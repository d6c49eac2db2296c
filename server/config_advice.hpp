#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/config.hpp"

/// What is allowed, and most likely not meant.
namespace hubbub::config {

/// How many descriptors a process may have (getrlimit(2), RLIMIT_NOFILE).
struct DescriptorLimit {
  std::uint64_t most = 0;
  std::string_view whose;   ///< as in "… allows 1024"
  std::string_view remedy;  ///< how to raise it, as in "raise it with …"
};

/// One sentence for each doubt, for the operator; it can be served all the same.
std::vector<std::string> doubts(const Config& config, std::span<const DescriptorLimit> limits);

}  // namespace hubbub::config
