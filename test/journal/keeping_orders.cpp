// Retentions in whatever order they are asked for.
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "server/journal/keeping.hpp"
#include "server/ops/log.hpp"
#include "test/journal/retention_bench.hpp"

namespace hubbub::journal {

using namespace std::chrono_literals;

TEST_CASE("within a grace no order of reloads costs more than a tenth") {
  const auto settings = each_engine();
  const auto seed = GENERATE(range(0U, 100U));
  CAPTURE(seed);
  std::mt19937 random(seed);
  ops::log::configure({.level = ops::log::Level::error, .format = ops::log::Format::plain});
  Bench bench(settings);
  fill(bench, "lobby", 300);
  fill(bench, "den", 100);
  for (int reload = 0; reload < 58; ++reload) {
    auto next = keeping(settings, random() % 3 == 0 ? 0 : 1 + random() % 300);
    next.keep_age = random() % 3 == 0 ? 0min : std::chrono::minutes(1 + random() % 100);
    configure(bench, next);
    bench.later(1min);
  }
  CHECK(bench.history("lobby").size() + bench.history("den").size() >= 360);
}

namespace {

constexpr int ticks_of_grace = 12;

/// The same by going through all ticks of the last grace, and what was asked for when it began.
Retention laxest(const std::vector<Retention>& asked) {
  Retention found = asked.back();
  const std::size_t first = asked.size() - std::min<std::size_t>(asked.size(), ticks_of_grace + 1);
  for (std::size_t tick = first; tick < asked.size(); ++tick) {
    const auto& [messages, age] = asked.at(tick);
    found.messages = messages == 0 || found.messages == 0 ? 0 : std::max(messages, found.messages);
    found.age = age == 0s || found.age == 0s ? 0ms : std::max(age, found.age);
  }
  return found;
}

}  // namespace

TEST_CASE("in whatever order retentions are asked for, the laxest of the last grace is in force") {
  const auto seed = GENERATE(range(0U, 200U));
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto any = [&](std::uint32_t below) { return random() % below; };
  const auto any_retention = [&] { return Retention{.messages = 10U * any(4), .age = any(4) * 1min}; };
  ops::log::configure({.level = ops::log::Level::error, .format = ops::log::Format::plain});
  Moment now{.wall = protocol::Timestamp(std::chrono::hours{24 * 365 * 55}), .steady = Steady(1h)};
  std::vector<Retention> asked{any_retention()};
  Keeping keeping({.in_force = asked.back()}, AgeClock(now.wall, now), now);
  for (int tick = 0; tick < 200; ++tick) {
    now.wall += 5min;
    now.steady += 5min;
    asked.push_back(asked.back());
    const auto before = keeping.in_force();
    const bool has_changed = keeping.advance(now);
    CHECK(has_changed == (keeping.in_force() != before));
    if (any(4) == 0) {
      asked.back() = any_retention();
      const bool at_once = any(10) == 0;
      keeping.want(asked.back(), at_once ? 0min : ticks_of_grace * 5min, now.steady);
      if (at_once) asked.erase(asked.begin(), asked.end() - 1);
    }
    REQUIRE(keeping.in_force() == laxest(asked));
    CHECK(keeping.pending().has_value() == (keeping.in_force() != asked.back()));
  }
}

}  // namespace hubbub::journal
