#include "client/model/doorway.hpp"

#include "test/client/news.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::test;
using namespace std::chrono_literals;
using hubbub::client::Doorway;

namespace {

std::string told(Doorway& doorway, hubbub::protocol::Timestamp now, std::string_view speaker = {}) {
  auto moves = doorway.take("lobby", now, speaker);
  return moves ? gist({now, *std::move(moves)}) : "nothing";
}

}  // namespace

TEST_CASE("who comes and goes in one go is told in one line, a moment later") {
  Doorway doorway;
  CHECK_FALSE(doorway.next_due());
  doorway.arrive("a", true, noon);
  doorway.arrive("b", true, noon + 200ms);
  doorway.depart({"c", "quit"}, true, noon + 300ms);
  CHECK(doorway.next_due() == noon + Doorway::burst);
  CHECK(told(doorway, noon + 499ms) == "nothing");
  CHECK(told(doorway, noon + 500ms) == "moves +a +b -c");
  CHECK_FALSE(doorway.next_due());
}

TEST_CASE("a broken link that comes back is not told of") {
  Doorway doorway;
  doorway.depart({"a", "disconnected"}, true, noon);
  doorway.depart({"b", "idle_timeout"}, true, noon);
  doorway.depart({"c", "see you"}, true, noon);
  CHECK(told(doorway, noon + 1s) == "moves -c");
  doorway.arrive("a", false, noon + 9s);
  CHECK(told(doorway, noon + 9s) == "nothing");
  CHECK(told(doorway, noon + Doorway::grace) == "moves -b");
}

TEST_CASE("who only looked in is not told of") {
  Doorway doorway;
  doorway.arrive("a", true, noon);
  doorway.depart({"a", "quit"}, false, noon + 100ms);
  CHECK_FALSE(doorway.next_due());
}

TEST_CASE("who speaks has come in before") {
  Doorway doorway;
  doorway.arrive("a", true, noon);
  CHECK(told(doorway, noon, "b") == "nothing");
  CHECK(told(doorway, noon, "a") == "moves +a");
}

TEST_CASE("after one's own link broke the others have longer to come back") {
  Doorway doorway;
  doorway.miss({"a", "b"}, noon);
  doorway.arrive("a", true, noon + 20s);
  CHECK(told(doorway, noon + 39s) == "nothing");
  CHECK(told(doorway, noon + Doorway::long_grace) == "moves -b");
}

TEST_CASE("a new name is told, also by a clock that was set back") {
  Doorway doorway;
  doorway.arrive("a", true, noon);
  doorway.rename("a", "b");
  CHECK(told(doorway, noon - 1h) == "moves +b");
}
