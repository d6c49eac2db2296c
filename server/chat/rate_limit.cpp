#include "server/chat/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace hubbub::chat {
namespace {

constexpr std::chrono::milliseconds longest = std::chrono::hours{24};

bool is_limit(const TokenBucket::Limit& limit) { return limit.rate > 0; }

}  // namespace

void TokenBucket::refill(const Limit& limit, Time now) {
  const auto burst = std::max(limit.burst, 1.0);
  if (refilled_ == Time{}) {
    tokens_ = burst;
  } else {
    const std::chrono::duration<double> passed = now - refilled_;
    tokens_ = std::min(burst, tokens_ + passed.count() * limit.rate);
  }
  refilled_ = now;
}

bool TokenBucket::take(const Limit& limit, Time now) {
  if (!is_limit(limit)) return true;
  refill(limit, now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

bool TokenBucket::is_full(const Limit& limit, Time now) {
  if (!is_limit(limit)) return true;
  refill(limit, now);
  return tokens_ >= std::max(limit.burst, 1.0);
}

std::chrono::milliseconds TokenBucket::wait(const Limit& limit, Time now) {
  using std::chrono::milliseconds;
  if (!is_limit(limit)) return milliseconds{0};
  refill(limit, now);
  if (tokens_ >= 1) return milliseconds{0};
  // Of a rate that is next to nothing it may be more than a clock can count.
  const auto wait =
      std::min(std::ceil((1 - tokens_) / limit.rate * 1000), static_cast<double>(longest.count()));
  return milliseconds{static_cast<milliseconds::rep>(wait)};
}

}  // namespace hubbub::chat
