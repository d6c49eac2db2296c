#include "client/connection/keepalive.hpp"

#include <algorithm>

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
  // One that was asked before it had been silent for long has the rest of that time as well.
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
  // While something comes, the answer is on its way behind it.
  return asked_ ? std::max(*asked_, heard_) + patience_ : heard_ + limits_.silence;
}

}  // namespace hubbub::client
