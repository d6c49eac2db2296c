#include "client/connection/wake_watch.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <ctime>
#include <utility>

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

Absence::Time boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

WakeWatch::WakeWatch(const asio::any_io_executor& executor, std::chrono::milliseconds period,
                     std::chrono::milliseconds tolerance)
    : absence_(period, tolerance, boot_time()), timer_(executor) {}

void WakeWatch::start(const std::shared_ptr<void>& owner, std::function<void()> woke) {
  owner_ = owner;
  woke_ = std::move(woke);
  const int timer = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (timer < 0) return;
  timer_.assign(timer);
  arm();
  wait();
}

void WakeWatch::stop() {
  error_code ignored;
  timer_.close(ignored);
  woke_ = nullptr;
}

void WakeWatch::look() {
  if (!woke_) return;
  const auto due = absence_.due();
  const bool was_away = absence_.look(boot_time());
  if (absence_.due() != due) arm();
  if (!was_away) return;
  const auto woke = woke_;  // it may stop the watch
  woke();
}

/// Setting the timer also clears its expiry, which makes it unreadable again (timerfd_create(2)).
void WakeWatch::arm() {
  if (!timer_.is_open()) return;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(absence_.due());
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = (absence_.due() - seconds).count();
  ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void WakeWatch::wait() {
  const auto looked = [this, held = owner_.lock()](const error_code& error) {
    if (error) return;
    look();
    if (timer_.is_open()) wait();
  };
  timer_.async_wait(asio::posix::stream_descriptor::wait_read, looked);
}

}  // namespace hubbub::client
