#include "test/chat/slow_journal.hpp"
#include "test/support/catch.hpp"

// A search in all rooms that one is in: what it costs, and how far it goes.
namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
using std::chrono::milliseconds;

/// Alice, in so many rooms, with one needle in the first and one in the last; nothing is limited.
std::unique_ptr<Peer> enter_rooms(SlowHouse& house, std::size_t rooms) {
  house.settings.rooms_per_session = 0;
  house.settings.messages_per_second = 0;
  house.settings.queries_per_second = 0;
  auto alice = house.enter("alice", "room-1");
  for (std::size_t i = 2; i <= rooms; ++i) alice->join("room-" + std::to_string(i));
  alice->say("room-1", "first needle");
  house.turn();
  alice->say("room-" + std::to_string(rooms), "last needle");
  house.turn();
  alice->heard();
  return alice;
}

bool search(Peer& person) {
  return person.ask(protocol::request::History{
      .room = {}, .before = {}, .after = {}, .limit = {}, .search = "needle", .from = {}, .count = false});
}

}  // namespace

TEST_CASE("however many rooms are searched, one read is not made within another") {
  SlowHouse house;
  const auto alice = enter_rooms(house, protocol::searched_rooms);
  house.slow.deepest_read = 0;
  search(*alice);
  CHECK(alice->heard() == Lines{"history <first needle> <last needle>"});
  CHECK(house.slow.deepest_read == 1);
}

TEST_CASE("a journal that answers later is asked for one room after the other") {
  SlowHouse house;
  const auto alice = enter_rooms(house, 3);
  house.slow.slow_reads = true;
  search(*alice);
  for (int i = 0; i < 3; ++i) {
    CHECK(alice->heard().empty());
    house.slow.finish_reads();
  }
  CHECK(alice->heard() == Lines{"history <first needle> <last needle>"});
}

TEST_CASE("a search in all rooms ends with the first that cannot be read") {
  SlowHouse house;
  const auto alice = enter_rooms(house, 3);
  house.slow.slow_reads = true;
  search(*alice);
  house.slow.finish_reads();
  house.slow.fail_reads = true;
  house.slow.finish_reads();
  CHECK(alice->heard() == Lines{"error storage_failed"});
  house.slow.fail_reads = false;
  house.slow.finish_reads();
  CHECK(alice->heard().empty());
}

TEST_CASE("whoever is in more rooms than a search goes through is told so") {
  SlowHouse house;
  const auto alice = enter_rooms(house, protocol::searched_rooms + 1);
  search(*alice);
  CHECK(alice->heard() == Lines{"error too_many_rooms"});
  alice->ask(protocol::request::Leave{.room = "room-50"});
  search(*alice);
  CHECK(alice->heard() == Lines{"left room-50", "history <first needle> <last needle>"});
}

TEST_CASE("a search in all rooms takes a question for each") {
  SlowHouse house;
  const auto alice = enter_rooms(house, 10);
  house.settings.queries_per_second = 2;
  house.settings.queries_burst = 15;
  search(*alice);
  CHECK(alice->heard() == Lines{"history <first needle> <last needle>"});
  search(*alice);
  CHECK(alice->heard() == Lines{"error rate_limited"});
  const auto retry_after = alice->last<protocol::event::Failure>().retry_after_ms;
  CHECK(retry_after == 2'500);  // five are left
  house.clock.pass(milliseconds{static_cast<milliseconds::rep>(retry_after)});
  search(*alice);
  CHECK(alice->heard() == Lines{"history <first needle> <last needle>"});
}

TEST_CASE("a search in more rooms than there are questions at once takes all of them") {
  SlowHouse house;
  const auto alice = enter_rooms(house, 10);
  house.settings.queries_per_second = 2;
  house.settings.queries_burst = 4;
  search(*alice);
  CHECK(alice->heard() == Lines{"history <first needle> <last needle>"});
  alice->ask(protocol::request::Rooms{.after = {}});
  CHECK(alice->heard() == Lines{"error rate_limited"});
}

}  // namespace hubbub::chat
