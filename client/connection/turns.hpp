#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace hubbub::client {

/// Which of the servers of one chat is connected to, or tried next: the first in the list at first, and after
/// each loss the next one, in a circle. Tells when all have been tried in vain, so that their round is over
/// and the next one has to wait. Has no sockets and no clock; time is passed in.
class Turns {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  /// `servers`: how many there are, at least one. `settled`: for how long a session has to be open before its
  /// server counts as one that works. A server that lets clients in and loses them at once would otherwise
  /// be tried without a pause, again and again.
  Turns(std::size_t servers, Duration settled) : servers_(servers), settled_(settled) {}

  /// Index of the server whose turn it is.
  std::size_t current() const { return current_; }

  /// The session with the current server is open; only the first call after a loss counts.
  void opened(TimePoint now) {
    if (!open_since_) open_since_ = now;
  }

  /// The link to the current server has ended, or could not be made: it is the next one's turn. True: at
  /// once, as it has not been tried since a server last worked, or since the last round ended. False: all of
  /// them have had their turn, and the next round is worth a pause.
  bool lost(TimePoint now) {
    if (open_since_ && now - *open_since_ >= settled_) lost_ = 0;
    open_since_.reset();
    current_ = (current_ + 1) % servers_;
    if (++lost_ < servers_) return true;
    lost_ = 0;
    return false;
  }

 private:
  std::size_t servers_;
  Duration settled_;
  std::size_t current_ = 0;
  std::size_t lost_ = 0;  ///< servers that have had their turn in this round
  std::optional<TimePoint> open_since_;
};

}  // namespace hubbub::client
