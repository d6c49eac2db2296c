#include "client/connection/keepalive.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Lag;
using namespace std::chrono_literals;

namespace {

const Lag::TimePoint lag_start{1h};

}  // namespace

TEST_CASE("the lag is the last round trip, or how long a question has been open") {
  Lag lag;
  CHECK(lag.value(lag_start) == 0ms);
  lag.waiting(lag_start, lag_start);
  CHECK(lag.value(lag_start + 300ms) == 300ms);
  lag.waiting(std::nullopt, lag_start + 400ms);
  CHECK(lag.value(lag_start + 1h) == 400ms);
  lag.waiting(lag_start + 2h, lag_start + 2h);
  CHECK(lag.value(lag_start + 2h + 100ms) == 400ms);
  CHECK(lag.value(lag_start + 2h + 500ms) == 500ms);
}

TEST_CASE("an answer is known by the next question being the oldest") {
  Lag lag;
  lag.waiting(lag_start, lag_start);
  lag.waiting(lag_start, lag_start + 100ms);  // nothing new
  CHECK(lag.value(lag_start + 700ms) == 700ms);
  lag.waiting(lag_start + 600ms, lag_start + 700ms);
  CHECK(lag.value(lag_start + 800ms) == 700ms);
  lag.waiting(std::nullopt, lag_start + 650ms + 200ms);
  CHECK(lag.value(lag_start + 800ms) == 250ms);
}

TEST_CASE("a bad lag is news each second, and so is its end") {
  Lag lag;
  lag.waiting(lag_start, lag_start);
  CHECK_FALSE(lag.news(lag_start + 999ms));
  CHECK(lag.next(lag_start + 999ms) == lag_start + 1s);
  CHECK(lag.news(lag_start + 1s) == 1s);
  CHECK(lag.is_told());
  CHECK_FALSE(lag.news(lag_start + 1999ms));
  CHECK(lag.next(lag_start + 1999ms) == lag_start + 2s);
  CHECK(lag.news(lag_start + 2100ms) == 2100ms);
  lag.waiting(std::nullopt, lag_start + 2500ms);
  CHECK_FALSE(lag.news(lag_start + 2500ms));
  CHECK_FALSE(lag.next(lag_start + 2500ms));
  lag.waiting(lag_start + 3s, lag_start + 3s);
  lag.waiting(std::nullopt, lag_start + 3s + 20ms);
  CHECK(lag.news(lag_start + 3s + 20ms) == 20ms);
  CHECK_FALSE(lag.is_told());
}

TEST_CASE("whether a bad lag is over can only be told by asking, when nothing else is") {
  Lag lag;
  lag.waiting(lag_start, lag_start);
  CHECK_FALSE(lag.wants_question());
  lag.waiting(std::nullopt, lag_start + 1s);
  CHECK(lag.wants_question());
  lag.waiting(lag_start + 1s, lag_start + 1s);
  CHECK_FALSE(lag.wants_question());
  lag.waiting(std::nullopt, lag_start + 1s + 999ms);
  CHECK_FALSE(lag.wants_question());
}

TEST_CASE("time that one was away is not counted") {
  Lag lag;
  lag.waiting(lag_start, lag_start);
  lag.woke(lag_start + 1h);
  CHECK(lag.value(lag_start + 1h) == 0ms);
  CHECK(lag.next(lag_start + 1h) == lag_start + 1h + 1s);
  lag.waiting(std::nullopt, lag_start + 1h + 30ms);
  CHECK(lag.value(lag_start + 2h) == 30ms);
}
