#include "client/connection/backoff.hpp"

#include <algorithm>

namespace hubbub::client {

Backoff::Duration Backoff::next() {
  const Duration step = next_;
  next_ = std::min(next_ * 2, most_);
  std::uniform_int_distribution<Duration::rep> part(step.count() / 2, step.count());
  return Duration(part(random_));
}

}  // namespace hubbub::client
