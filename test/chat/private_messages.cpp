// Private messages are said when the recipient's side has them, fail in time when it has not, and come once.
#include "server/chat/private_messages.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "protocol/limits.hpp"
#include "test/chat/slow_journal.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
using std::chrono::milliseconds;
namespace request = protocol::request;

struct Two : SlowHouse {
  Two() : alice(enter("alice")), bob(enter("bob")) {
    hub.end_turn();
    alice->heard();
    bob->heard();
  }
  static bool tell(Peer& from, const std::string& text, const std::string& id = {}) {
    return from.ask(
        request::Tell{.to = "bob", .text = text, .id = id.empty() ? std::nullopt : std::optional(id)});
  }
  void pass(milliseconds time) {
    clock.pass(time);
    hub.end_turn();
  }

  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;
};

}  // namespace

TEST_CASE_METHOD(Two, "a private message is said once the recipient's side has acknowledged it") {
  bob->dead = true;
  tell(*alice, "psst");
  hub.end_turn();
  CHECK(bob->heard() == Lines{"message to bob alice: psst"});
  pass(milliseconds{4000});
  CHECK(alice->heard().empty());
  bob->revive();
  pass(milliseconds{64});
  CHECK(alice->heard() == Lines{"message to bob alice: psst"});
  CHECK(hub.due() == PrivateMessages::never);
}

TEST_CASE_METHOD(Two, "one who is there is looked at soon, and one who is slow more and more seldom") {
  bob->dead = true;
  tell(*alice, "psst");
  hub.end_turn();
  CHECK(hub.due() - clock.now().steady == milliseconds{1});
  for (int i = 0; i < 200; ++i) pass(milliseconds{1});
  CHECK(hub.due() - clock.now().steady <= milliseconds{64});
  CHECK(hub.due() - clock.now().steady > milliseconds{0});
}

TEST_CASE_METHOD(
    Two, "one that is not acknowledged in time fails, and the recipient is asked for a sign of life") {
  bob->dead = true;
  tell(*alice, "psst", "x");
  pass(milliseconds{5000});
  CHECK(alice->heard() == Lines{"error recipient_busy #x"});
  CHECK(bob->doubts == 1);
  SECTION("others are refused at once") {
    tell(*alice, "again");
    CHECK(alice->heard() == Lines{"error recipient_busy"});
  }
  SECTION("until something comes through again") {
    bob->heard();
    bob->revive();
    tell(*alice, "again");
    hub.end_turn();
    CHECK(alice->heard() == Lines{"message to bob alice: again"});
    CHECK(bob->heard() == Lines{"message to bob alice: again"});
  }
  SECTION("it may have come all the same, and is not sent twice") {
    tell(*alice, "psst", "x");
    CHECK(alice->heard() == Lines{"error recipient_busy #x"});
    bob->revive();
    pass(milliseconds{100});
    tell(*alice, "psst", "x");
    CHECK(alice->heard() == Lines{"message to bob alice: psst #x"});
    CHECK(bob->heard() == Lines{"message to bob alice: psst #x"});
  }
}

TEST_CASE_METHOD(Two, "one for which there is no room waits, and one that fails then never comes") {
  bob->blocked = true;
  tell(*alice, "psst", "x");
  hub.end_turn();
  CHECK(bob->heard().empty());
  SECTION("it comes when there is") {
    bob->blocked = false;
    pass(milliseconds{100});
    CHECK(bob->heard() == Lines{"message to bob alice: psst #x"});
    pass(milliseconds{100});
    CHECK(alice->heard() == Lines{"message to bob alice: psst #x"});
  }
  SECTION("or is taken back") {
    pass(milliseconds{5000});
    CHECK(alice->heard() == Lines{"error recipient_busy #x"});
    bob->blocked = false;
    pass(milliseconds{100});
    CHECK(bob->heard().empty());
    tell(*alice, "psst", "x");  // so it may be sent again
    hub.end_turn();
    CHECK(bob->heard() == Lines{"message to bob alice: psst #x"});
  }
  SECTION("and not at all when the recipient goes") {
    bob->ask(request::Quit{});
    CHECK(bob->heard().back() == "bye quit");
    CHECK(alice->heard() == Lines{"error no_such_user #x"});
  }
}

