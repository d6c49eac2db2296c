#pragma once

#include <chrono>

#include "protocol/timestamp.hpp"

namespace hubbub::chat {

/// The two clocks: one that only goes forward, for limits and timeouts, and the wall's, for what
/// people read.
struct Now {
  std::chrono::steady_clock::time_point steady;
  protocol::Timestamp wall;
};

/// Time is asked for here and nowhere else in the chat, so that a test can pass its own.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// The same within one turn of the loop.
  virtual Now now() const = 0;
};

}  // namespace hubbub::chat
