#include "client/connection/keepalive.hpp"

#include "test/support/catch.hpp"

using hubbub::client::Backoff;
using namespace std::chrono_literals;

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