TEST_CASE_METHOD(Two, "one that was sent again while it was on its way is answered twice, and comes once") {
  bob->dead = true;
  tell(*alice, "psst", "x");
  SECTION("by one who has lost his connection meanwhile") {
    alice.reset();
    hub.end_turn();
    alice = enter("alice");
    tell(*alice, "psst", "x");
    bob->heard();
  }
  SECTION("or by one who says everything twice") {
    REQUIRE(tell(*alice, "psst", "x"));
    bob->revive();
    pass(milliseconds{100});
    CHECK(alice->heard().size() == 2);
  }
  bob->revive();
  pass(milliseconds{100});
  CHECK(bob->heard().size() <= 1);
}

TEST_CASE_METHOD(Two, "an id is known for ten minutes, for one sender and one recipient") {
  const auto carol = enter("carol");
  tell(*alice, "1", "x");
  tell(*carol, "2", "x");
  hub.end_turn();
  bob->heard();
  alice->heard();
  alice->ask(request::Tell{.to = "carol", .text = "3", .id = "x"});
  hub.end_turn();
  CHECK(alice->heard() == Lines{"message to carol alice: 3 #x"});
  pass(std::chrono::minutes{9});
  tell(*alice, "1", "x");
  hub.end_turn();
  CHECK(bob->heard().empty());
  CHECK(alice->heard() == Lines{"message to bob alice: 1 #x"});
  pass(std::chrono::minutes{2});
  tell(*alice, "1", "x");
  hub.end_turn();
  CHECK(bob->heard() == Lines{"message to bob alice: 1 #x"});
}

TEST_CASE_METHOD(Two, "an id that was used for another text is refused, whatever has become of that") {
  bob->dead = GENERATE(false, true);
  tell(*alice, "psst", "x");
  hub.end_turn();
  alice->heard();
  bob->heard();
  REQUIRE(tell(*alice, "hello", "x"));
  bob->revive();
  pass(milliseconds{100});
  CHECK(alice->heard().back() == "error bad_request #x");
  CHECK(bob->heard().empty());
}

TEST_CASE_METHOD(Two, "the oldest ids are forgotten where there are too many") {
  settings.messages_per_second = settings.messages_per_second_per_address = 0;
  tell(*alice, "0", "0");
  for (std::size_t i = 1; i <= protocol::dedupe_tells; ++i) {
    tell(*alice, "psst", std::to_string(i));
    hub.end_turn();
    if (i % 100 == 0) bob->heard(), alice->heard();
  }
  bob->heard();
  tell(*alice, "psst", std::to_string(protocol::dedupe_tells));
  hub.end_turn();
  CHECK(bob->heard().empty());
  tell(*alice, "0", "0");
  hub.end_turn();
  CHECK(bob->heard().size() == 1);
}

TEST_CASE_METHOD(Two, "but not that of one that is still on its way") {
  settings.tell_timeout = {};
  bob->dead = true;
  tell(*alice, "psst", "x");
  pass(std::chrono::hours{1});
  alice.reset();
  alice = enter("alice");
  tell(*alice, "psst", "x");
  bob->revive();
  pass(milliseconds{100});
  CHECK(alice->heard().back() == "message to bob alice: psst #x");
  const auto came = bob->heard();
  CHECK(std::count(came.begin(), came.end(), "message to bob alice: psst #x") == 1);
}

TEST_CASE_METHOD(Two, "several are on their way at once, and are answered in their order") {
  const auto carol = enter("carol");
  bob->dead = true;
  alice->heard();
  tell(*alice, "1");
  REQUIRE(alice->ask(request::Tell{.to = "carol", .text = "2", .id = {}}));
  REQUIRE(alice->ask(request::Tell{.to = "nobody", .text = "3", .id = {}}));
  CHECK_FALSE(alice->ask(request::Ping{}));
  hub.end_turn();
  CHECK(carol->heard() == Lines{"message to carol alice: 2"});
  CHECK(alice->heard().empty());
  bob->revive();
  pass(milliseconds{100});
  CHECK(alice->heard() ==
        Lines{"message to bob alice: 1", "message to carol alice: 2", "error no_such_user"});
  CHECK(alice->resumes == 1);
}

TEST_CASE_METHOD(Two, "so many of one sender are on their way, and no more") {
  bob->dead = true;
  int taken = 0;
  while (tell(*alice, "psst")) ++taken;
  CHECK(taken == 16);
}

TEST_CASE_METHOD(Two, "with no limit to it a private message waits until the connection ends") {
  settings.tell_timeout = {};
  bob->dead = true;
  tell(*alice, "psst");
  pass(std::chrono::hours{1});
  CHECK(alice->heard().empty());
  bob.reset();
  hub.end_turn();
  CHECK(alice->heard() == Lines{"error no_such_user", "presence lobby 1 -bob(disconnected)"});
}

}  // namespace hubbub::chat
