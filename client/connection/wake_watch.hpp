#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "client/connection/absence.hpp"

namespace hubbub::client {

/// Notices when the machine has slept or the process was stopped, as soon as it goes on: by a timer on a
/// clock that counts that time too (CLOCK_BOOTTIME, timerfd_create(2)). Steady timers do not: what was
/// due ten seconds after going to sleep is due ten seconds after waking.
class WakeWatch {
 public:
  WakeWatch(const boost::asio::any_io_executor& executor, std::chrono::milliseconds period,
            std::chrono::milliseconds tolerance);

  /// `woke` is called until `stop`. `owner` is what this is a part of, and is kept as long as the timer is
  /// waited for. Where there is no such timer to be had, only `look` notices.
  void start(const std::shared_ptr<void>& owner, std::function<void()> woke);
  void stop();
  /// To be called before anything is concluded from the time that has passed: whatever the timer is late
  /// with is noticed now.
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
