#pragma once

#include <chrono>
#include <optional>

namespace hubbub::client {

/// How long the server takes to answer: the last round trip, or how long the oldest question has been open
/// if that is more. A question is a ping of the connection's own or any request, since answers come in
/// order. Time is passed in.
class Lag {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  /// From here on it is bad, and worth telling.
  static constexpr Duration bad{1000};

  /// Since when the oldest open question has been waiting; nothing: all were answered. To be called whenever
  /// that may have changed: an oldest question that is another one now has been answered.
  void waiting(std::optional<TimePoint> since, TimePoint now);
  /// One was away until now: that is nobody's lag.
  void woke(TimePoint now) { awake_since_ = now; }

  Duration value(TimePoint now) const;
  /// The value, if its whole seconds are not those that were told last; they are now.
  std::optional<Duration> news(TimePoint now);
  /// Whether what was told last is bad.
  bool is_told() const { return told_.count() > 0; }
  /// When there will be news, if it is time alone that brings it.
  std::optional<TimePoint> next(TimePoint now) const;
  /// The last answer was slow, nothing else is asked, and so nobody would learn that it is over.
  bool wants_question() const { return !since_ && round_trip_ >= bad; }

 private:
  Duration age(TimePoint since, TimePoint now) const;

  std::optional<TimePoint> since_;
  TimePoint awake_since_{};
  Duration round_trip_{0};
  std::chrono::seconds told_{0};
};

}  // namespace hubbub::client
