// A clock that is wrong drops nothing, and no slip meanwhile does: on every engine.
#include "test/journal/retention_bench.hpp"

namespace hubbub::journal {

using namespace std::chrono_literals;

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

}  // namespace hubbub::journal
