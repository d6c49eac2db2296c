// How often passwords may be tried.
#include "server/accounts/tries.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <random>
#include <string>

#include "test/support/catch.hpp"

namespace hubbub::accounts {
namespace {

using namespace std::chrono_literals;

struct TriesFixture {
  bool may(const std::string& address, const std::string& account) {
    return tries.take(address, account, now).count() == 0;
  }

  Tries tries;
  Tries::Time now{1h};
};

}  // namespace

TEST_CASE_METHOD(TriesFixture, "five tries of one account from one address, and then one in twelve seconds") {
  for (int i = 0; i < 5; ++i) CHECK(may("192.0.2.1", "nina"));
  CHECK(tries.take("192.0.2.1", "nina", now) == 12s);
  CHECK_FALSE(may("192.0.2.1", "nina"));
  now += 12s - 1ms;
  CHECK(tries.take("192.0.2.1", "nina", now) == 1ms);
  now += 1ms;
  CHECK(may("192.0.2.1", "nina"));
  CHECK_FALSE(may("192.0.2.1", "nina"));
  now += 1min;
  for (int i = 0; i < 5; ++i) CHECK(may("192.0.2.1", "nina"));
}

TEST_CASE_METHOD(TriesFixture, "what others try locks nobody out") {
  for (int i = 0; i < 100; ++i) may("192.0.2.1", "nina");
  CHECK(may("192.0.2.2", "nina"));
  CHECK(may("192.0.2.1", "otto"));
}

TEST_CASE_METHOD(TriesFixture, "twenty tries from one address, of whichever accounts") {
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += may("192.0.2.1", "person" + std::to_string(i)) ? 1 : 0;
  CHECK(taken == 20);
  CHECK(tries.take("192.0.2.1", "anybody", now) == 3s);
  now += 3s;
  CHECK(may("192.0.2.1", "anybody"));
}

TEST_CASE_METHOD(TriesFixture, "a unix socket has no limit, and leaves nothing") {
  for (int i = 0; i < 100; ++i) CHECK(may("", "nina"));
  CHECK(tries.size() == 0);
}

TEST_CASE_METHOD(TriesFixture, "what is over is forgotten") {
  for (int i = 0; i < 10'000; ++i) {
    CHECK(may("198.51.100." + std::to_string(i), "nina"));
    now += 100ms;
  }
  CHECK(tries.size() < 5000);
}

TEST_CASE_METHOD(TriesFixture, "in any minute there are no more than twice the limit", "[random]") {
  std::minstd_rand random(7);
  std::map<std::string, std::deque<Tries::Time>> taken;
  for (int i = 0; i < 50'000; ++i) {
    now += std::chrono::milliseconds(random() % 400);
    const auto address = "192.0.2." + std::to_string(random() % 3);
    const auto account = "person" + std::to_string(random() % 4);
    const bool was_taken = may(address, account);
    for (const auto& [key, most] : {std::pair(address, 20U), std::pair(address + " " + account, 5U)}) {
      auto& times = taken[key];
      if (was_taken) times.push_back(now);
      while (!times.empty() && times.front() <= now - 1min) times.pop_front();
      REQUIRE(times.size() <= 2 * most);
    }
  }
}

TEST_CASE("a try that was right does not count, and looking takes none") {
  Tries tries;
  const Tries::Time now{std::chrono::hours(1)};
  for (int i = 0; i < 100; ++i) {
    CHECK(tries.look("192.0.2.1", "nina", now).count() == 0);
    REQUIRE(tries.take("192.0.2.1", "nina", now).count() == 0);
    tries.give_back("192.0.2.1", "nina");
  }
  for (int i = 0; i < 5; ++i) CHECK(tries.take("192.0.2.1", "nina", now).count() == 0);
  CHECK(tries.look("192.0.2.1", "nina", now).count() > 0);
  CHECK(tries.take("192.0.2.1", "nina", now).count() > 0);
  CHECK(tries.look("192.0.2.1", "otto", now).count() == 0);
  CHECK(tries.look("192.0.2.2", "nina", now).count() == 0);
  tries.give_back("192.0.2.9", "nobody");
}

}  // namespace hubbub::accounts
