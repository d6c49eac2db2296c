#include "server/chat/pace.hpp"

#include <limits>

#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using namespace std::chrono_literals;
namespace request = protocol::request;

constexpr TokenBucket::Time start{1h};
constexpr TokenBucket::Limit limit{.rate = 2, .burst = 4};

}  // namespace

TEST_CASE("an address has one bucket, and none is no address") {
  AddressBuckets buckets;
  CHECK(buckets.of("", start) == nullptr);
  CHECK(buckets.of("a", start) == buckets.of("a", start));
  CHECK(buckets.of("a", start) != buckets.of("b", start));
}

TEST_CASE("a bucket outlasts its sessions until it is full again, and not longer") {
  AddressBuckets buckets;
  auto held = buckets.of("a", start);
  for (int i = 0; i < 4; ++i) CHECK(held->take(limit, start));
  held.reset();
  buckets.of("b", start);
  buckets.tidy(start);
  CHECK(buckets.size() == 1);
  CHECK_FALSE(buckets.of("a", start)->take(limit, start));
  buckets.tidy(start + 2s);
  CHECK(buckets.size() == 0);
}

TEST_CASE("those who come and go leave nothing behind, however fast and without a pause") {
  AddressBuckets buckets;
  const auto held = buckets.of("held", start);
  for (int i = 0; i < 10'000; ++i) {
    buckets.of(std::to_string(i), start);
    REQUIRE(buckets.size() < 100);
  }
  CHECK(buckets.of("held", start) == held);
}

TEST_CASE("buckets that nobody holds are bounded, however slowly they fill") {
  AddressBuckets buckets;
  for (std::size_t i = 0; i < 2 * AddressBuckets::most_unheld; ++i) {
    buckets.of(std::to_string(i), start)->take({.rate = 1e-9, .burst = 2}, start);
    REQUIRE(buckets.size() <= AddressBuckets::most_unheld + 2);
  }
}

TEST_CASE("a rate that is next to nothing, or no number, neither overflows nor limits") {
  TokenBucket bucket;
  for (const double tiny : {1e-9, 1e-300, std::numeric_limits<double>::denorm_min()}) {
    const TokenBucket::Limit rare{.rate = tiny, .burst = 1};
    bucket.take(rare, start);
    CHECK(bucket.wait(rare, start) > 0ms);
    CHECK(bucket.wait(rare, start) <= 24h);
  }
  for (const double none : {-1.0, 0.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK(bucket.wait({.rate = none, .burst = 1}, start) == 0ms);
}

TEST_CASE("ten connections of one address, one after the other, say no more than the address may") {
  House house;
  house.settings.messages_burst_per_address = 250;
  std::size_t said = 0;
  for (int i = 0; i < 10; ++i) {
    Peer person(house.hub, house.format, "192.0.2.1");
    person.ask(request::Hello{
        .version = 1, .name = "p" + std::to_string(i), .password = {}, .token = {}, .client = {}});
    person.join("lobby");
    for (int line = 0; line < 100; ++line) {
      person.say("lobby", "spam");
      house.hub.end_turn();
    }
    for (const auto& line : person.heard()) said += line.starts_with("message") ? 1 : 0;
  }
  CHECK(said == 250);
  Peer other(house.hub, house.format, "192.0.2.2");
  other.ask(request::Hello{.version = 1, .name = "other", .password = {}, .token = {}, .client = {}});
  other.join("lobby");
  other.heard();
  other.say("lobby", "not me");
  house.hub.end_turn();
  CHECK(other.heard().back() == "message lobby other: not me");
}

TEST_CASE("questions have a bucket of their own") {
  House house;
  house.settings.queries_per_second = 1;
  house.settings.queries_burst = 3;
  const auto alice = house.enter("alice");  // with a join
  alice->ask(request::Who{});
  alice->ask(request::Rooms{});
  alice->ask(request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}}, "h");
  CHECK(alice->heard().back() == "error rate_limited ref=h");
  CHECK(alice->last<protocol::event::Failure>().retry_after_ms == 1000);
  CHECK(alice->session().throttled() == 1s);
  alice->say("lobby", "still");
  house.hub.end_turn();
  CHECK(alice->heard().back() == "message lobby alice: still");
  house.clock.pass(1s);
  alice->ask(request::Who{});
  CHECK(alice->heard().back() == "members 1 alice");
}

}  // namespace hubbub::chat
