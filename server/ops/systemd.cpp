#include "server/ops/systemd.hpp"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "server/ops/log.hpp"

namespace hubbub::ops::systemd {
namespace {

/// A line feed would start another assignment of the message (sd_notify(3)).
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// Does nothing without $NOTIFY_SOCKET. The result is ignored: a service manager that does not listen is no
/// reason to stop serving.
void notify(const std::string& assignments) { sd_notify(0, assignments.c_str()); }

}  // namespace

void ready(const std::string& status) { notify("READY=1\nSTATUS=" + one_line(status)); }

/// The manager pairs a reload with its signal by CLOCK_MONOTONIC (Type=notify-reload), which is the steady
/// clock.
void reloading() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(now).count();
  notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds) + "\nSTATUS=Reloading");
}

void stopping() { notify("STOPPING=1\nSTATUS=Shutting down"); }

void status(const std::string& line) { notify("STATUS=" + one_line(line)); }

void watchdog_alive() { notify("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds / 2);
}

protocol::Result<std::vector<ListenDescriptor>> listen_descriptors() {
  // Unsets $LISTEN_FDS, which is for this process alone, and makes the descriptors close-on-exec.
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(1, &names);
  if (count < 0) {
    return protocol::Error{protocol::Code::denied,
                           "the sockets of the service manager cannot be taken over: " +
                               std::generic_category().message(-count)};
  }
  std::vector<ListenDescriptor> sockets;
  for (int i = 0; i < count; ++i) {
    const int descriptor = SD_LISTEN_FDS_START + i;
    if (sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) > 0) {
      sockets.push_back({descriptor, names[i]});
    } else {
      log::warning("ops",
                   "a descriptor of the service manager is no socket that listens for streams, and is closed",
                   {{"descriptor", std::int64_t{descriptor}}, {"name", std::string_view(names[i])}});
      ::close(descriptor);
    }
    std::free(names[i]);
  }
  std::free(static_cast<void*>(names));
  return sockets;
}

}  // namespace hubbub::ops::systemd
