#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace hubbub::client {

/// When to ping the server, and when to give the link up: a link that went dead gets no reset, as when a
/// laptop changes networks. Knows no sockets; time is passed in.
class Keepalive {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  struct Limits {
    Duration silence;  ///< of the server, before it is asked
    Duration answer;   ///< the server's time for its answer
    Duration woken;    ///< the same after the machine slept: the network is often another one by then
  };
  enum class Step { wait, ask, give_up };

  /// For a new link, whose `welcome` has to come within `silence` and `answer` together.
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
  /// When `step` will say something else than `wait`.
  TimePoint due() const;
  /// The machine slept, and the server has not answered since.
  bool in_doubt() const { return doubt_; }

 private:
  Duration greeting() const { return doubt_ ? limits_.woken : limits_.silence + limits_.answer; }

  Limits limits_;
  TimePoint heard_;
  TimePoint since_;  ///< until `welcome`: when the link was made, or when the machine woke
  std::optional<TimePoint> asked_;
  Duration patience_{};  ///< for the answer to what was asked
  bool welcome_ = false;
  bool doubt_ = false;
  bool ask_now_ = false;
};

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
  /// The machine slept until now, which is no lag of the server's.
  void woke(TimePoint now) { awake_since_ = now; }

  Duration value(TimePoint now) const;
  /// The value, if its whole seconds are not those that were told last; they are now.
  std::optional<Duration> news(TimePoint now);
  /// Whether what was told last is bad.
  bool is_told() const { return told_.count() > 0; }
  /// When there will be news, if it is time alone that brings it.
  std::optional<TimePoint> next(TimePoint now) const;
  /// The last answer was slow and no question is open: without a new one nobody would learn that the lag is
  /// over.
  bool wants_question() const { return !since_ && round_trip_ >= bad; }

 private:
  Duration age(TimePoint since, TimePoint now) const;

  std::optional<TimePoint> since_;
  TimePoint awake_since_{};
  Duration round_trip_{0};
  std::chrono::seconds told_{0};
};

/// How long to wait before the next attempt to connect: doubling from `first` to `most`, and each
/// time a random part of the second half less, so that the clients of a server that was restarted
/// do not all come back in the same instant.
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
