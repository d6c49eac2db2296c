#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction(2) is POSIX's

#include <array>
#include <atomic>

namespace hubbub::tools {

/// While it exists, SIGINT, SIGTERM and SIGHUP do not end the process but are noted, so that unfinished work
/// can be undone; signals that are ignored stay ignored (nohup(1)). One at a time.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  /// True once a signal has come.
  const std::atomic<bool>& came() const;
  /// Throws a sentence if a signal has come.
  void check() const;

 private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace hubbub::tools
