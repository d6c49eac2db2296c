#include "protocol/limits.hpp"
#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;

}  // namespace

TEST_CASE("those who come in one turn are told of in one line") {
  House house;
  const auto alice = house.enter("alice");
  std::vector<std::unique_ptr<Peer>> crowd;
  for (int i = 0; i < 5; ++i) {
    crowd.push_back(house.connect());
    crowd.back()->ask(request::Hello{
        .version = 1, .name = "p" + std::to_string(i), .password = {}, .token = {}, .client = {}});
    crowd.back()->join("lobby");
  }
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"presence lobby 6 +p0 +p1 +p2 +p3 +p4"});
  CHECK(crowd[4]->heard() ==
        Lines{"welcome p4", "joined lobby alice p0 p1 p2 p3 p4", "presence lobby 6 +p0 +p1 +p2 +p3 +p4"});
}

TEST_CASE("one who comes and speaks in the same turn is told of first") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.connect();
  bob->ask(request::Hello{.version = 1, .name = "bob", .password = {}, .token = {}, .client = {}});
  bob->join("lobby");
  bob->say("lobby", "hi");
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"presence lobby 2 +bob", "message lobby bob: hi"});
}

TEST_CASE("one who speaks and goes is heard first, and then leaves") {
  House house;
  const auto alice = house.enter("alice");
  auto bob = house.enter("bob");
  alice->heard();
  bob->say("lobby", "bye all");
  bob.reset();
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message lobby bob: bye all", "presence lobby 1 -bob(disconnected)"});
}

TEST_CASE("the reason of a departure is told: left, the parting word, the code") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  const auto carol = house.enter("carol");
  const auto dave = house.enter("dave");
  alice->heard();
  bob->ask(request::Leave{"lobby"});
  carol->ask(request::Quit{"off to bed\x1b[31m"});
  dave->session().close({protocol::Code::idle_timeout, "too quiet"});
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"presence lobby 1 -bob(left) -carol(off to bed[31m) -dave(idle_timeout)"});
  CHECK(bob->heard().back() == "left lobby");
  CHECK(carol->heard().back() == "bye quit");
  CHECK(dave->heard().back() == "bye idle_timeout");
  CHECK(carol->closed);
}

TEST_CASE("a parting word is cut, and not in the middle of a letter") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  std::string word;
  for (int i = 0; i < 300; ++i) word += "ж";
  bob->ask(request::Quit{word});
  house.hub.end_turn();
  CHECK(alice->last<protocol::event::Presence>().left.at(0).reason == word.substr(0, 200));
}

TEST_CASE("come and gone, or gone and come back, within a turn is nothing to the others") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  const auto carol = house.enter("carol", "dev");
  alice->heard();
  bob->ask(request::Leave{"lobby"});
  bob->join("lobby");
  carol->join("lobby");
  carol->ask(request::Leave{"lobby"});
  house.hub.end_turn();
  CHECK(alice->heard().empty());
  alice->ask(request::Who{.room = "lobby", .after = {}});
  CHECK(alice->heard() == Lines{"members 2 alice bob"});
}

TEST_CASE("who has been shown that somebody is there is told that he has gone, within a turn too") {
  House house;
  const auto alice = house.enter("alice");
  const auto carol = house.enter("carol", "dev");
  const auto dave = house.enter("dave", "dev");
  alice->heard();
  SECTION("come, seen, and gone") {
    carol->join("lobby");
    dave->join("lobby");
    carol->ask(request::Leave{"lobby"});
    house.hub.end_turn();
    CHECK(alice->heard() == Lines{"presence lobby 3 +carol +dave", "presence lobby 2 -carol(left)"});
    CHECK(dave->heard().back() == "presence lobby 2 -carol(left)");
  }
  SECTION("gone, missed, and back") {
    carol->join("lobby");
    house.hub.end_turn();
    alice->heard();
    carol->ask(request::Leave{"lobby"});
    alice->ask(request::Who{.room = "lobby", .after = {}});
    carol->join("lobby");
    house.hub.end_turn();
    CHECK(alice->heard() ==
          Lines{"members 1 alice", "presence lobby 1 -carol(left)", "presence lobby 2 +carol"});
  }
}

TEST_CASE("one line never names a person in both of its lists, however the name is spelt") {
  House house;
  const auto bob = house.enter("bob");
  auto alice = house.enter("alice");
  bob->heard();
  alice.reset();
  const auto other = house.connect();
  other->ask(request::Hello{.version = 1, .name = "ALICE", .password = {}, .token = {}, .client = {}});
  other->join("lobby");
  house.hub.end_turn();
  CHECK(bob->heard() == Lines{"presence lobby 1 -alice(disconnected)", "presence lobby 2 +ALICE"});
}

