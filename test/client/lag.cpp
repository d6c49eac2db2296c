#include "client/connection/keepalive.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Lag;
using namespace std::chrono_literals;

namespace {

const Lag::TimePoint start{1h};

}  // namespace

TEST_CASE("the lag is the last round trip, or how long a question has been open") {
  Lag lag;
  CHECK(lag.value(start) == 0ms);
  lag.waiting(start, start);
  CHECK(lag.value(start + 300ms) == 300ms);
  lag.waiting(std::nullopt, start + 400ms);
  CHECK(lag.value(start + 1h) == 400ms);
  lag.waiting(start + 2h, start + 2h);
  CHECK(lag.value(start + 2h + 100ms) == 400ms);
  CHECK(lag.value(start + 2h + 500ms) == 500ms);
}

TEST_CASE("an answer is known by the next question being the oldest") {
  Lag lag;
  lag.waiting(start, start);
  lag.waiting(start, start + 100ms);  // nothing new
  CHECK(lag.value(start + 700ms) == 700ms);
  lag.waiting(start + 600ms, start + 700ms);
  CHECK(lag.value(start + 800ms) == 700ms);
  lag.waiting(std::nullopt, start + 650ms + 200ms);
  CHECK(lag.value(start + 800ms) == 250ms);
}

TEST_CASE("a bad lag is news each second, and so is its end") {
  Lag lag;
  lag.waiting(start, start);
  CHECK_FALSE(lag.news(start + 999ms));
  CHECK(lag.next(start + 999ms) == start + 1s);
  CHECK(lag.news(start + 1s) == 1s);
  CHECK(lag.is_told());
  CHECK_FALSE(lag.news(start + 1999ms));
  CHECK(lag.next(start + 1999ms) == start + 2s);
  CHECK(lag.news(start + 2100ms) == 2100ms);
  lag.waiting(std::nullopt, start + 2500ms);
  CHECK_FALSE(lag.news(start + 2500ms));
  CHECK_FALSE(lag.next(start + 2500ms));
  lag.waiting(start + 3s, start + 3s);
  lag.waiting(std::nullopt, start + 3s + 20ms);
  CHECK(lag.news(start + 3s + 20ms) == 20ms);
  CHECK_FALSE(lag.is_told());
}

TEST_CASE("whether a bad lag is over can only be told by asking, when nothing else is") {
  Lag lag;
  lag.waiting(start, start);
  CHECK_FALSE(lag.wants_question());
  lag.waiting(std::nullopt, start + 1s);
  CHECK(lag.wants_question());
  lag.waiting(start + 1s, start + 1s);
  CHECK_FALSE(lag.wants_question());
  lag.waiting(std::nullopt, start + 1s + 999ms);
  CHECK_FALSE(lag.wants_question());
}

TEST_CASE("time that one was away is not counted") {
  Lag lag;
  lag.waiting(start, start);
  lag.woke(start + 1h);
  CHECK(lag.value(start + 1h) == 0ms);
  CHECK(lag.next(start + 1h) == start + 1h + 1s);
  lag.waiting(std::nullopt, start + 1h + 30ms);
  CHECK(lag.value(start + 2h) == 30ms);
}
