// A retention that is stricter waits, and a clock that is wrong drops nothing: on every engine.
#include "server/journal/keeping.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "server/ops/log.hpp"
#include "test/journal/bench.hpp"
#include "test/ops/stderr_swap.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

Settings each_engine() {
  static const auto names = engines();
  Settings settings;
  settings.engine = GENERATE(from_range(names));
  CAPTURE(settings.engine);
  return settings;
}

void fill(Bench& bench, const std::string& room, int count) {
  for (int i = 0; i < count; ++i) bench.append(room, "alice", std::to_string(i));
  bench.turn();
}

Settings keeping(Settings settings, std::size_t messages) {
  settings.keep_messages = messages;
  return settings;
}

void configure(Bench& bench, const Settings& settings) {
  bench.journal().configure(settings);
  bench.settle();
}

/// Time passes, with a look now and then: what is dropped goes in portions.
void pass(Bench& bench, std::chrono::milliseconds time) {
  bench.later(time);
  for (int look = 0; look < 5; ++look) bench.later(1s);
}

}  // namespace

TEST_CASE("a slip in the retention waits for an hour, and can be taken back") {
  const auto settings = each_engine();
  Bench bench(settings);
  fill(bench, "lobby", 100);
  fill(bench, "den", 5);
  configure(bench, keeping(settings, 10));
  pass(bench, 30min);
  CHECK(bench.history("lobby").size() == 100);
  REQUIRE(bench.journal().pending_drop());
  CHECK(bench.journal().pending_drop()->messages == 90);
  SECTION("it takes effect") {
    pass(bench, 30min);
    CHECK(bench.history("lobby").size() == 10);
    CHECK(bench.history("den").size() == 5);
    CHECK_FALSE(bench.journal().pending_drop());
  }
  SECTION("it is taken back") {
    configure(bench, settings);
    CHECK_FALSE(bench.journal().pending_drop());
    pass(bench, 2h);
    CHECK(bench.history("lobby").size() == 100);
  }
  SECTION("asked for again, it does not wait anew") {
    configure(bench, keeping(settings, 10));
    pass(bench, 30min);
    CHECK(bench.history("lobby").size() == 10);
  }
  SECTION("nor with a laxer one that is stricter than what was before") {
    configure(bench, keeping(settings, 20));
    pass(bench, 29min);
    CHECK(bench.history("lobby").size() == 100);
    pass(bench, 1min);
    CHECK(bench.history("lobby").size() == 20);
  }
  SECTION("taken back and asked for again, it does") {
    configure(bench, settings);
    pass(bench, 10min);
    configure(bench, keeping(settings, 10));
    pass(bench, 59min);
    CHECK(bench.history("lobby").size() == 100);
    pass(bench, 1min);
    CHECK(bench.history("lobby").size() == 10);
  }
  SECTION("without grace it is at once") {
    auto now = keeping(settings, 10);
    now.grace = 0s;
    configure(bench, now);
    pass(bench, 1s);
    CHECK(bench.history("lobby").size() == 10);
  }
}

TEST_CASE("what a new retention keeps more it keeps at once") {
  auto settings = keeping(each_engine(), 100);
  Bench bench(settings);
  fill(bench, "lobby", 100);
  settings.keep_messages = 0;
  settings.keep_age = 1s;
  configure(bench, settings);  // waits for the age, but not for the number
  REQUIRE(bench.journal().pending_drop());
  fill(bench, "lobby", 50);
  pass(bench, 5s);
  CHECK(bench.history("lobby").size() == 150);
}

TEST_CASE("an age that nothing has reached when it is asked for waits too") {
  auto settings = each_engine();
  Bench bench(settings);
  fill(bench, "lobby", 100);
  settings.keep_age = 1s;
  configure(bench, settings);
  pass(bench, 50min);
  CHECK(bench.history("lobby").size() == 100);
  settings.keep_age = 0s;
  configure(bench, settings);
  pass(bench, 2h);
  CHECK(bench.history("lobby").size() == 100);
}

