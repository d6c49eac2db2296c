#include "server/net/writer.hpp"

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using namespace std::chrono_literals;
constexpr Time lag_start{};

}  // namespace

TEST_CASE("of one that takes everything at once nothing is known") {
  Lag lag;
  lag.took(lag_start);
  CHECK_FALSE(lag.is_known());
  CHECK(lag.last_taken() == Time::min());
  CHECK(lag.due(1s) == never);
}

TEST_CASE("one is waited for since it first did not take all, until it takes some") {
  Lag lag;
  lag.begin(lag_start);
  lag.begin(lag_start + 1s);
  CHECK(lag.due(5s) == lag_start + 5s);
  CHECK(lag.due(0s) == never);
  lag.took(lag_start + 2s);
  CHECK_FALSE(lag.is_waited_for());
  CHECK(lag.due(5s) == never);
  CHECK(lag.last_taken() == lag_start + 2s);
}

TEST_CASE("one that has yet to be written to has as long again") {
  Lag lag;
  lag.begin(lag_start);
  lag.took_at_last(lag_start + 4s);
  CHECK(lag.due(5s) == lag_start + 9s);
  CHECK(lag.last_taken() == lag_start + 4s);
  lag.begin_again(lag_start + 6s);
  CHECK(lag.due(5s) == lag_start + 11s);
  CHECK(lag.last_taken() == lag_start + 4s);
}

TEST_CASE("room is made only where something waited for it") {
  Lag lag;
  CHECK_FALSE(lag.makes_room(100, true, lag_start));
  CHECK_FALSE(lag.makes_room(100, true, lag_start + 1s));
  CHECK(lag.has_made_none_for(1s, lag_start + 1s));
  CHECK_FALSE(lag.has_made_none_for(2s, lag_start + 1s));
  CHECK_FALSE(lag.has_made_none_for(0s, lag_start + 1s));
  CHECK(lag.makes_room(101, true, lag_start + 2s));
  CHECK_FALSE(lag.has_made_none_for(1s, lag_start + 2s));
  CHECK(lag.makes_room(102, false, lag_start + 3s));
  CHECK_FALSE(lag.makes_room(200, false, lag_start + 4s));
}

TEST_CASE("what is sent after the end is counted in all") {
  constexpr std::size_t half = std::size_t{128} * 1024 * 1024;
  Lag lag;
  CHECK_FALSE(lag.has_sent_too_much(half));
  CHECK_FALSE(lag.has_sent_too_much(half));
  CHECK(lag.has_sent_too_much(1));
}

}  // namespace hubbub::net
