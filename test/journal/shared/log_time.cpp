// The time of a log: the same for all who have read the same, and what is old stays old.
#include "server/journal/shared/log_time.hpp"

#include <cstdint>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"
#include "test/support/environment.hpp"

namespace hubbub::journal::shared {
namespace {

using protocol::Timestamp;
using std::chrono::milliseconds;

constexpr Timestamp begun{std::chrono::hours{24 * 365 * 55}};

}  // namespace

TEST_CASE("what is old by the time of the log is old, by half a minute later at the most") {
  LogTime time;
  CHECK(time.old_up_to() == 0);
  CHECK(time.advance(1, begun));
  CHECK_FALSE(time.advance(2, begun + std::chrono::seconds{29}));
  CHECK(time.advance(3, begun + std::chrono::seconds{30}));
  CHECK(time.old_up_to() == 0);
  time.advance(4, begun + LogTime::dedupe_window - milliseconds{1});
  CHECK(time.old_up_to() == 0);
  time.advance(5, begun + LogTime::dedupe_window);
  CHECK(time.old_up_to() == 1);
  time.advance(6, begun + LogTime::dedupe_window + std::chrono::seconds{30});
  CHECK(time.old_up_to() == 3);
  // A node of which the clock is behind sets nothing back.
  time.advance(7, begun);
  CHECK(time.now() == begun + LogTime::dedupe_window + std::chrono::seconds{30});
  CHECK(time.old_up_to() == 3);
  CHECK(time.quiet_up_to() == 0);
}

TEST_CASE("the marks of weeks are few") {
  LogTime time;
  auto now = begun;
  std::size_t most = 0;
  for (std::uint64_t position = 1; position < 100'000; ++position) {
    now += std::chrono::seconds{20};
    time.advance(position, now);
    most = std::max(most, time.marks().size());
  }
  CHECK(most < 250);
  CHECK(time.quiet_up_to() > 0);
}

TEST_CASE("what has become old does so for good, also after another start, and at the right time") {
  const auto seed = test::number_from("HUBBUB_SEED", 1);
  const auto runs = test::number_from("HUBBUB_RUNS", 100);
  for (std::uint64_t run = 0; run < runs; ++run) {
    CAPTURE(seed + run);
    test::Dice dice(seed + run);
    LogTime time;
    std::vector<Timestamp> times{Timestamp{}};  // of the log, by position
    auto clock = begun;
    std::uint64_t old = 0;
    std::uint64_t quiet = 0;
    for (int step = 0; step < 400; ++step) {
      clock += milliseconds(dice.below(dice.one_in(10) ? 40'000'000 : 90'000));
      const auto skew = milliseconds(dice.below(3'000'000)) - milliseconds(1'500'000);
      time.advance(times.size(), dice.one_in(5) ? clock + skew : clock);
      times.push_back(time.now());
      if (dice.one_in(4)) time = LogTime(std::vector<LogTime::Mark>(time.marks()), time.now());
      CHECK(time.old_up_to() >= old);
      CHECK(time.quiet_up_to() >= quiet);
      old = time.old_up_to();
      quiet = time.quiet_up_to();
      CHECK(quiet <= old);
      // Nothing is called old too early.
      CHECK((old == 0 || times[old] <= time.now() - LogTime::dedupe_window));
      CHECK((quiet == 0 || times[quiet] <= time.now() - LogTime::quiet_after));
      // Nor too late, but for what came within half a minute of the last that is old.
      CHECK((old + 1 >= times.size() || times[old + 1] > time.now() - LogTime::dedupe_window ||
             times[old + 1] < std::max(times[old], begun) + LogTime::interval));
    }
  }
}

}  // namespace hubbub::journal::shared
