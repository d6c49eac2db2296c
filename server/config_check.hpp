#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "server/config_keys.hpp"

/// What one key demands of another.
namespace hubbub::config {

/// A sentence about a line of the file.
struct Fault {
  std::uint32_t line = 0;
  std::string sentence;
};

/// The keys that the file sets, and where.
using Lines = std::map<const Key*, std::uint32_t>;

/// Brings values that depend on each other into agreement. A value that the file sets is never changed: when
/// two of them contradict each other, that is the fault. A value that the file does not set gives way to
/// those that it does, so that lowering one limit does not take lowering others.
std::optional<Fault> settle(Config& config, const Lines& lines);

}  // namespace hubbub::config
