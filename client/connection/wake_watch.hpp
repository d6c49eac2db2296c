#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace hubbub::client {

/// Tells whether the machine slept, or the process was stopped, between two looks at a clock. Time is passed
/// in, from a clock that also runs while the machine sleeps.
class Absence {
 public:
  using Time = std::chrono::nanoseconds;  ///< of the clock, from any starting point

  /// A look is due every `period`. One that is late by up to `tolerance` only means that the machine is busy.
  Absence(Time period, Time tolerance, Time now)
      : period_(period), tolerance_(tolerance), due_(now + period) {}

  /// True: the process did not run for a while since the last look.
  bool look(Time now) {
    const bool late = now > due_ + tolerance_;
    if (now >= due_) due_ = now + period_;
    return late;
  }

  /// When the next look is due.
  Time due() const { return due_; }

 private:
  Time period_;
  Time tolerance_;
  Time due_;
};

/// Notices that the machine has slept, or that the process was stopped, as soon as the process goes on: by a
/// timer on CLOCK_BOOTTIME (timerfd_create(2)), which counts time asleep. The steady clock does not: a timer
/// with ten seconds left when the machine fell asleep has ten seconds left when it wakes.
class WakeWatch {
 public:
  WakeWatch(const boost::asio::any_io_executor& executor, std::chrono::milliseconds period,
            std::chrono::milliseconds tolerance);

  /// Calls `woke` after each sleep, until `stop`. `owner` owns this object, and is kept alive while the timer
  /// is waited for. On a system without such a timer only `look` notices a sleep.
  void start(const std::shared_ptr<void>& owner, std::function<void()> woke);
  void stop();
  /// Call this before using elapsed time, as the timer may be late.
  void look();

 private:
  void arm();
  void wait();

  Absence absence_;
  boost::asio::posix::stream_descriptor timer_;
  std::weak_ptr<void> owner_;
  std::function<void()> woke_;
};

}  // namespace hubbub::client