TEST_CASE("what costs a tenth of what is kept does not wait, and what costs more does") {
  const auto settings = each_engine();
  Bench bench(settings);
  fill(bench, "lobby", 100);
  configure(bench, keeping(settings, 90));
  CHECK_FALSE(bench.journal().pending_drop());
  pass(bench, 1s);
  CHECK(bench.history("lobby").size() == 90);
  pass(bench, 1h);
  SECTION("after an hour as much again") {
    configure(bench, keeping(settings, 81));
    pass(bench, 1s);
    CHECK(bench.history("lobby").size() == 81);
  }
  SECTION("but not one more") {
    configure(bench, keeping(settings, 80));
    CHECK(bench.journal().pending_drop());
    pass(bench, 1s);
    CHECK(bench.history("lobby").size() == 90);
  }
}

TEST_CASE("of an age counts what becomes too old within the grace") {
  auto settings = each_engine();
  Bench bench(settings);
  for (int i = 0; i < 20; ++i) {
    fill(bench, "lobby", 10);
    pass(bench, 10min);
  }
  settings.keep_age = 3h;  // drops 20 of 200 at once, and 80 within an hour
  configure(bench, settings);
  CHECK(bench.journal().pending_drop());
  settings.keep_age = 5h;
  configure(bench, settings);
  CHECK_FALSE(bench.journal().pending_drop());
}

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

TEST_CASE("a slip waits also while the clock is not believed") {
  auto settings = each_engine();
  settings.keep_age = 30 * 24h;
  Bench bench(settings);
  fill(bench, "lobby", 100);
  pass(bench, 1min);
  const auto right = bench.now;
  bench.set_clock(right + (GENERATE(true, false) ? 400 * 24h : -400 * 24h));
  pass(bench, 1s);
  if (GENERATE(true, false)) {
    settings.keep_messages = 10;
  } else {
    settings.keep_age = 1s;
  }
  configure(bench, settings);
  CHECK(bench.journal().pending_drop());
  pass(bench, 1min);
  CHECK(bench.history("lobby").size() == 100);
}

TEST_CASE("what has been let through counts over a start") {
  Settings settings;
  settings.engine = "sqlite";
  Bench bench(settings);
  fill(bench, "lobby", 400);
  std::size_t messages = 400;
  for (int start = 0; start < 6; ++start) {
    messages -= messages / 10;
    bench.reopen(keeping(settings, messages));
    pass(bench, 1min);
  }
  CHECK(bench.journal().pending_drop());
  CHECK(bench.history("lobby").size() == 360);
  pass(bench, 1h);
  CHECK(bench.history("lobby").size() == messages);
}

TEST_CASE("many small steps wait like one") {
  const auto settings = each_engine();
  Bench bench(settings);
  fill(bench, "lobby", 100);
  std::size_t messages = 100;
  for (int step = 0; step < 11; ++step) {
    messages -= messages / 11;
    configure(bench, keeping(settings, messages));
    pass(bench, 5min - 5s);
  }
  CHECK(bench.history("lobby").size() == 91);  // but for the first
  configure(bench, settings);
  pass(bench, 2h);
  CHECK(bench.history("lobby").size() == 91);
}

