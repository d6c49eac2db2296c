#pragma once

#include <chrono>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

using Steady = std::chrono::steady_clock::time_point;

/// The two clocks, read at the same moment: the wall's, and one that only goes forward and stands still while
/// the machine sleeps (CLOCK_MONOTONIC, clock_gettime(2)).
struct Moment {
  protocol::Timestamp wall{};
  Steady steady{};
};

/// The time by which retention judges the age of messages. It is never ahead of the wall clock, and follows
/// it only as far as that can be believed: a clock that is wrong for a moment must not cost the history.
///
/// - It goes on with the steady clock, always.
/// - It is set to the wall clock when that is up to a day ahead of it, and has gone with the steady clock
///   for ten minutes: after a sleep, or a night without a daemon.
/// - A wall clock that is further ahead is wrong, or the daemon has not run for long. Once it has gone with
///   the steady clock for an hour, this one goes 24 times as fast until it has caught up: after a month
///   without a daemon that takes 31 hours, and a clock that is a year ahead for a night ages the history by
///   some days.
///
/// The wall clock has gone with the steady clock as long as the two differ by no more than a minute since the
/// start of that time; otherwise that time starts anew.
class AgeClock {
 public:
  enum class Change { none, fell_behind, caught_up };

  /// `known`: the last time shown in the previous process; or when the newest message was said.
  AgeClock(protocol::Timestamp known, const Moment& now);

  /// fell_behind: the wall clock has become more than a day ahead; caught_up: it is no more.
  Change advance(const Moment& now);
  protocol::Timestamp now() const { return time_; }
  /// How far the wall clock was ahead at the last advance().
  std::chrono::milliseconds behind() const { return wall_ - time_; }

 private:
  protocol::Timestamp time_;
  protocol::Timestamp wall_;
  Moment together_since_;  ///< since when the two clocks have gone together
  Steady counted_;         ///< the steady clock up to which time_ has gone on
  bool is_far_behind_ = false;
};

}  // namespace hubbub::journal
