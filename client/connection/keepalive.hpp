#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace hubbub::client {

/// When to ping the server, and when to give up the link: a dead link may get no reset, as when a laptop
/// changes networks. Uses no sockets and no clock; time is passed in.
class Keepalive {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  struct Limits {
    Duration silence;  ///< the server's silence after which it is asked
    Duration answer;   ///< the server's time for its answer
    Duration woken;    ///< replaces `answer` after the machine slept, when the network has often changed
  };
  enum class Step { wait, ask, give_up };

  /// For a new link, whose `welcome` must come within `silence` and `answer` together.
  Keepalive(const Limits& limits, TimePoint now) : limits_(limits), heard_(now), since_(now) {}

  void welcomed();
  /// Bytes came from the server. They may have come while the machine slept.
  void heard(TimePoint now) { heard_ = now; }
  /// The machine slept until now: the server is asked at once, and has less time than usual.
  void woke(TimePoint now);
  /// The server was asked, for whatever reason.
  void asked(TimePoint now);
  /// The server has answered the last question, if there was one.
  void answered();

  Step step(TimePoint now) const;
  /// When `step` will return something other than `wait`.
  TimePoint due() const;
  /// The machine slept, and the server has not answered since.
  bool in_doubt() const { return doubt_; }

 private:
  Duration greeting() const { return doubt_ ? limits_.woken : limits_.silence + limits_.answer; }

  Limits limits_;
  TimePoint heard_;
  TimePoint since_;  ///< until `welcome`: when the link was made, or when the machine woke
  std::optional<TimePoint> asked_;
  Duration patience_{};  ///< time limit for the answer to the last question
  bool welcome_ = false;
  bool doubt_ = false;
  bool ask_now_ = false;
};

/// The server's response time: the last round trip, or the age of the oldest open question if that is more. A
/// question is a ping of the connection's own or any request, since answers come in order. Time is passed in.
class Lag {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  /// From this value on the lag is bad, and shown.
  static constexpr Duration bad{1000};

  /// Takes the time at which the oldest open question was asked; nothing: all were answered. Call it whenever
  /// that may have changed: a change means that the previous oldest question was answered.
  void waiting(std::optional<TimePoint> since, TimePoint now);
  /// The machine slept until now; time asleep does not count as lag.
  void woke(TimePoint now) { awake_since_ = now; }

  Duration value(TimePoint now) const;
  /// The value, if its whole seconds differ from those told last; they then count as told.
  std::optional<Duration> news(TimePoint now);
  /// Whether the value told last was bad.
  bool is_told() const { return told_.count() > 0; }
  /// When the passing of time alone will bring news; nothing: no question is open.
  std::optional<TimePoint> next(TimePoint now) const;
  /// The last answer was slow and no question is open: only a new question can show that the lag is over.
  bool wants_question() const { return !since_ && round_trip_ >= bad; }

 private:
  Duration age(TimePoint since, TimePoint now) const;

  std::optional<TimePoint> since_;
  TimePoint awake_since_{};
  Duration round_trip_{0};
  std::chrono::seconds told_{0};
};

/// The wait before the next attempt to connect: a step that doubles from `first` to `most`, less a random
/// part of up to half, so that the clients of a restarted server do not all reconnect at the same moment.
class Backoff {
 public:
  using Duration = std::chrono::milliseconds;

  Backoff(Duration first, Duration most, std::uint64_t seed)
      : first_(first), most_(most), next_(first), random_(seed) {}

  /// Between half of the step and the whole of it; the step doubles.
  Duration next() {
    const Duration step = next_;
    next_ = std::min(next_ * 2, most_);
    std::uniform_int_distribution<Duration::rep> part(step.count() / 2, step.count());
    return Duration(part(random_));
  }

  /// After a link that worked.
  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration most_;
  Duration next_;
  std::mt19937_64 random_;
};

}  // namespace hubbub::client