TEST_CASE("a new journal is kept with what is asked for at its first start") {
  auto settings = keeping(each_engine(), 10);
  Bench bench(settings);
  CHECK_FALSE(bench.journal().pending_drop());
  fill(bench, "lobby", 100);
  pass(bench, 1s);
  CHECK(bench.history("lobby").size() == 10);
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

TEST_CASE("what a new age would drop is counted") {
  auto settings = each_engine();
  Bench bench(settings);
  for (int hour = 0; hour < 20; ++hour) {
    fill(bench, "lobby", 3);
    fill(bench, "den", 1);
    pass(bench, 1h);
  }
  settings.keep_age = 10h + 30min;
  configure(bench, settings);
  REQUIRE(bench.journal().pending_drop());
  CHECK(bench.journal().pending_drop()->messages == 40);
}

TEST_CASE("a start with a stricter retention than the journal was kept with waits too") {
  Settings settings;
  settings.engine = "sqlite";
  Bench bench(settings);
  fill(bench, "lobby", 100);
  bench.reopen(keeping(settings, 10));
  CHECK(bench.journal().pending_drop());
  pass(bench, 1min);
  CHECK(bench.history("lobby").size() == 100);
  SECTION("also after one more start") {
    bench.reopen(keeping(settings, 10));
    CHECK(bench.journal().pending_drop());
    pass(bench, 59min);
    CHECK(bench.history("lobby").size() == 100);
    pass(bench, 1min);
    CHECK(bench.history("lobby").size() == 10);
    bench.reopen(keeping(settings, 10));
    CHECK_FALSE(bench.journal().pending_drop());
  }
  SECTION("unless it is to drop now") {
    auto now = keeping(settings, 10);
    now.drop_now = true;
    bench.reopen(now);
    CHECK_FALSE(bench.journal().pending_drop());
    pass(bench, 1s);
    CHECK(bench.history("lobby").size() == 10);
  }
}

TEST_CASE("a clock that is wrong for a moment drops nothing, and one that stays does in the end") {
  auto settings = each_engine();
  settings.keep_age = 24h;
  Bench bench(settings);
  fill(bench, "lobby", 10);
  pass(bench, 1h);
  const auto right = bench.now;
  bench.set_clock(right + 365 * 24h);
  pass(bench, 30min);
  CHECK(bench.history("lobby").size() == 10);
  SECTION("it is set back") {
    bench.set_clock(right + 31min);
    pass(bench, 1h);
    CHECK(bench.history("lobby").size() == 10);
    pass(bench, 23h);
    CHECK(bench.history("lobby").empty());
  }
  SECTION("it stays") {
    pass(bench, 25min);
    CHECK(bench.history("lobby").size() == 10);
    for (int minute = 0; minute < 120; ++minute) bench.later(1min);
    CHECK(bench.history("lobby").empty());
  }
}

TEST_CASE("a start with a clock that is far ahead drops nothing at once") {
  Settings settings;
  settings.engine = "sqlite";
  settings.keep_age = 24h;
  Bench bench(settings);
  fill(bench, "lobby", 10);
  bench.set_clock(bench.now + 30 * 24h);
  SECTION("but as it goes on") {
    bench.reopen();
    pass(bench, 59min);
    CHECK(bench.history("lobby").size() == 10);
    for (int minute = 0; minute < 120; ++minute) bench.later(1min);
    CHECK(bench.history("lobby").empty());
  }
  SECTION("what has been made up for is not forgotten by the next start") {
    bench.reopen();
    for (int minute = 0; minute < 110; ++minute) bench.later(1min);
    CHECK(bench.history("lobby").size() == 10);
    bench.reopen();
    for (int minute = 0; minute < 80; ++minute) bench.later(1min);
    CHECK(bench.history("lobby").empty());
  }
  SECTION("unless it is to drop now") {
    settings.drop_now = true;
    bench.reopen(settings);
    pass(bench, 1s);
    CHECK(bench.history("lobby").empty());
  }
}

TEST_CASE("a drop of more than a thousand messages is one line in the log, with rooms and reason") {
  auto settings = each_engine();
  settings.grace = 0s;
  ops::log::configure({.level = ops::log::Level::info, .format = ops::log::Format::plain});
  Bench bench(settings);
  fill(bench, "lobby", 2000);
  fill(bench, "den", 700);
  test::Pipe pipe;
  {
    const test::StderrSwap swap(pipe.writer());
    configure(bench, keeping(settings, 100));
    pass(bench, 2min);
    fill(bench, "lobby", 900);  // pushes out as many, one for one
    pass(bench, 2min);
  }
  const auto lines = pipe.read_all();
  CHECK_THAT(lines, ContainsSubstring("retention has dropped messages messages=2500 rooms=\"den, lobby\" "
                                      "reason=history.keep_messages\n"));
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 1);
}

}  // namespace hubbub::journal
