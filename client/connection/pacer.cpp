#include "client/connection/pacer.hpp"

#include <algorithm>
#include <cmath>

namespace hubbub::client {
namespace {

/// A little less than is allowed, for clocks that do not run alike and for rounding.
constexpr double caution = 0.95;

}  // namespace

Pacer::Pacer(double per_second, std::uint64_t burst) {
  if (per_second <= 0 || burst == 0) return;
  rate_ = per_second * caution;
  burst_ = static_cast<double>(burst);
  level_ = burst_;
}

bool Pacer::take(TimePoint now) {
  if (!limited()) return true;
  refill(now);
  if (available() < 1) return false;
  ++in_flight_;
  return true;
}

void Pacer::settle(TimePoint now) {
  if (!limited() || in_flight_ == 0) return;
  refill(now);
  --in_flight_;
  level_ = std::max(level_ - 1, 0.0);
}

std::optional<Pacer::TimePoint> Pacer::ready_at(TimePoint now) {
  if (!limited()) return std::nullopt;
  refill(now);
  const double missing = 1 - available();
  const bool time_alone = static_cast<double>(in_flight_) + 1 <= burst_;
  if (missing <= 0 || !time_alone) return std::nullopt;
  // Rounded up, so that whoever waits for it does not come a moment too early and wait again.
  constexpr double longest_us = 3600 * 1e6;  // whatever rate a server tells
  const double wait_us = std::min(std::ceil(missing / rate_ * 1e6), longest_us);
  const auto wait = std::chrono::microseconds(static_cast<std::int64_t>(wait_us) + 1);
  return now + wait;
}

void Pacer::refill(TimePoint now) {
  if (refilled_) {
    const std::chrono::duration<double> passed = now - *refilled_;
    level_ = std::min(level_ + passed.count() * rate_, burst_);
  }
  refilled_ = now;
}

}  // namespace hubbub::client
