#include "client/connection/keepalive.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Backoff;
using namespace std::chrono_literals;

TEST_CASE("waits double up to the longest, each within its upper half") {
  Backoff backoff(100ms, 1000ms, GENERATE(1U, 2U, 3U));
  for (const auto step : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
    const auto wait = backoff.next();
    CHECK(wait >= step / 2);
    CHECK(wait <= step);
  }
}

TEST_CASE("after a link that worked it begins anew") {
  Backoff backoff(100ms, 1000ms, 1);
  for (int times = 0; times < 5; ++times) backoff.next();
  backoff.reset();
  CHECK(backoff.next() <= 100ms);
}

TEST_CASE("the same seed gives the same waits, and another one others") {
  Backoff one(1s, 1h, 7);
  Backoff same(1s, 1h, 7);
  Backoff other(1s, 1h, 8);
  bool differs = false;
  for (int times = 0; times < 10; ++times) {
    const auto wait = one.next();
    CHECK(wait == same.next());
    differs = differs || wait != other.next();
  }
  CHECK(differs);
}
