#include "server/journal/keeping.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "server/ops/log.hpp"

namespace hubbub::journal {
namespace {

namespace log = ops::log;

// What a change of the retention may drop without waiting: one in so many of the messages that are kept.
constexpr std::uint64_t one_in = 10;

/// Of two bounds the one that keeps more; 0 is none.
template <class Bound>
Bound laxer(Bound a, Bound b) {
  return a == Bound{} || b == Bound{} ? Bound{} : std::max(a, b);
}

Retention laxer(const Retention& a, const Retention& b) {
  return {.messages = laxer(a.messages, b.messages), .age = laxer(a.age, b.age)};
}

std::string in_words(std::chrono::milliseconds time) {
  using namespace std::chrono_literals;
  if (time >= 48h) return std::to_string(time / 24h) + "d";
  if (time >= 1h && time % 1h == 0ms) return std::to_string(time / 1h) + "h";
  if (time >= 1min) return std::to_string(time / 1min) + "m";
  return std::to_string(time / 1s) + "s";
}

}  // namespace

protocol::Timestamp Keeping::too_old() const {
  return in_force_.age.count() > 0 ? clock_.now() - in_force_.age : protocol::Timestamp::min();
}

bool Keeping::needs_forecast(const Retention& wanted) const { return laxer(in_force_, wanted) != wanted; }

void Keeping::want(const Retention& wanted, std::chrono::milliseconds grace, const Forecast& forecast,
                   Steady now) {
  const bool was_wanted = pending_ && pending_->wanted == wanted;
  const auto since = was_wanted ? pending_->since : now;
  const bool was_pending = pending_.has_value();
  pending_.reset();
  const bool drops_much = needs_forecast(wanted) && forecast.dropped > forecast.kept / one_in;
  if (drops_much && since + grace > now) {
    in_force_ = laxer(in_force_, wanted);
    pending_ = {.wanted = wanted, .messages = forecast.dropped, .since = since, .due = since + grace};
    const auto in = in_words(std::chrono::duration_cast<std::chrono::milliseconds>(pending_->due - now));
    log::warning(
        "journal",
        "the new retention would drop much of the history; it takes effect after history.grace, unless "
        "the configuration is changed back and read again",
        {{"messages", forecast.dropped}, {"kept", forecast.kept}, {"in", in}});
    return;
  }
  in_force_ = wanted;
  if (was_pending && !was_wanted)
    log::info("journal", "the retention that was to take effect later has been taken back");
}

bool Keeping::advance(const Moment& now) {
  const auto change = clock_.advance(now);
  if (in_force_.age.count() > 0 && change == AgeClock::Change::fell_behind) {
    log::warning("journal",
                 "the clock is far ahead of what was known; until it has proved right, age drops less than "
                 "history.keep_age says (if it is right: hubbubd --drop-now)",
                 {{"ahead", in_words(clock_.behind())}});
  } else if (in_force_.age.count() > 0 && change == AgeClock::Change::caught_up) {
    log::info("journal", "the clock is believed again: age drops what history.keep_age says");
  }
  if (!pending_ || now.steady < pending_->due) return false;
  log::warning("journal", "the new retention takes effect", {{"messages", pending_->messages}});
  in_force_ = std::exchange(pending_, std::nullopt)->wanted;
  return true;
}

std::optional<PendingDrop> Keeping::pending() const {
  if (!pending_) return std::nullopt;
  return PendingDrop{.messages = pending_->messages, .due = pending_->due};
}

}  // namespace hubbub::journal
