#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace hubbub::journal {

/// How far a commit goes before it counts. Engines without a disk ignore it.
enum class Sync { full, normal, off };

/// What an operator may choose about history. A limit of 0 is none.
struct Settings {
  std::string engine = "memory";
  /// Messages kept in each room.
  std::size_t keep_messages = 10'000;
  /// Age beyond which a message is dropped.
  std::chrono::milliseconds keep_age{0};
  /// Bytes of memory for the messages of one room (engine "memory").
  std::size_t memory = std::size_t{1024} * 1024;
  /// Bytes of memory for the messages of all rooms together; the oldest go first (engine "memory").
  std::size_t memory_total = std::size_t{64} * 1024 * 1024;
  Sync sync = Sync::full;
};

}  // namespace hubbub::journal
