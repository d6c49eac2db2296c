#include "server/ops/systemd.hpp"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace hubbub::ops::systemd {
namespace {

/// A line feed would start another assignment of the message (sd_notify(3)).
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// An unset $NOTIFY_SOCKET makes it nothing, and a service manager that does not listen is no reason to
/// stop serving: so nobody asks for the result.
void notify(const std::string& assignments) { sd_notify(0, assignments.c_str()); }

/// CLOCK_MONOTONIC in microseconds, by which the manager pairs a reload with its signal (Type=notify-reload).
std::uint64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000U;
}

}  // namespace

void ready(const std::string& status) { notify("READY=1\nSTATUS=" + one_line(status)); }

void reloading() {
  notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()) + "\nSTATUS=Reloading");
}

void stopping() { notify("STOPPING=1\nSTATUS=Shutting down"); }

void status(const std::string& line) { notify("STATUS=" + one_line(line)); }

void watchdog_alive() { notify("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds / 2);
}

std::vector<int> listen_descriptors() {
  // Unsets $LISTEN_FDS, which is for this process alone, and makes the descriptors close-on-exec.
  const int count = sd_listen_fds(1);
  std::vector<int> sockets;
  for (int descriptor = SD_LISTEN_FDS_START; descriptor < SD_LISTEN_FDS_START + count; ++descriptor) {
    if (sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) > 0) {
      sockets.push_back(descriptor);
    } else {
      ::close(descriptor);
    }
  }
  return sockets;
}

}  // namespace hubbub::ops::systemd
