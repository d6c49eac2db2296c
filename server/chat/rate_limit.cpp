#include "server/chat/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace hubbub::chat {

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
  if (limit.rate <= 0) return true;
  refill(limit, now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

std::chrono::milliseconds TokenBucket::wait(const Limit& limit, Time now) {
  using std::chrono::milliseconds;
  if (limit.rate <= 0) return milliseconds{0};
  refill(limit, now);
  if (tokens_ >= 1) return milliseconds{0};
  return milliseconds{static_cast<milliseconds::rep>(std::ceil((1 - tokens_) / limit.rate * 1000))};
}

}  // namespace hubbub::chat
