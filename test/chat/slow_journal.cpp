// What the hub does while an engine takes its time, and when it fails.
#include "test/chat/slow_journal.hpp"

#include <algorithm>
#include <string>

#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;

}  // namespace

TEST_CASE_METHOD(SlowHouse, "nobody sees a message before the journal has it") {
  const auto alice = enter("alice");
  const auto bob = enter("bob");
  alice->heard();
  alice->say("lobby", "hi");
  hub.end_turn();
  CHECK(alice->heard().empty());
  CHECK(bob->heard().empty());
  slow.finish_commit();
  CHECK(alice->heard() == Lines{"message lobby alice: hi"});
  CHECK(bob->heard() == Lines{"message lobby alice: hi"});
}

TEST_CASE_METHOD(SlowHouse, "a batch that fails is its senders' alone, and changes nothing") {
  const auto alice = enter("alice");
  const auto bob = enter("bob");
  alice->heard();
  slow.fail_next = true;
  alice->say("lobby", "1", "x", "rx");
  alice->say("lobby", "2", "y");
  bob->say("lobby", "3");
  turn();
  CHECK(alice->heard() == Lines{"error storage_failed #x ref=rx", "error storage_failed #y"});
  CHECK(bob->heard() == Lines{"error storage_failed"});
  alice->say("lobby", "4");
  turn();
  CHECK(bob->heard() == Lines{"message lobby alice: 4"});
}

TEST_CASE_METHOD(SlowHouse,
                 "one who comes in is told no topic that was before the one that is shown on joining") {
  const auto alice = enter("alice");
  const auto bob = enter("bob", "dev");
  slow.slow_reads = true;
  bob->join("lobby", 0);
  for (const auto* const text : {"first", "second"}) {
    alice->ask(request::Topic{.room = "lobby", .text = text});
    turn();
  }
  alice->say("lobby", "hi");
  turn();
  slow.finish_reads();
  CHECK(bob->last<protocol::event::Joined>().topic == "second");
  CHECK(bob->heard() == Lines{"joined lobby alice bob", "message lobby alice: hi"});
  alice->ask(request::Topic{.room = "lobby", .text = "third"});
  turn();
  CHECK(bob->heard() == Lines{"presence lobby 2 +bob", "topic lobby alice: third"});
}

TEST_CASE_METHOD(SlowHouse, "what was before joined shows who is there comes before it") {
  const auto carol = enter("carol", "dev");
  const auto bob = enter("bob", "dev");
  const auto dora = enter("dora");
  carol->join("lobby", 0);
  turn();
  static_cast<void>(bob->heard());
  slow.slow_reads = true;
  bob->join("lobby", 0);
  carol->ask(request::Rename{.name = "eve"});
  dora->ask(request::Rename{.name = "carol"});
  carol->say("dev", "hi");
  dora->say("lobby", "ho");
  turn();
  slow.finish_reads();
  turn();
  CHECK(bob->heard() == Lines{"renamed carol eve", "message dev eve: hi", "joined lobby bob carol eve",
                              "message lobby carol: ho", "presence lobby 3 +bob"});
}

TEST_CASE_METHOD(SlowHouse, "one who is gone before the commit is still heard, and only then leaves") {
  const auto alice = enter("alice");
  auto bob = enter("bob");
  alice->heard();
  bob->say("lobby", "last words");
  hub.end_turn();
  bob.reset();
  hub.end_turn();
  CHECK(alice->heard().empty());
  const auto impostor = connect();
  impostor->ask(request::Hello{.version = 1, .name = "bob", .password = {}, .token = {}, .client = {}});
  CHECK(impostor->heard() == Lines{"error name_taken"});
  turn();
  CHECK(alice->heard() == Lines{"message lobby bob: last words", "presence lobby 1 -bob(disconnected)"});
}

TEST_CASE_METHOD(SlowHouse, "between history and live messages there is neither a gap nor a repeat") {
  const auto alice = enter("alice");
  alice->say("lobby", "1");
  turn();
  const auto bob = enter("bob", "dev");
  slow.slow_reads = true;
  bob->join("lobby", 0);
  CHECK_FALSE(bob->ask(request::Ping{}));
  alice->say("lobby", "2");
  turn();
  alice->ask(request::Tell{.to = "bob", .text = "psst", .id = {}});
  CHECK(bob->heard().empty());
  slow.finish_reads();
  CHECK(bob->resumes == 1);
  CHECK(bob->heard() == Lines{"joined lobby alice bob <1>", "message lobby alice: 2"});
  hub.end_turn();
  CHECK(bob->heard() == Lines{"presence lobby 2 +bob", "message to bob alice: psst"});
}

