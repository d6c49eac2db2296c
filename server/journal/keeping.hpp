#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "server/journal/age_clock.hpp"
#include "server/journal/moment.hpp"
#include "server/journal/settings.hpp"

namespace hubbub::journal {

/// What is kept of each room. 0: no bound.
struct Retention {
  std::uint64_t messages = 0;
  std::chrono::milliseconds age{0};

  friend bool operator==(const Retention&, const Retention&) = default;
};

inline Retention retention_of(const Settings& settings) {
  return {.messages = settings.keep_messages, .age = settings.keep_age};
}

/// What another retention would drop at once, of what is there.
struct Forecast {
  std::uint64_t dropped = 0;
  std::uint64_t kept = 0;  ///< now
};

/// A retention that has been asked for, and is yet to take effect.
struct PendingDrop {
  std::uint64_t messages = 0;
  Steady due{};
};

/// Which retention is in force. A new one that would drop more than a tenth of what is kept takes effect only
/// after a grace, so that a slip in the configuration can be taken back; whatever it keeps more than the old
/// one it keeps at once. Also has the clock by which messages age. Tells the operator's log of both.
class Keeping {
 public:
  Keeping(const Retention& in_force, const AgeClock& clock) : in_force_(in_force), clock_(clock) {}

  const Retention& in_force() const { return in_force_; }
  protocol::Timestamp age_now() const { return clock_.now(); }
  /// Messages from before that are too old; Timestamp::min() when none are.
  protocol::Timestamp too_old() const;

  /// Whether want() has to be told what `wanted` would drop: it is stricter than what is in force.
  bool needs_forecast(const Retention& wanted) const;
  /// The configuration asks for `wanted`. One that was asked for before and is yet to take effect is
  /// forgotten, unless it is the same. With a grace of 0 it takes effect at once.
  void want(const Retention& wanted, std::chrono::milliseconds grace, const Forecast& forecast, Steady now);
  /// The clocks go on. Whether what is in force has changed by that.
  bool advance(const Moment& now);
  std::optional<PendingDrop> pending() const;

 private:
  struct Pending {
    Retention wanted;
    std::uint64_t messages = 0;
    Steady since{};
    Steady due{};
  };

  Retention in_force_;
  AgeClock clock_;
  std::optional<Pending> pending_;
};

}  // namespace hubbub::journal
