#include "client/connection/outbox.hpp"

#include <map>
#include <random>

#include "test/support/catch.hpp"

using hubbub::client::Pacer;
using namespace std::chrono_literals;

namespace {

const Pacer::TimePoint pacer_start{};

}  // namespace

TEST_CASE("without a limit everything may go") {
  Pacer pacer = GENERATE(Pacer(), Pacer(0, 5), Pacer(5, 0));
  for (int times = 0; times < 10000; ++times) CHECK(pacer.take(pacer_start));
  CHECK_FALSE(pacer.ready_at(pacer_start));
}

TEST_CASE("a burst may go at once, and then nothing until answers and time have passed") {
  Pacer pacer(10, 3);
  for (int times = 0; times < 3; ++times) CHECK(pacer.take(pacer_start));
  CHECK_FALSE(pacer.take(pacer_start));
  CHECK_FALSE(pacer.take(pacer_start + 1h));  // all are under way: nobody knows when the server counts them
  CHECK_FALSE(pacer.ready_at(pacer_start + 1h));
  pacer.settle(pacer_start + 1h);
  CHECK_FALSE(pacer.take(pacer_start + 1h));
  const auto ready = pacer.ready_at(pacer_start + 1h);
  REQUIRE(ready);
  CHECK_FALSE(pacer.take(*ready - 10ms));
  CHECK(pacer.take(*ready));
}

TEST_CASE("however the network bunches requests up, the server's bucket never runs out") {
  // The server's token bucket, exactly; requests reach it late, and answers come back later still.
  std::mt19937 random(GENERATE(1U, 2U, 3U, 4U, 5U));
  std::uniform_int_distribution<int> delay(0, 3000);
  constexpr double rate = 10;
  constexpr double burst = 20;
  Pacer pacer(rate, 20);
  double level = burst;
  auto counted = pacer_start;
  auto arrival = pacer_start;
  std::multimap<Pacer::TimePoint, bool> happenings;  // true: a request arrives, false: an answer does
  auto now = pacer_start;
  for (int sent = 0; sent < 500;) {
    while (pacer.take(now)) {
      ++sent;
      arrival = std::max(arrival, now + std::chrono::milliseconds(delay(random)));
      happenings.emplace(arrival, true);
    }
    const auto ready = pacer.ready_at(now);
    if (happenings.empty() || (ready && *ready < happenings.begin()->first)) {
      REQUIRE(ready);
      now = *ready;
      continue;
    }
    const auto [time, arrives] = *happenings.begin();
    happenings.erase(happenings.begin());
    now = std::max(now, time);
    if (arrives) {
      const std::chrono::duration<double> passed = time - counted;
      level = std::min(level + passed.count() * rate, burst) - 1;
      counted = time;
      REQUIRE(level >= 0);
      happenings.emplace(time + std::chrono::milliseconds(delay(random)), false);
    } else {
      pacer.settle(now);
    }
  }
}
