#include "client/connection/lag.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::client {

void Lag::waiting(std::optional<TimePoint> since, TimePoint now) {
  if (since_ && since != since_) round_trip_ = age(*since_, now);
  since_ = since;
}

Lag::Duration Lag::age(TimePoint since, TimePoint now) const {
  const auto from = std::max(since, awake_since_);
  return std::max(std::chrono::duration_cast<Duration>(now - from), Duration(0));
}

Lag::Duration Lag::value(TimePoint now) const {
  return since_ ? std::max(round_trip_, age(*since_, now)) : round_trip_;
}

std::optional<Lag::Duration> Lag::news(TimePoint now) {
  const Duration lag = value(now);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(lag);
  if (std::exchange(told_, seconds) == seconds) return std::nullopt;
  return lag;
}

std::optional<Lag::TimePoint> Lag::next(TimePoint now) const {
  if (!since_) return std::nullopt;
  const auto whole = std::chrono::floor<std::chrono::seconds>(value(now)) + std::chrono::seconds(1);
  return std::max(*since_, awake_since_) + whole;
}

}  // namespace hubbub::client
