#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

#include "protocol/event.hpp"

namespace hubbub::client {

/// Knows private messages again that come twice. What was under way when its sender's link broke is sent
/// again under the same `id`. In rooms the server says it only once; private messages it does not keep, so
/// it cannot know them again.
class Repeats {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// How many are remembered at most, each for protocol::dedupe_age, as those of rooms are.
  static constexpr std::size_t most = 1000;

  /// Whether the same sender has sent it before, with that `id`; from now on, yes. Without an `id`: no.
  bool has(const protocol::Message& message, TimePoint now);

 private:
  struct Seen {
    TimePoint time;
    std::string from;
    std::string id;
    std::size_t text;  ///< its hash, for senders who use an id for everything

    bool is(const Seen& other) const { return text == other.text && id == other.id && from == other.from; }
  };

  std::deque<Seen> seen_;
};

}  // namespace hubbub::client
