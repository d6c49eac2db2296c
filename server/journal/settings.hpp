#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace hubbub::journal {

/// What a commit is to survive before it counts. Engines without a disk ignore it. What a power cut may take
/// under `normal` is from SQLite's own description: https://sqlite.org/pragma.html#pragma_synchronous.
enum class Sync {
  full,    ///< a power cut
  normal,  ///< the end of this process, however sudden; a power cut may take the newest commits
  off,     ///< the same as `normal`, but a power cut may damage the whole journal
};

/// What an operator may choose about history. A limit of 0 is none.
struct Settings {
  std::string engine = "memory";
  /// Messages kept in each room.
  std::size_t keep_messages = 0;
  /// Age beyond which a message is dropped.
  std::chrono::milliseconds keep_age{0};
  /// How long a stricter retention waits before it drops anything.
  std::chrono::milliseconds grace = std::chrono::hours{1};
  /// At the start nothing waits, and the clock is believed: messages that retention does not keep are dropped
  /// at once.
  bool drop_now = false;
  /// Bytes of memory for the messages of one room (engine "memory").
  std::size_t memory = std::size_t{1024} * 1024;
  /// Bytes of memory for the messages of all rooms together; the oldest go first (engine "memory").
  std::size_t memory_total = std::size_t{64} * 1024 * 1024;
  Sync sync = Sync::full;
  /// The folder of an engine with a disk.
  std::string directory;
};

}  // namespace hubbub::journal
