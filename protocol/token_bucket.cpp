#include "protocol/token_bucket.hpp"

#include <algorithm>

namespace hubbub::protocol {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds longest = std::chrono::hours{24};
// Until an empty bucket is full, at most: a rate that is next to nothing must not be more than a clock can
// count.
constexpr double longest_refill = 1e9 * 86'400 * 365;

bool is_limit(const TokenBucket::Limit& limit) { return limit.rate > 0; }

/// In which one token comes.
nanoseconds interval(const TokenBucket::Limit& limit) {
  const auto most = longest_refill / std::max(limit.burst, 1.0);
  return nanoseconds{static_cast<nanoseconds::rep>(std::min(1e9 / limit.rate, most))};
}

/// In which so many come, or all that there is room for.
nanoseconds time_of(const TokenBucket::Limit& limit, std::size_t tokens) {
  const auto most = std::max(limit.burst, 1.0);
  const auto one = static_cast<double>(interval(limit).count());
  return nanoseconds{static_cast<nanoseconds::rep>(one * std::min(static_cast<double>(tokens), most))};
}

/// In which all of them come; a small part of a token is forgiven, so that rounding takes none away.
nanoseconds refill(const TokenBucket::Limit& limit) {
  const auto one = static_cast<double>(interval(limit).count());
  return nanoseconds{static_cast<nanoseconds::rep>(one * (std::max(limit.burst, 1.0) + 1e-6))};
}

}  // namespace

/// How long the bucket has to be refilled until it has as many tokens; not positive when it has them. It is
/// empty at most, even where it has been taken from under a stricter limit.
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

}  // namespace hubbub::protocol
