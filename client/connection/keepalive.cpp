#include "client/connection/keepalive.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::client {

void Keepalive::welcomed() {
  if (welcome_) return;
  welcome_ = true;
  ask_now_ = doubt_;
}

void Keepalive::woke(TimePoint now) {
  doubt_ = true;
  ask_now_ = welcome_;
  since_ = now;
}

void Keepalive::asked(TimePoint now) {
  const bool silent = now >= heard_ + limits_.silence;
  // A server that is asked before its silence is over gets the silence's time as well.
  patience_ = silent ? limits_.answer : limits_.silence + limits_.answer;
  if (doubt_) patience_ = limits_.woken;
  asked_ = now;
  ask_now_ = false;
}

void Keepalive::answered() {
  if (!asked_ || ask_now_) return;
  asked_.reset();
  doubt_ = false;
}

Keepalive::Step Keepalive::step(TimePoint now) const {
  if (now < due()) return Step::wait;
  return welcome_ && (ask_now_ || !asked_) ? Step::ask : Step::give_up;
}

Keepalive::TimePoint Keepalive::due() const {
  if (!welcome_) return since_ + greeting();
  if (ask_now_) return since_;
  // While bytes arrive, the answer may be on its way behind them.
  return asked_ ? std::max(*asked_, heard_) + patience_ : heard_ + limits_.silence;
}

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
