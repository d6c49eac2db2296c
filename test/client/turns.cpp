// Which of several servers is tried next.
#include "client/connection/turns.hpp"

#include <set>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/dice.hpp"

using hubbub::client::Turns;
using hubbub::test::Dice;
using namespace std::chrono_literals;

namespace {

using TimePoint = Turns::TimePoint;

/// The rule in other words: with a set of those that have been tried in vain since a server last worked.
class Model {
 public:
  explicit Model(std::size_t servers) : servers_(servers) {}

  bool lost(std::size_t server, bool worked) {
    if (worked) tried_.clear();
    tried_.insert(server);
    const bool at_once = !tried_.contains((server + 1) % servers_);
    if (!at_once) tried_.clear();
    return at_once;
  }

 private:
  std::size_t servers_;
  std::set<std::size_t> tried_;
};

/// The servers whose turn it was until the first pause, as digits.
std::string round_of(Turns& turns, TimePoint now) {
  std::string round;
  bool at_once = true;
  while (at_once) {
    round += std::to_string(turns.current());
    at_once = turns.lost(now);
  }
  return round;
}

}  // namespace

TEST_CASE("one server alone is worth a pause each time") {
  Turns turns(1, 5s);
  TimePoint now{};
  for (int times = 0; times < 3; ++times) {
    turns.opened(now);
    now += 10s;
    CHECK_FALSE(turns.lost(now));
    CHECK(turns.current() == 0);
  }
}

TEST_CASE("each server is tried once before a pause, and again in each round") {
  Turns turns(3, 5s);
  TimePoint now{};
  CHECK(round_of(turns, now) == "012");
  CHECK(round_of(turns, now) == "012");
  CHECK(turns.lost(now));
  CHECK(turns.current() == 1);
  turns.opened(now);
  now += 5s;
  // The others first, then the one that is lost, without it having another turn before the pause.
  CHECK(round_of(turns, now) == "120");
  CHECK(round_of(turns, now) == "120");
}

TEST_CASE("a server that loses everybody at once is no server that works") {
  Turns turns(2, 5s);
  TimePoint now{};
  int pauses = 0;
  for (int times = 0; times < 20; ++times) {
    turns.opened(now);
    now += 4999ms;
    turns.opened(now);  // for which it is not open longer
    if (!turns.lost(now)) ++pauses;
  }
  CHECK(pauses == 10);
}

TEST_CASE("in any order of losses it keeps to the rule") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Dice dice(seed);
  const std::size_t servers = 1 + dice.below(6);
  Turns turns(servers, 5s);
  Model model(servers);
  TimePoint now{};
  std::vector<std::size_t> since_pause;
  for (int step = 0; step < 2000; ++step) {
    const std::size_t server = turns.current();
    CHECK(server < servers);
    bool worked = false;
    if (dice.one_in(3)) {
      turns.opened(now);
      const bool is_short = dice.one_in(2);
      now += std::chrono::milliseconds(is_short ? dice.below(5000) : 5000 + dice.below(9000));
      worked = !is_short;
    }
    const bool at_once = turns.lost(now);
    REQUIRE(at_once == model.lost(server, worked));
    REQUIRE(turns.current() == (server + 1) % servers);
    // In words that need no model: between two pauses without a server that works, each has one turn.
    if (worked) since_pause.clear();
    since_pause.push_back(server);
    REQUIRE(at_once == (since_pause.size() < servers));
    REQUIRE(std::set(since_pause.begin(), since_pause.end()).size() == since_pause.size());
    if (!at_once) since_pause.clear();
  }
}
