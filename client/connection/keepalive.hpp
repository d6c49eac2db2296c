#pragma once

#include <chrono>
#include <optional>

namespace hubbub::client {

/// When to ask the server at the other end of a link for a sign of life, and when to give the link up: one
/// that went dead gets no reset, as when a laptop changes networks. Knows no sockets; time is passed in.
class Keepalive {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  struct Limits {
    Duration silence;  ///< before the server is asked
    Duration answer;   ///< that it has for its answer then
    Duration woken;    ///< that it has when one has been away, since much may have changed meanwhile
  };
  enum class Step { wait, ask, give_up };

  /// A link that was made just now. Its `welcome` has to come within `silence` and `answer` together.
  Keepalive(const Limits& limits, TimePoint now) : limits_(limits), heard_(now), since_(now) {}

  void welcomed();
  /// Something came. It is a sign of life, but may have come while one was away.
  void heard(TimePoint now) { heard_ = now; }
  /// One was away until now: the server is asked at once, and has less time than usual.
  void woke(TimePoint now);
  /// The server was asked, for whatever reason.
  void asked(TimePoint now);
  /// It has answered what it was asked last, if it was asked.
  void answered();

  Step step(TimePoint now) const;
  /// When `step` will say something else than `wait`.
  TimePoint due() const;
  /// One was away, and has not found out yet what has become of the link.
  bool in_doubt() const { return doubt_; }

 private:
  Duration greeting() const { return doubt_ ? limits_.woken : limits_.silence + limits_.answer; }

  Limits limits_;
  TimePoint heard_;
  TimePoint since_;  ///< until `welcome`: the dialling, or when one woke
  std::optional<TimePoint> asked_;
  Duration patience_{};  ///< for the answer to what was asked
  bool welcome_ = false;
  bool doubt_ = false;
  bool ask_now_ = false;
};

}  // namespace hubbub::client
