#pragma once

#include <algorithm>
#include <chrono>

#include "test/durability/peer.hpp"

namespace hubbub::durability {

/// How talk goes on: the times between messages that come back to those who said them, and how long each was
/// waited for. Only times at which people have something to say count.
class Pulse {
 public:
  void begin(Clock::time_point now) {
    last_ = now;
    pause_ = wait_ = {};
  }
  /// Something has come back that was said at that time.
  void beat(Clock::time_point said, Clock::time_point now) {
    pause_ = std::max(pause_, now - last_);
    wait_ = std::max(wait_, now - said);
    last_ = now;
    newest_ = std::max(newest_, said);
  }
  /// When that was said which was said last of what has come back.
  Clock::time_point newest() const { return newest_; }
  /// The longest time in which nothing came back to anybody.
  Clock::duration pause() const { return pause_; }
  /// The longest time that somebody waited for one message.
  Clock::duration wait() const { return wait_; }

 private:
  Clock::time_point last_{};
  Clock::time_point newest_{};
  Clock::duration pause_{};
  Clock::duration wait_{};
};

}  // namespace hubbub::durability
