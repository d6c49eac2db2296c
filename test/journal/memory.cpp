// What the engine without a disk does beyond the contract: its bounds, and its numbers.
#include "server/journal/memory.hpp"

#include "test/journal/bench.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {

TEST_CASE("a room's messages are bounded in bytes, and at least one is kept") {
  Settings settings;
  settings.memory = 4096;
  Bench bench(settings);
  for (int i = 0; i < 100; ++i) bench.say("lobby", "alice", std::string(100, 'x'));
  const auto kept = bench.read({.room = "lobby", .limit = 1000}).messages.size();
  CHECK(kept > 5);
  CHECK(kept < 41);
  bench.say("lobby", "alice", std::string(8000, 'x'));
  CHECK(bench.read({.room = "lobby", .limit = 1000}).messages.size() == 1);
}

TEST_CASE("all rooms together are bounded in bytes, and the oldest messages of any room go first") {
  Settings settings;
  settings.memory = 0;
  settings.memory_total = 100'000;
  Bench bench(settings);
  for (int room = 0; room < 100; ++room)
    bench.say("room" + std::to_string(room), "alice", std::string(100, 'x'));
  CHECK_FALSE(bench.journal().tail("room0").kept);
  CHECK(bench.journal().tail("room99").kept);
  CHECK(bench.read({.room = "room0", .limit = 10}).dropped);
}

TEST_CASE("numbers begin at the clock, so that a new start repeats none") {
  Bench before{Settings{}};
  const auto seq = before.say("lobby", "alice", "x").message->seq;
  Bench after{Settings{}};
  after.now += std::chrono::seconds{1};
  boost::asio::io_context loop;
  const auto journal = make_journal({}, {.wall = after.now}, loop).value();
  journal->append({.room = "lobby", .sender = "alice", .message = {}, .ticket = 1});
  std::uint64_t first = 0;
  journal->on_commit([&](std::span<const Committed> batch) { first = batch[0].message->seq; });
  journal->commit({.wall = after.now});
  CHECK(first > seq);

  SECTION("one who comes back with a number from before is told that there is a gap") {
    journal->read({.room = "lobby", .after = seq, .limit = 10}, [](protocol::Result<Page> page) {
      CHECK(page->dropped);
      CHECK(page->messages.size() == 1);
    });
  }
  SECTION("one who comes for everything is not") {
    journal->read({.room = "lobby", .limit = 10},
                  [](protocol::Result<Page> page) { CHECK_FALSE(page->dropped); });
  }
  SECTION("one who comes from the future, since the clock was set back, is told too") {
    journal->read({.room = "lobby", .after = first + 1'000'000, .limit = 10},
                  [](protocol::Result<Page> page) { CHECK(page->dropped); });
  }
}

TEST_CASE("a room of which nothing is left is forgotten, but not that it has lost something") {
  Settings settings;
  settings.keep_age = std::chrono::minutes{1};
  Bench bench(settings);
  const auto last = bench.say("lobby", "alice", "x", "an id").message->seq;
  bench.now += std::chrono::hours{1};
  bench.turn();
  CHECK(bench.journal().tail("lobby").last == 0);
  CHECK(bench.read({.room = "lobby", .limit = 10}).dropped);
  CHECK(bench.say("lobby", "alice", "y").message->seq > last);
  CHECK(bench.read({.room = "lobby", .limit = 10}).dropped);
  CHECK_FALSE(bench.read({.room = "lobby", .after = last, .limit = 10}).dropped);
}

TEST_CASE("new limits hold at once") {
  Bench bench{Settings{}};
  for (int i = 0; i < 10; ++i) bench.say("lobby", "alice", "x");
  Settings tighter;
  tighter.keep_messages = 3;
  tighter.grace = std::chrono::seconds{0};
  bench.journal().configure(tighter);
  CHECK(bench.read({.room = "lobby", .limit = 100}).messages.size() == 3);
}

}  // namespace hubbub::journal
