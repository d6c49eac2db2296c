// The way of a message: one order for all, nothing twice, nothing missed.
#include "protocol/limits.hpp"
#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;
namespace event = protocol::event;

}  // namespace

TEST_CASE("what is said in a turn is one push to each member") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  bob->deliveries = 0;
  house.format.messages = 0;
  for (int i = 0; i < 10; ++i) alice->say("lobby", std::to_string(i));
  house.hub.end_turn();
  CHECK(bob->deliveries == 1);
  CHECK(house.format.messages == 10);
}

TEST_CASE("answers wait for what was said before them, further messages to the room do not") {
  House house;
  const auto alice = house.enter("alice");
  alice->join("dev");
  house.hub.end_turn();
  alice->heard();
  CHECK(alice->say("lobby", "1"));
  CHECK(alice->say("LOBBY", "2"));
  CHECK_FALSE(alice->say("dev", "3"));
  CHECK_FALSE(alice->ask(request::Ping{}));
  CHECK(alice->heard().empty());
  house.hub.end_turn();
  CHECK(alice->resumes == 1);
  CHECK(alice->ask(request::Ping{}, "p"));
  CHECK(alice->heard() == Lines{"message lobby alice: 1", "message lobby alice: 2", "pong ref=p"});
}

TEST_CASE("an error keeps its place among the messages, and what follows it keeps its own") {
  House house;
  const auto alice = house.enter("alice");
  CHECK(alice->say("lobby", "1"));
  CHECK(alice->say("lobby", "", "bad"));
  CHECK_FALSE(alice->say("lobby", "2"));
  house.hub.end_turn();
  CHECK(alice->say("lobby", "2"));
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message lobby alice: 1", "error text_empty #bad", "message lobby alice: 2"});
}

TEST_CASE("a line that is no request is answered in its place") {
  House house;
  const auto alice = house.enter("alice");
  const protocol::DecodedRequest bad = protocol::BadRequest{{protocol::Code::bad_json, "no"}, "r", "i"};
  alice->say("lobby", "1");
  CHECK_FALSE(alice->session().handle(bad));
  house.hub.end_turn();
  CHECK(alice->session().handle(bad));
  CHECK(alice->heard() == Lines{"message lobby alice: 1", "error bad_json #i ref=r"});
}

TEST_CASE("a message said again is answered with the first, to its sender alone") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  alice->heard();
  alice->say("lobby", "once", "x");
  alice->say("lobby", "once", "x", "again");
  alice->say("lobby", "next", "y");
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message lobby alice: once #x", "message lobby alice: once #x ref=again",
                                "message lobby alice: next #y"});
  CHECK(bob->heard() == Lines{"message lobby alice: once #x", "message lobby alice: next #y"});
  CHECK(std::get<protocol::MessagePtr>(alice->events.end()[-2].body)->seq ==
        std::get<protocol::MessagePtr>(alice->events.end()[-3].body)->seq);
}

TEST_CASE("one who comes back under the same name may say it again") {
  House house;
  const auto bob = house.enter("bob");
  auto alice = house.enter("alice");
  alice->say("lobby", "once", "x");
  house.hub.end_turn();
  alice.reset();
  alice = house.enter("ALICE");
  alice->say("lobby", "once", "x");
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message lobby alice: once #x"});
  int seen = 0;
  for (const auto& line : bob->heard()) seen += line == "message lobby alice: once #x" ? 1 : 0;
  CHECK(seen == 1);
}

TEST_CASE("joining shows the newest, or what one has missed") {
  House house;
  const auto alice = house.enter("alice");
  std::vector<std::uint64_t> seqs;
  for (int i = 0; i < 10; ++i) {
    alice->say("lobby", std::to_string(i));
    house.hub.end_turn();
    seqs.push_back(alice->last<protocol::MessagePtr>()->seq);
  }
  const auto bob = house.enter("bob", "dev");

  SECTION("as many as asked for") {
    bob->join("lobby", {}, 3);
    CHECK(bob->heard() == Lines{"joined lobby alice bob <7> <8> <9> incomplete"});
    CHECK(bob->last<event::Joined>().last == seqs.back());
  }
  SECTION("none") {
    bob->join("lobby", {}, 0);
    CHECK(bob->heard() == Lines{"joined lobby alice bob incomplete"});
  }
  SECTION("as many as the server is set to") {
    house.settings.replay = 2;
    bob->join("lobby");
    CHECK(bob->heard() == Lines{"joined lobby alice bob <8> <9> incomplete"});
  }
  SECTION("all since") {
    bob->join("lobby", seqs[6]);
    CHECK(bob->heard() == Lines{"joined lobby alice bob <7> <8> <9>"});
  }
  SECTION("nothing since the last") {
    bob->join("lobby", seqs[9]);
    CHECK(bob->heard() == Lines{"joined lobby alice bob"});
  }
  SECTION("everything") {
    bob->join("lobby", 0);
    CHECK(bob->last<event::Joined>().history.size() == 10);
    CHECK(bob->last<event::Joined>().complete);
  }
}

TEST_CASE("history pages both ways") {
  House house;
  const auto alice = house.enter("alice");
  for (int i = 0; i < 6; ++i) alice->say("lobby", std::to_string(i));
  house.hub.end_turn();
  std::vector<std::uint64_t> seqs;
  for (const auto& sent : alice->events) {
    if (const auto* message = std::get_if<protocol::MessagePtr>(&sent.body)) seqs.push_back((*message)->seq);
  }
  alice->heard();
  alice->ask(request::History{.room = "lobby", .before = seqs[4], .after = {}, .limit = 2, .search = {}});
  alice->ask(request::History{.room = "lobby", .before = seqs[2], .after = {}, .limit = 2, .search = {}});
  alice->ask(request::History{.room = "lobby", .before = {}, .after = seqs[1], .limit = 3, .search = {}});
  alice->ask(request::History{.room = "lobby", .before = {}, .after = seqs[4], .limit = 3, .search = {}});
  alice->ask(request::History{.room = "lobby", .before = {}, .after = {}, .limit = 1, .search = {}});
  CHECK(alice->heard() == Lines{"history <2> <3> incomplete", "history <0> <1>",
                                "history <2> <3> <4> incomplete", "history <5>", "history <5> incomplete"});
}

TEST_CASE("a reply line stays within what a reader takes, and says that there is more") {
  House house;
  house.settings.messages_per_second = 0;
  const auto alice = house.enter("alice");
  const std::string quotes(4000, '"');  // each takes two bytes on the wire
  for (int i = 0; i < 40; ++i) alice->say("lobby", quotes);
  house.hub.end_turn();

  const auto size_of_last = [&] {
    std::string line;
    protocol::encode(alice->events.back(), line);
    return line.size();
  };
  alice->ask(request::History{.room = "lobby", .before = {}, .after = {}, .limit = 100, .search = {}});
  CHECK_FALSE(alice->last<event::History>().complete);
  CHECK(alice->last<event::History>().messages.size() > 5);
  CHECK(size_of_last() <= protocol::reply_bytes);

  alice->ask(request::Leave{"lobby"});
  alice->join("lobby", 0);
  CHECK_FALSE(alice->last<event::Joined>().complete);
  CHECK(alice->last<event::Joined>().history.size() > 3);
  CHECK(size_of_last() <= protocol::reply_bytes);
}

}  // namespace hubbub::chat