TEST_CASE("who came and went while a room was large is told when it is small again") {
  House house;
  house.settings.presence_members = 2;
  const auto alice = house.enter("alice");
  auto bob = house.enter("bob");
  const auto carol = house.enter("carol");
  auto dave = house.enter("dave");
  alice->heard();
  bob.reset();
  house.hub.end_turn();
  SECTION("as someone goes") {
    dave.reset();
    house.hub.end_turn();
    CHECK(alice->heard() == Lines{"presence lobby 2 +carol -bob(disconnected) -dave(disconnected)"});
  }
  SECTION("as the limit is raised") {
    house.settings.presence_members = 5;
    house.hub.tick();
    CHECK(alice->heard() == Lines{"presence lobby 3 +carol +dave -bob(disconnected)"});
  }
  SECTION("and how it stands, where somebody who has gone may be known by another name") {
    house.enter("bobby", "elsewhere")->ask(request::Rename{"rob"});
    dave.reset();
    house.hub.end_turn();
    CHECK(alice->heard() == Lines{"presence lobby 2 +carol -bob(disconnected) -dave(disconnected)",
                                  "joined lobby alice carol"});
  }
}

TEST_CASE("what is told of many is told in lines that can be read") {
  House house;
  house.settings.presence_members = 0;
  const auto alice = house.enter("alice");
  std::vector<std::unique_ptr<Peer>> crowd;
  const auto fill = [](int i) { return "ж" + std::to_string(i) + std::string(20, 'x'); };
  for (int i = 0; i < 3000; ++i) {
    crowd.push_back(house.connect());
    crowd.back()->ask(
        request::Hello{.version = 1, .name = fill(i), .password = {}, .token = {}, .client = {}});
    crowd.back()->join("lobby");
  }
  house.hub.end_turn();
  for (auto& person : crowd) person->ask(request::Quit{std::string(200, '"')});
  house.hub.end_turn();
  std::size_t joined = 0;
  std::size_t left = 0;
  for (const auto& event : alice->events) {
    CHECK(protocol::encoded_size(event) < protocol::reply_bytes);
    if (const auto* presence = std::get_if<protocol::event::Presence>(&event.body)) {
      joined += presence->joined.size();
      left += presence->left.size();
    }
  }
  CHECK(joined == 3001);
  CHECK(left == 3000);
}

TEST_CASE("a new name is told after the comings and goings under the old one") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  alice->join("dev");
  bob->join("dev");
  house.hub.end_turn();
  alice->heard();
  bob->ask(request::Leave{"dev"});
  bob->ask(request::Rename{"rob"});
  bob->join("dev");
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"presence dev 1 -bob(left)", "renamed bob rob", "presence dev 2 +rob"});
  bob->ask(request::Rename{"rob"});
  CHECK(alice->heard().empty());
  alice->ask(request::Who{.room = "dev", .after = {}});
  CHECK(alice->heard() == Lines{"members 2 alice rob"});
}

TEST_CASE("in a large room the count is told, once a second") {
  House house;
  house.settings.presence_members = 3;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  const auto carol = house.enter("carol");
  alice->heard();

  const auto dave = house.enter("dave");
  CHECK(alice->heard() == Lines{"presence lobby 4"});
  auto erin = house.enter("erin");
  CHECK(alice->heard().empty());
  house.clock.pass(std::chrono::milliseconds{1001});
  house.hub.tick();
  CHECK(alice->heard() == Lines{"presence lobby 5"});
  house.clock.pass(std::chrono::milliseconds{5000});
  house.hub.tick();
  CHECK(alice->heard().empty());

  SECTION("and by name again when it has become small") {
    dave->ask(request::Leave{"lobby"});
    house.clock.pass(std::chrono::milliseconds{1001});
    house.hub.end_turn();
    CHECK(alice->heard() == Lines{"presence lobby 4"});
    erin.reset();
    house.hub.end_turn();
    // Of dave, too: erin has been shown that he was there.
    CHECK(alice->heard() == Lines{"presence lobby 3 -dave(left) -erin(disconnected)"});
  }
}

TEST_CASE("a limit of 0 tells everybody by name") {
  House house;
  house.settings.presence_members = 0;
  const auto alice = house.enter("alice");
  std::vector<std::unique_ptr<Peer>> crowd;
  for (int i = 0; i < 200; ++i) crowd.push_back(house.enter("p" + std::to_string(i)));
  CHECK(alice->heard().back() == "presence lobby 201 +p199");
}

TEST_CASE("a new name reaches everybody who shares a room, once, and oneself") {
  House house;
  const auto alice = house.enter("alice");
  const auto bob = house.enter("bob");
  const auto carol = house.enter("carol", "dev");
  const auto dave = house.enter("dave", "other");
  alice->join("dev");
  bob->join("dev");
  house.hub.end_turn();
  for (auto* person : {alice.get(), bob.get(), carol.get(), dave.get()}) person->heard();

  bob->ask(request::Rename{"Bobby"}, "r");
  house.hub.end_turn();
  CHECK(bob->heard() == Lines{"renamed bob Bobby ref=r"});
  CHECK(alice->heard() == Lines{"renamed bob Bobby"});
  CHECK(carol->heard() == Lines{"renamed bob Bobby"});
  CHECK(dave->heard().empty());
}

}  // namespace hubbub::chat
