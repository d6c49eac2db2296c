#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace hubbub::client {

/// Tells whether the machine slept, or the process was stopped, between two looks at a clock. The clock is
/// passed in; it has to run on while the machine sleeps.
class Absence {
 public:
  using Time = std::chrono::nanoseconds;  ///< of the clock, whatever it counts from

  /// A look is due every `period`. One that is late by up to `tolerance` only means that the machine is busy.
  Absence(Time period, Time tolerance, Time now)
      : period_(period), tolerance_(tolerance), due_(now + period) {}

  /// True: the process was not running for a while since the last look.
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
/// timer on CLOCK_BOOTTIME (timerfd_create(2)), which counts that time too. The steady clock does not: a
/// timer that had ten seconds to go when the machine fell asleep has ten seconds to go when it wakes.
class WakeWatch {
 public:
  WakeWatch(const boost::asio::any_io_executor& executor, std::chrono::milliseconds period,
            std::chrono::milliseconds tolerance);

  /// `woke` is called each time, until `stop`. `owner` holds this object, and is kept alive while the timer
  /// is waited for. Where the system has no such timer, only `look` notices.
  void start(const std::shared_ptr<void>& owner, std::function<void()> woke);
  void stop();
  /// To be called before anything is concluded from the time that has passed, in case the timer is late.
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
