// The clock by which messages age: how far it follows the wall clock.
#include "server/journal/age_clock.hpp"

#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;
using ClockChange = AgeClock::Change;
using protocol::Timestamp;

constexpr Timestamp start{std::chrono::hours{480'000}};

/// Two clocks by hand, and a look every second, as the daemon has one.
struct Clocks {
  explicit Clocks(Timestamp known = start) : age(known, now) {}

  void pass(std::chrono::seconds time) {
    for (; time > 0s; time -= 1s) {
      now.wall += 1s;
      now.steady += 1s;
      look();
    }
  }
  void set(std::chrono::milliseconds by) {
    now.wall += by;
    look();
  }
  void look() {
    const auto change = age.advance(now);
    if (change != ClockChange::none) last_change = change;
  }
  auto behind() const { return now.wall - age.now(); }

  Moment now{.wall = start, .steady = {}};
  AgeClock age;
  ClockChange last_change = ClockChange::none;
};

}  // namespace

TEST_CASE("age goes with the wall clock, and never beyond it") {
  Clocks clocks;
  clocks.pass(2h);
  CHECK(clocks.behind() == 0ms);
  clocks.set(-3h);
  CHECK(clocks.behind() == 0ms);
  clocks.pass(1h);
  CHECK(clocks.behind() == 0ms);
  CHECK(clocks.last_change == ClockChange::none);
}

TEST_CASE("a clock that is set right by seconds is followed within ten minutes") {
  Clocks clocks;
  clocks.pass(1h);
  clocks.set(20s);
  clocks.look();
  CHECK(clocks.behind() == 0ms);
}

TEST_CASE(
    "a jump of hours, as a sleep makes one, counts once the clocks have gone together for ten minutes") {
  Clocks clocks;
  clocks.pass(1h);
  clocks.set(8h);
  clocks.pass(9min + 59s);
  CHECK(clocks.behind() == 8h);
  clocks.pass(1s);
  CHECK(clocks.behind() == 0ms);
  CHECK(clocks.last_change == ClockChange::none);
}

TEST_CASE("a clock that is a year ahead for some minutes costs nothing") {
  Clocks clocks;
  clocks.pass(1h);
  clocks.set(365 * 24h);
  CHECK(clocks.last_change == ClockChange::fell_behind);
  clocks.pass(59min);
  CHECK(clocks.age.now() == start + 1h + 59min);
  clocks.set(-365 * 24h);
  CHECK(clocks.behind() == 0ms);
  CHECK(clocks.last_change == ClockChange::caught_up);
}

TEST_CASE("one that stays a year ahead is followed by a day an hour") {
  Clocks clocks;
  clocks.set(365 * 24h);
  clocks.pass(1h);
  const auto before = clocks.age.now();
  clocks.pass(10h);
  CHECK(clocks.age.now() - before == 10 * 24h);
}

TEST_CASE("a clock that goes too fast, or jumps again and again, is not followed") {
  Clocks clocks;
  for (int minute = 0; minute < 120; ++minute) {
    clocks.pass(1min);
    clocks.set(1min);
  }
  CHECK(clocks.age.now() < start + 125min);
}

TEST_CASE("after a start the time that is known goes on, and a night away is made up for in ten minutes") {
  Clocks clocks(start - 14h);
  clocks.pass(5min);
  CHECK(clocks.behind() == 14h);
  clocks.pass(5min);
  CHECK(clocks.behind() == 0ms);
}

TEST_CASE("after a month away what is too old is dropped in the end") {
  Clocks clocks(start - 30 * 24h);
  clocks.pass(59min);
  CHECK(clocks.last_change == ClockChange::fell_behind);
  CHECK(clocks.behind() == 30 * 24h);
  clocks.pass(32h);
  CHECK(clocks.behind() == 0ms);
  CHECK(clocks.last_change == ClockChange::caught_up);
}

TEST_CASE("what is known from a future counts as the present") {
  Clocks clocks(start + 365 * 24h);
  clocks.look();
  CHECK(clocks.age.now() == start);
}

}  // namespace hubbub::journal
