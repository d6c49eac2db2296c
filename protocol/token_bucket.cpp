#include "protocol/token_bucket.hpp"

#include <algorithm>

namespace hubbub::protocol {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds longest = std::chrono::hours{24};
// Nanoseconds until an empty bucket is full, at most (a year): a tiny rate must not overflow the clock.
constexpr double longest_refill = 1e9 * 86'400 * 365;

bool is_limit(const TokenBucket::Limit& limit) { return limit.rate > 0; }

/// The time in which one token is refilled.
nanoseconds interval(const TokenBucket::Limit& limit) {
  const auto most = longest_refill / std::max(limit.burst, 1.0);
  return nanoseconds{static_cast<nanoseconds::rep>(std::min(1e9 / limit.rate, most))};
}

/// The time in which that many tokens are refilled, at most a full bucket.
nanoseconds time_of(const TokenBucket::Limit& limit, std::size_t tokens) {
  const auto most = std::max(limit.burst, 1.0);
  const auto one = static_cast<double>(interval(limit).count());
  return nanoseconds{static_cast<nanoseconds::rep>(one * std::min(static_cast<double>(tokens), most))};
}

/// The time in which the whole bucket is refilled, plus a millionth of a token, so that rounding costs none.
nanoseconds refill(const TokenBucket::Limit& limit) {
  const auto one = static_cast<double>(interval(limit).count());
  return nanoseconds{static_cast<nanoseconds::rep>(one * (std::max(limit.burst, 1.0) + 1e-6))};
}

}  // namespace

/// How long to refill until that many tokens are there; not positive: they are there. A bucket that was
/// drained under a stricter limit counts as empty at worst.
nanoseconds TokenBucket::missing(const Limit& limit, Time now, std::size_t tokens) {
  full_at_ = std::clamp(full_at_, now, now + refill(limit));
  return full_at_ - now + time_of(limit, tokens) - refill(limit);
}

bool TokenBucket::take(const Limit& limit, Time now, std::size_t tokens) {
  if (!is_limit(limit)) return true;
  if (missing(limit, now, tokens).count() > 0) return false;
  full_at_ += time_of(limit, tokens);
  return true;
}

std::chrono::milliseconds TokenBucket::wait(const Limit& limit, Time now, std::size_t tokens) {
  if (!is_limit(limit)) return std::chrono::milliseconds{0};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(missing(limit, now, tokens));
  return std::clamp(wait, std::chrono::milliseconds{0}, longest);
}

void TokenBucket::give_back(const Limit& limit) {
  if (limit.rate > 0)
    full_at_ -= std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(1 / limit.rate));
}

}  // namespace hubbub::protocol
