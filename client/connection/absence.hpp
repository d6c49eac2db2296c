#pragma once

#include <chrono>

namespace hubbub::client {

/// Tells from a clock that is looked at again and again whether one was away between two looks: the
/// machine slept, or the process was stopped. The clock, which is passed in, has to go on meanwhile.
class Absence {
 public:
  using Time = std::chrono::nanoseconds;  ///< of the clock, whatever it counts from

  /// One means to look every `period`. Being late by up to `tolerance` is the way of busy machines.
  Absence(Time period, Time tolerance, Time now)
      : period_(period), tolerance_(tolerance), due_(now + period) {}

  /// One looks. True: one was away since the last time.
  bool look(Time now) {
    const bool late = now > due_ + tolerance_;
    if (now >= due_) due_ = now + period_;
    return late;
  }

  /// When to look at the latest.
  Time due() const { return due_; }

 private:
  Time period_;
  Time tolerance_;
  Time due_;
};

}  // namespace hubbub::client
