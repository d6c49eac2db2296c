#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "protocol/error.hpp"

/// The service manager's side of the daemon (sd_notify(3), sd_watchdog_enabled(3),
/// sd_listen_fds_with_names(3)). Without systemd every call does nothing.
namespace hubbub::ops::systemd {

void ready(const std::string& status);
void reloading();
void stopping();
/// A line for `systemctl status`, such as "12 connections, 3 rooms".
void status(const std::string& line);
void watchdog_alive();
/// How often to call watchdog_alive: half of WatchdogSec; nothing when no watchdog is set.
std::optional<std::chrono::microseconds> watchdog_interval();
struct ListenDescriptor {
  int descriptor = -1;
  std::string name;  ///< FileDescriptorName= of systemd.socket(5); by default that of the unit
};
/// Listening stream sockets handed over by socket activation, ready to accept on. Call once. Error: denied,
/// what was handed over is not as it should be, such as fewer names than sockets.
protocol::Result<std::vector<ListenDescriptor>> listen_descriptors();

}  // namespace hubbub::ops::systemd
