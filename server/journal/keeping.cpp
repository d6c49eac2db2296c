#include "server/journal/keeping.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "server/ops/log.hpp"

namespace hubbub::journal {
namespace {

namespace log = ops::log;

// What a stricter retention may cost without waiting: one in so many of the messages that are kept.
constexpr std::uint64_t one_in = 10;
// A loss is at most so long ago, whatever the clock says.
constexpr std::chrono::hours longest_ago{24 * 366};

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

Keeping::Keeping(const Standing& last, const AgeClock& clock, const Moment& now)
    : in_force_(last.in_force), wanted_(last.in_force), clock_(clock) {
  if (last.let_through == 0) return;
  const auto ago = std::clamp<std::chrono::milliseconds>(now.wall - last.let_through_at, {}, longest_ago);
  losses_.push_back({.messages = last.let_through, .when = now.steady - ago, .at = last.let_through_at});
}

Standing Keeping::standing() const {
  Standing standing{.in_force = in_force_};
  for (const auto& loss : losses_) {
    standing.let_through += loss.messages;
    standing.let_through_at = std::max(standing.let_through_at, loss.at);
  }
  return standing;
}

protocol::Timestamp Keeping::too_old() const { return journal::too_old(in_force_.age, clock_.now()); }

/// Sets what is in force, from what is wanted and was wanted within the grace.
void Keeping::settle(Steady now) {
  std::erase_if(past_, [&](const Past& past) {
    return past.until + grace_ <= now || laxer(past.retention, wanted_) == wanted_;
  });
  in_force_ = wanted_;
  for (const auto& past : past_) in_force_ = laxer(in_force_, past.retention);
}

void Keeping::want(const Retention& wanted, std::chrono::milliseconds grace, Steady now) {
  const bool was_pending = !past_.empty();
  const auto before = in_force_;
  grace_ = grace;
  if (wanted != wanted_) {
    past_.push_back({.retention = std::exchange(wanted_, wanted), .until = now});
    foreseen_.reset();
  }
  settle(now);
  if (was_pending && past_.empty() && laxer(before, in_force_) == in_force_)
    log::info("journal", "the retention that was to take effect later has been taken back");
}

std::optional<Question> Keeping::question() const {
  if (past_.empty()) return std::nullopt;
  return Question{.wanted = wanted_, .in_force = in_force_, .grace = grace_};
}

/// Whether it is a tenth at most, together with the other losses of the grace.
bool Keeping::is_small(const Cost& cost, Steady now) {
  std::erase_if(losses_, [&](const Loss& loss) { return loss.when + grace_ <= now; });
  std::uint64_t lost = 0;
  for (const auto& loss : losses_) lost += loss.messages;
  return (lost + cost.lost) * one_in <= lost + cost.kept;
}

bool Keeping::foresee(const Question& question, const std::optional<Cost>& cost, const Moment& now) {
  // The question was another one.
  if (past_.empty() || question.wanted != wanted_ || question.in_force != in_force_) return false;
  if (cost && is_small(*cost, now.steady)) {
    losses_.push_back({.messages = cost->lost, .when = now.steady, .at = now.wall});
    past_.clear();
    settle(now.steady);
    return true;
  }
  const std::string sentence =
      std::string("the new retention ") +
      (cost ? "would drop much of the history" : "is stricter, and nobody can tell what it would drop") +
      "; it takes effect after history.grace, unless the configuration is changed back and read again";
  const auto in = in_words(std::chrono::ceil<std::chrono::seconds>(due() - now.steady));
  if (cost) {
    foreseen_ = cost->dropped;
    log::warning("journal", sentence, {{"messages", cost->dropped}, {"kept", cost->kept}, {"in", in}});
  } else {
    log::warning("journal", sentence, {{"in", in}});
  }
  return false;
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
  const auto before = in_force_;
  settle(now.steady);
  if (in_force_ == before) return false;
  log::warning("journal", "a stricter retention takes effect",
               {{"keep_messages", in_force_.messages}, {"keep_age", in_words(in_force_.age)}});
  return true;
}

std::optional<PendingDrop> Keeping::pending() const {
  if (past_.empty()) return std::nullopt;
  return PendingDrop{.messages = foreseen_, .due = due()};
}

}  // namespace hubbub::journal
