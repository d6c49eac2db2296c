#include "server/journal/fair_queue.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;
using Readers = std::vector<std::uint64_t>;
using Clock = FairQueue::Clock;

/// A queue whose jobs take what the test says, one after the other.
struct Desk {
  FairQueue queue{1000};
  Clock::time_point now{};
  std::vector<std::string> done;

  void ask(std::uint64_t reader, const std::string& what = "") {
    REQUIRE(queue.push(
        reader, [this, what] { done.push_back(what); }, now));
  }
  std::uint64_t start() {
    auto next = queue.pop();
    REQUIRE(next);
    next->job();
    return next->reader;
  }
  void finish(std::uint64_t reader, Clock::duration time) {
    now += time;
    queue.used(reader, time, now);
  }
  std::uint64_t serve(Clock::duration time = 0s) {
    const auto reader = start();
    finish(reader, time);
    return reader;
  }
};

}  // namespace

TEST_CASE("the next is the one who has used the least time lately") {
  Desk desk;
  for (std::uint64_t reader = 1; reader <= 3; ++reader) desk.ask(reader);
  CHECK(desk.serve(300ms) == 3);  // the newest comer of those who never had a turn
  desk.ask(3);
  CHECK(desk.serve(100ms) == 2);
  desk.ask(2);
  CHECK(desk.serve(200ms) == 1);
  desk.ask(1);
  CHECK(desk.serve() == 2);
  CHECK(desk.serve() == 1);
  CHECK(desk.serve() == 3);
  CHECK_FALSE(desk.queue.pop());
}

TEST_CASE("one reader's jobs keep their order") {
  Desk desk;
  for (const auto* what : {"a", "b", "c"}) desk.ask(1, what);
  desk.ask(2, "other");
  while (desk.queue.size() > 0) desk.serve(1s);
  CHECK(desk.done == std::vector<std::string>{"other", "a", "b", "c"});
}

TEST_CASE("one who has rested, or whose turns are short, goes before those who never had a turn") {
  Desk desk;
  desk.ask(1);
  desk.ask(2);
  desk.serve(100ms);
  desk.serve(1ms);  // reader 1 is short
  for (std::uint64_t reader = 3; reader < 9; ++reader) desk.ask(reader);
  CHECK(desk.serve(200ms) == 8);
  desk.ask(1);
  CHECK(desk.serve(1ms) == 1);
  desk.ask(1);
  CHECK(desk.serve(1ms) == 1);
  CHECK(desk.serve(200ms) == 7);
  desk.ask(2);  // it has rested
  CHECK(desk.serve(100ms) == 2);
  desk.ask(2);  // and now it has not
  CHECK(desk.start() != 2);
}

TEST_CASE("a hundred who ask all the time keep one who asks now and then waiting for one job at most") {
  constexpr std::uint64_t somebody = 1000;
  const auto each = GENERATE(20ms, 300ms, 1000ms);
  Desk desk;
  const auto serve = [&] {
    const auto reader = desk.start();
    desk.finish(reader, reader == somebody ? 10ms : each);
    if (reader != somebody) desk.ask(reader);
    return reader;
  };
  for (std::uint64_t reader = 1; reader <= 100; ++reader) desk.ask(reader);
  const int before_all = GENERATE(0, 20, 150, 1000);  // turns, in which not all may have had one
  for (int i = 0; i < before_all; ++i) serve();
  int worst = 0;
  for (int round = 0; round < 200; ++round) {
    desk.ask(somebody);
    int before = 0;
    while (serve() != somebody) ++before;
    worst = std::max(worst, before);
    serve();
  }
  // Besides the job that is under way; it is the oldest's, whose turn comes now and then.
  CHECK(worst <= 1);
}

TEST_CASE("a hundred who ask all the time have their turns one after the other") {
  Desk desk;
  for (std::uint64_t reader = 1; reader <= 100; ++reader) desk.ask(reader);
  std::map<std::uint64_t, int> turns;
  for (int i = 0; i < 1000; ++i) {
    const auto reader = desk.serve(20ms);
    ++turns[reader];
    desk.ask(reader);
  }
  for (const auto& [reader, count] : turns) CHECK(std::abs(count - 10) <= 3);
  CHECK(turns.size() == 100);
}

TEST_CASE("nobody waits for ever, whoever comes") {
  Desk desk;
  desk.ask(1);
  desk.serve(1h);
  desk.ask(1);
  std::uint64_t comer = 2;
  std::uint64_t turns = 0;
  do {
    desk.ask(++comer);
    ++turns;
  } while (desk.serve(1ms) != 1);
  CHECK(turns <= FairQueue::oldest_of);
}

TEST_CASE("what was used is forgotten with time") {
  Desk desk;
  for (std::uint64_t reader = 10; reader < 100'000; ++reader) {
    desk.ask(reader);
    desk.serve(20ms);
    desk.now += 1s;
  }
  CHECK(desk.queue.readers() < 200);
}

TEST_CASE("what waits is bounded") {
  FairQueue queue(2);
  CHECK(queue.push(1, [] {}, {}));
  CHECK(queue.push(2, [] {}, {}));
  CHECK_FALSE(queue.push(3, [] {}, {}));
  CHECK(queue.pop());
  CHECK(queue.push(3, [] {}, {}));
}

}  // namespace hubbub::journal
