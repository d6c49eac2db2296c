#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// What is kept of each room. 0: no bound.
struct Retention {
  std::uint64_t messages = 0;
  std::chrono::milliseconds age{0};

  friend bool operator==(const Retention&, const Retention&) = default;
};

/// Of two bounds the one that keeps less; 0 is none.
template <class Bound>
Bound stricter(Bound a, Bound b) {
  if (a == Bound{} || b == Bound{}) return std::max(a, b);
  return std::min(a, b);
}

/// The server's retention and a room's own, each bound for itself.
inline Retention stricter(const Retention& a, const Retention& b) {
  return {.messages = stricter(a.messages, b.messages), .age = stricter(a.age, b.age)};
}

/// Messages from before that are too old, at a time of AgeClock; Timestamp::min() when none are.
inline protocol::Timestamp too_old(std::chrono::milliseconds age, protocol::Timestamp now) {
  return age.count() > 0 ? now - age : protocol::Timestamp::min();
}

}  // namespace hubbub::journal