TEST_CASE_METHOD(SlowHouse,
                 "a topic is told once the journal has it, between the messages it was set between") {
  const auto alice = enter("alice");
  const auto bob = enter("bob");
  alice->heard();
  alice->say("lobby", "1");
  slow.finish_commit();
  alice->say("lobby", "2");
  bob->ask(request::Topic{.room = "lobby", .text = "tea"}, "t");
  alice->say("lobby", "3");
  CHECK_FALSE(bob->ask(request::Ping{}));
  CHECK(bob->heard() == Lines{"message lobby alice: 1"});
  turn();
  CHECK(bob->heard() ==
        Lines{"message lobby alice: 2", "topic lobby bob: tea ref=t", "message lobby alice: 3"});
  CHECK(bob->resumes == 1);

  slow.fail_next = true;
  bob->ask(request::Topic{.room = "lobby", .text = "coffee"}, "u");
  turn();
  CHECK(bob->heard() == Lines{"error storage_failed ref=u"});
  const auto carol = enter("carol");
  CHECK(carol->last<protocol::event::Joined>().topic == "tea");
}

TEST_CASE_METHOD(SlowHouse, "while enough waits for the journal nobody says more, and all else goes on") {
  const auto alice = enter("alice");
  const auto bob = enter("bob");
  alice->heard();
  alice->say("lobby", "1");
  slow.is_full = true;
  CHECK_FALSE(bob->say("lobby", "2"));
  CHECK_FALSE(alice->say("lobby", "3"));
  const auto carol = enter("carol");
  CHECK_FALSE(carol->ask(request::Topic{.room = "lobby", .text = "tea"}));
  const auto dave = enter("dave");
  CHECK(dave->ask(request::Ping{}));
  CHECK(dave->heard().back() == "pong");
  turn();  // still full
  CHECK(bob->resumes == 0);
  slow.is_full = false;
  alice->say("lobby", "4");
  turn();
  CHECK(bob->resumes == 1);
  CHECK(carol->resumes == 1);
  CHECK(alice->resumes >= 1);
}

TEST_CASE_METHOD(SlowHouse, "history ends before what is still on its way to the room") {
  const auto alice = enter("alice");
  alice->say("lobby", "1");
  turn();
  alice->heard();
  const auto bob = enter("bob");
  bob->heard();
  slow.slow_reads = true;
  bob->ask(request::History{.room = "lobby", .before = {}, .after = {}, .limit = {}, .search = {}});
  alice->say("lobby", "2");
  turn();
  slow.finish_reads();
  CHECK(bob->heard() == Lines{"history <1>", "message lobby alice: 2"});
}

TEST_CASE("rooms with history are there from the start") {
  auto engine = std::make_unique<journal::MemoryJournal>(journal::Settings{}, 1);
  engine->append({.room = "лобби", .sender = "alice", .message = {.room = "Лобби"}, .ticket = 0});
  engine->append({.room = "лобби",
                  .sender = "alice",
                  .ticket = 0,
                  .state = std::make_shared<const journal::StateRecord>(journal::StateRecord{
                      .room = "Лобби", .attribute = std::string(journal::topic_attribute), .value = "чай"})});
  engine->commit({});
  House house(std::move(engine));
  const auto alice = house.enter("alice");
  alice->ask(request::Rooms{});
  const auto& rooms = alice->last<protocol::event::Rooms>().rooms;
  REQUIRE(rooms.size() == 2);
  CHECK(rooms[1].room == "Лобби");
  CHECK(rooms[1].topic == "чай");
}

TEST_CASE_METHOD(SlowHouse, "one who leaves and comes back in one breath is there, in a large room too") {
  settings.presence_members = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{100});
  const auto alice = enter("alice");
  const auto bob = enter("bob");
  alice->heard();
  bob->heard();
  slow.slow_reads = true;
  bob->ask(request::Leave{"lobby"});
  bob->join("lobby");
  enter("carol", "elsewhere")->ask(request::Rename{"caroline"});
  hub.end_turn();
  slow.finish_reads();
  const auto heard = bob->heard();
  CHECK(heard.at(1) == "joined lobby alice bob");
  for (const auto& line : heard) CHECK(line.find("-bob") == std::string::npos);
  CHECK(std::count_if(heard.begin(), heard.end(),
                      [](const auto& line) { return line.starts_with("joined lobby"); }) == 1);
}

TEST_CASE_METHOD(SlowHouse, "one who goes while the journal reads is simply gone") {
  const auto alice = enter("alice");
  slow.slow_reads = true;
  auto bob = connect();
  bob->ask(request::Hello{.version = 1, .name = "bob", .password = {}, .token = {}, .client = {}});
  bob->join("lobby");
  hub.end_turn();
  bob.reset();
  slow.finish_reads();
  hub.end_turn();
  CHECK(alice->heard().empty());  // nobody has heard of him
}

}  // namespace hubbub::chat
