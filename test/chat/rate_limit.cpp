#include "protocol/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
using std::chrono::milliseconds;

constexpr TokenBucket::Time limit_start{std::chrono::hours{1}};

}  // namespace

TEST_CASE("a bucket gives its burst at once and then its rate") {
  TokenBucket bucket;
  const TokenBucket::Limit limit{.rate = 10, .burst = 3};
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(limit, limit_start));
  CHECK_FALSE(bucket.take(limit, limit_start));
  CHECK(bucket.wait(limit, limit_start) == milliseconds{100});
  CHECK_FALSE(bucket.take(limit, limit_start + milliseconds{99}));
  CHECK(bucket.take(limit, limit_start + milliseconds{101}));
  CHECK_FALSE(bucket.take(limit, limit_start + milliseconds{101}));
}

TEST_CASE("a bucket never holds more than its burst") {
  TokenBucket bucket;
  const TokenBucket::Limit limit{.rate = 10, .burst = 2};
  CHECK(bucket.take(limit, limit_start));
  const auto later = limit_start + std::chrono::hours{1};
  CHECK(bucket.take(limit, later));
  CHECK(bucket.take(limit, later));
  CHECK_FALSE(bucket.take(limit, later));
}

TEST_CASE("a rate of 0 is no limit") {
  TokenBucket bucket;
  for (int i = 0; i < 1000; ++i) REQUIRE(bucket.take({.rate = 0, .burst = 1}, limit_start));
  CHECK(bucket.wait({.rate = 0, .burst = 1}, limit_start) == milliseconds{0});
}

TEST_CASE(
    "a bucket that was emptied under a strict limit is empty under a generous one, and not for longer") {
  TokenBucket bucket;
  const TokenBucket::Limit strict{.rate = 0.001, .burst = 100};
  while (bucket.take(strict, limit_start)) {
  }
  const TokenBucket::Limit generous{.rate = 10, .burst = 3};
  CHECK_FALSE(bucket.take(generous, limit_start));
  CHECK(bucket.wait(generous, limit_start) == milliseconds{100});
  CHECK(bucket.take(generous, limit_start + milliseconds{101}));
  CHECK_FALSE(bucket.take(generous, limit_start + milliseconds{102}));
}

TEST_CASE("whatever the limits, no more is taken than they allow, and whoever waits as told may go on") {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    const double rate = std::pow(10.0, std::uniform_real_distribution<double>(-12, 12)(random));
    const double burst = std::floor(std::pow(10.0, std::uniform_real_distribution<double>(0, 19)(random)));
    const TokenBucket::Limit limit{.rate = rate, .burst = burst};
    CAPTURE(round, rate, burst);
    TokenBucket bucket;
    auto now = limit_start;
    double taken = 0;
    for (int i = 0; i < 50; ++i) {
      if (bucket.take(limit, now)) {
        ++taken;
        continue;
      }
      // So slow a bucket that it would not be full within a year is filled in one.
      const double passed = std::chrono::duration<double>(now - limit_start).count();
      REQUIRE(taken <= burst + passed * std::max(rate, burst / (365.0 * 86'400)) * (1 + 1e-6) + 1);
      const auto wait = bucket.wait(limit, now);
      REQUIRE(wait > milliseconds{0});
      REQUIRE(wait <= std::chrono::hours{24});
      if (wait == std::chrono::hours{24}) break;
      REQUIRE_FALSE(bucket.take(limit, now + wait - milliseconds{1}));
      now += wait;
      REQUIRE(bucket.take(limit, now));
      ++taken;
    }
  }
}

TEST_CASE("one who says too much is told when to try again, and then may") {
  House house;
  house.settings.messages_per_second = 2;
  house.settings.messages_burst = 2;
  const auto alice = house.enter("alice");
  alice->say("lobby", "1");
  alice->say("lobby", "2");
  alice->say("lobby", "3", "three");
  CHECK_FALSE(alice->say("lobby", "4"));  // waits behind the refusal, which waits behind 1 and 2
  house.hub.end_turn();
  CHECK(alice->heard() ==
        Lines{"message lobby alice: 1", "message lobby alice: 2", "error rate_limited #three"});
  const auto retry_after = alice->last<protocol::event::Failure>().retry_after_ms;
  CHECK(retry_after > 0);
  CHECK(retry_after <= 500);
  CHECK(alice->session().throttled() == milliseconds{static_cast<milliseconds::rep>(retry_after)});

  house.clock.pass(milliseconds{static_cast<milliseconds::rep>(retry_after)});
  CHECK(alice->session().throttled() == milliseconds{0});
  alice->say("lobby", "3", "three");
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message lobby alice: 3 #three"});
}

TEST_CASE("what nobody else sees is not limited") {
  House house;
  house.settings.messages_per_second = 1;
  house.settings.messages_burst = 1;
  const auto alice = house.enter("alice");
  for (int i = 0; i < 50; ++i) alice->ask(protocol::request::Ping{});
  for (const auto& line : alice->heard()) CHECK(line == "pong");
}

TEST_CASE("one who goes on at ten times the limit is closed for flooding") {
  House house;
  house.settings.messages_per_second = 1;
  house.settings.messages_burst = 5;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  int refused = 0;
  for (int i = 0; i < 200 && !alice->closed; ++i) {
    alice->ask(protocol::request::Tell{.to = "bob", .text = "x", .id = {}});
    house.hub.end_turn();
    ++refused;
  }
  CHECK(alice->closed);
  CHECK(refused == 5 + 50 + 1);
  CHECK(alice->heard().back() == "bye flooding");
  house.hub.end_turn();
  CHECK(bob->heard().back() == "presence lobby 1 -alice(flooding)");
}

}  // namespace hubbub::chat
