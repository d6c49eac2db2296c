#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "test/journal/bench.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {

inline Settings each_engine() {
  static const auto names = [] {
    auto all = engines();
    all.emplace_back("shared");  // that of a node, over a log in memory
    return all;
  }();
  Settings settings;
  settings.engine = GENERATE(from_range(names));
  CAPTURE(settings.engine);
  return settings;
}

/// `count` messages "0", "1", … in one room.
inline void fill(Bench& bench, const std::string& room, int count) {
  for (int i = 0; i < count; ++i) bench.append(room, "alice", std::to_string(i));
  bench.turn();
}

inline Settings keeping(Settings settings, std::size_t messages) {
  settings.keep_messages = messages;
  return settings;
}

inline void configure(Bench& bench, const Settings& settings) {
  bench.journal().configure(settings);
  bench.settle();
}

/// Time passes, with a look now and then: what is dropped goes in portions.
inline void pass(Bench& bench, std::chrono::milliseconds time) {
  bench.later(time);
  for (int look = 0; look < 5; ++look) bench.later(std::chrono::seconds{1});
}

}  // namespace hubbub::journal
