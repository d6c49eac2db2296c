// One person with two sessions: one name, one presence, and everything in both.
#include "server/chat/person.hpp"

#include <chrono>
#include <memory>
#include <string>

#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
using std::chrono::milliseconds;
namespace request = protocol::request;

struct Sessions : House {
  Sessions() : bob(enter("bob")), laptop(come()), phone(come()) {
    hub.end_turn();
    laptop->heard();
    phone->heard();
  }
  std::unique_ptr<Peer> come() {
    auto peer = std::make_unique<Peer>(hub, format, "", alice);
    peer->ask(request::Hello{.version = 1, .name = "alice", .password = {}, .token = {}, .client = {}});
    peer->join("lobby");
    hub.end_turn();
    return peer;
  }

  PersonPtr alice = new Person;
  std::unique_ptr<Peer> bob;
  std::unique_ptr<Peer> laptop;
  std::unique_ptr<Peer> phone;
};

}  // namespace

TEST_CASE_METHOD(Sessions, "presence begins with the first session and ends with the last") {
  CHECK(bob->heard() == Lines{"presence lobby 2 +alice"});
  bob->ask(request::Who{.room = "lobby", .after = {}});
  bob->ask(request::Who{.room = {}, .after = {}});
  CHECK(bob->heard() == Lines{"members 2 alice bob", "members 2 alice bob"});
  phone->ask(request::Leave{"lobby"});
  hub.end_turn();
  CHECK(bob->heard().empty());
  phone.reset();
  laptop.reset();
  hub.end_turn();
  CHECK(bob->heard() == Lines{"presence lobby 1 -alice(disconnected)"});
}

TEST_CASE_METHOD(Sessions, "a connection that has not said hello is no session of its person yet") {
  const auto silent = std::make_unique<Peer>(hub, format, "", alice);
  bob->heard();
  bob->ask(request::Tell{.to = "alice", .text = "hi", .id = {}});
  hub.end_turn();
  CHECK(bob->heard() == Lines{"message to alice bob: hi"});
  CHECK(silent->heard().empty());
  phone.reset();
  laptop.reset();
  hub.end_turn();
  CHECK(bob->heard() == Lines{"presence lobby 1 -alice(disconnected)"});
  bob->ask(request::Who{.room = {}, .after = {}});
  CHECK(bob->heard() == Lines{"members 1 bob"});
}

TEST_CASE_METHOD(Sessions, "what is said comes to all sessions, with a ref to the one that said it") {
  bob->heard();
  phone->say("lobby", "hi", {}, "r");
  hub.end_turn();
  CHECK(phone->heard() == Lines{"message lobby alice: hi ref=r"});
  CHECK(laptop->heard() == Lines{"message lobby alice: hi"});
  CHECK(bob->heard() == Lines{"message lobby alice: hi"});
}

TEST_CASE_METHOD(Sessions, "a name is borne until the last session goes, and changes for all of them") {
  bob->heard();
  phone->ask(request::Rename{"anna"});
  hub.end_turn();
  CHECK(phone->heard() == Lines{"renamed alice anna"});
  CHECK(laptop->heard() == Lines{"renamed alice anna"});
  CHECK(bob->heard() == Lines{"renamed alice anna"});
  phone.reset();
  bob->ask(request::Rename{"anna"});
  CHECK(bob->heard() == Lines{"error name_taken"});
  CHECK(laptop->doubts == 1);
  laptop.reset();
  bob->ask(request::Rename{"anna"});
  hub.end_turn();
  CHECK(bob->heard() == Lines{"presence lobby 1 -anna(disconnected)", "renamed bob anna"});
}

TEST_CASE_METHOD(Sessions, "a session that is in no room hears of its person's new name too") {
  laptop->ask(request::Leave{"lobby"});
  laptop->heard();
  phone->ask(request::Rename{"anna"});
  CHECK(laptop->heard() == Lines{"renamed alice anna"});
}

TEST_CASE_METHOD(Sessions, "a private message comes to all sessions, and is said when one of them has it") {
  bob->heard();
  const auto tell = [this] { bob->ask(request::Tell{.to = "alice", .text = "psst", .id = "x"}); };
  SECTION("both have it") {
    tell();
    hub.end_turn();
    CHECK(laptop->heard() == Lines{"message to alice bob: psst #x"});
    CHECK(phone->heard() == Lines{"message to alice bob: psst #x"});
    CHECK(bob->heard() == Lines{"message to alice bob: psst #x"});
  }
  SECTION("one is dead") {
    laptop->dead = true;
    tell();
    hub.end_turn();
    CHECK(bob->heard() == Lines{"message to alice bob: psst #x"});
    clock.pass(milliseconds{6000});
    hub.end_turn();
    CHECK(bob->heard().empty());
  }
  SECTION("both are dead, and one comes back") {
    laptop->dead = phone->dead = true;
    tell();
    hub.end_turn();
    CHECK(bob->heard().empty());
    clock.pass(milliseconds{6000});
    hub.end_turn();
    CHECK(bob->heard() == Lines{"error recipient_busy #x"});
    phone->revive();
    clock.pass(milliseconds{64});
    hub.end_turn();
    tell();
    CHECK(bob->heard() == Lines{"message to alice bob: psst #x"});
  }
  SECTION("one takes nothing more, and the other goes") {
    laptop->most_kept = 1;
    phone->dead = true;
    tell();
    hub.end_turn();
    CHECK(bob->heard().empty());
    phone.reset();
    CHECK(bob->heard() == Lines{"error no_such_user #x"});
  }
}

}  // namespace hubbub::chat
