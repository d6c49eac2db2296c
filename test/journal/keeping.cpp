// A retention that is stricter waits, on every engine.
#include "server/journal/keeping.hpp"

#include <algorithm>
#include <string>

#include "server/ops/log.hpp"
#include "test/journal/retention_bench.hpp"
#include "test/ops/stderr_swap.hpp"

namespace hubbub::journal {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

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

TEST_CASE("a retention that drops little is in force at once, and what it keeps more too") {
  auto settings = keeping(each_engine(), 100);
  Bench bench(settings);
  fill(bench, "lobby", 100);
  configure(bench, keeping(settings, 90));
  pass(bench, 1s);
  CHECK(bench.history("lobby").size() == 90);

  settings.keep_messages = 0;
  settings.keep_age = 1s;
  configure(bench, settings);  // waits for the age, but not for the number
  REQUIRE(bench.journal().pending_drop());
  fill(bench, "lobby", 50);
  pass(bench, 5s);
  CHECK(bench.history("lobby").size() == 140);
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
