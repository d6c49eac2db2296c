#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/journal/age_clock.hpp"
#include "server/journal/retention.hpp"
#include "server/journal/settings.hpp"

namespace hubbub::journal {

inline Retention retention_of(const Settings& settings) {
  return {.messages = settings.keep_messages, .age = settings.keep_age};
}

/// What a retention would drop at some time, of the messages that are there now.
struct Forecast {
  std::uint64_t dropped = 0;
  std::uint64_t kept = 0;  ///< now
};

/// The retention of a journal, as it has to be known at the next start.
struct Standing {
  Retention in_force;
  std::uint64_t let_through = 0;         ///< messages that were dropped without waiting, see Keeping
  protocol::Timestamp let_through_at{};  ///< time of the last of them; all were within a grace before it

  friend bool operator==(const Standing&, const Standing&) = default;
};

/// A stricter retention, whose cost is to be found out.
struct Question {
  Retention wanted;
  Retention in_force;
  std::chrono::milliseconds grace;  ///< in which it can be taken back
};

/// The cost of a stricter retention, in messages.
struct Cost {
  std::uint64_t dropped = 0;  ///< at once
  std::uint64_t kept = 0;     ///< now
  std::uint64_t lost = 0;     ///< by the end of the grace, of those that the one in force keeps now

  /// `forecast` returns what a retention drops by a time from now on.
  template <class Forecasts>
  static Cost of(const Question& question, Forecasts forecast) {
    const Forecast now = forecast(question.wanted, std::chrono::milliseconds{0});
    Forecast then = forecast(question.wanted, question.grace);
    // Also messages with a time in the future: their age counts from when that is noticed.
    const auto age = question.wanted.age;
    if (age.count() > 0 && age < question.grace) then.dropped = now.kept;
    const Forecast anyway = forecast(question.in_force, std::chrono::milliseconds{0});
    return {.dropped = now.dropped,
            .kept = now.kept,
            .lost = then.dropped - std::min(then.dropped, anyway.dropped)};
  }
};

/// A retention that was asked for and has yet to take effect.
struct PendingDrop {
  /// How many it would have dropped when it was asked for; nothing while that is not known.
  std::optional<std::uint64_t> messages;
  Steady due{};
};

/// Which retention is in force: of all that were asked for within the last grace, the laxest, message count
/// and age each for itself. So a mistake in the configuration can be taken back, in whatever steps it was
/// made, and a laxer retention takes effect at once. A stricter one does not wait if it costs at most a tenth
/// of the messages kept, within the grace and together with what was dropped so within the last one. Keeping
/// also holds the clock by which messages age, and logs changes of both for the operator.
class Keeping {
 public:
  Keeping(const Standing& last, const AgeClock& clock, const Moment& now);

  const Retention& in_force() const { return in_force_; }
  Standing standing() const;
  protocol::Timestamp age_now() const { return clock_.now(); }
  /// What is in force for a room with such a retention of its own, for which nothing waits.
  Retention in_force(const Retention& own) const { return stricter(in_force_, own); }
  /// Messages from before that are too old, in a room without an age of its own; Timestamp::min() when none
  /// are.
  protocol::Timestamp too_old() const;

  /// The configuration asks for `wanted`, and for that grace, which also applies to earlier requests. With a
  /// grace of 0 it takes effect at once.
  void want(const Retention& wanted, std::chrono::milliseconds grace, Steady now);
  /// What to find out, while a stricter retention waits.
  std::optional<Question> question() const;
  /// The answer; no cost: it cannot be found out. Returns whether the retention in force has changed by that.
  bool foresee(const Question& question, const std::optional<Cost>& cost, const Moment& now);
  /// The clocks go on. Returns whether the retention in force has changed by that.
  bool advance(const Moment& now);
  std::optional<PendingDrop> pending() const;

 private:
  /// A retention that was asked for until then.
  struct Past {
    Retention retention;
    Steady until{};
  };

  /// Messages that were dropped without waiting.
  struct Loss {
    std::uint64_t messages;
    Steady when{};
    protocol::Timestamp at{};
  };

  void settle(Steady now);
  bool is_small(const Cost& cost, Steady now);
  Steady due() const { return past_.back().until + grace_; }

  Retention in_force_;
  Retention wanted_;
  std::vector<Past> past_;    ///< retentions that keep more than `wanted_`, and are within the grace
  std::vector<Loss> losses_;  ///< of the last grace
  std::chrono::milliseconds grace_{0};
  std::optional<std::uint64_t> foreseen_;  ///< messages that `wanted_` would have dropped
  AgeClock clock_;
};

}  // namespace hubbub::journal
