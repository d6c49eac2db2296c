// What waits for one client: where it stands, how much it may be, and what becomes of it at the end.
#include "server/chat/delivery.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "protocol/limits.hpp"
#include "test/chat/slow_journal.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;
namespace event = protocol::event;

struct Pair : SlowHouse {
  Pair() : alice(enter("alice")), bob(enter("bob")) {
    settings.messages_burst = 0;
    hub.end_turn();
    alice->heard();
    bob->heard();
  }

  void say(Peer& who, const std::string& text, const std::string& id = {}, const std::string& ref = {}) {
    REQUIRE(who.say("lobby", text, id.empty() ? std::nullopt : std::optional(id), ref));
  }
  /// The client has read what it had: once.
  static bool drained(Peer& who) {
    if (!std::exchange(who.wants_drained, false)) return false;
    who.session().go_on();
    return true;
  }
  bool catch_up(Peer& who) {
    who.full = false;
    bool more = false;
    while (drained(who)) {
      slow.finish_reads();
      more = true;
    }
    return more;
  }
  void tell(Peer& from, const std::string& to, const std::string& text) {
    from.ask(request::Tell{.to = to, .text = text, .id = {}});
  }

  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;
};

/// Says late that somebody may come in.
struct LateEntrance final : LocalDirectory {
  void enter(const PersonPtr& person, const std::shared_ptr<Room>& room, Rank first,
             EnterHandler handler) override {
    if (!std::exchange(is_late, false)) return LocalDirectory::enter(person, room, first, std::move(handler));
    waiting = [this, person, room, first, handler = std::move(handler)] {
      LocalDirectory::enter(person, room, first, handler);
    };
  }
  bool is_late = false;
  std::function<void()> waiting{};
};

}  // namespace

TEST_CASE("who becomes a slow reader while he waits to come in misses nothing, and comes in later") {
  auto made = std::make_unique<LateEntrance>();
  auto& entrance = *made;
  House house(std::make_unique<journal::MemoryJournal>(journal::Settings{}, 3'600'000'000), std::move(made));
  const auto alice = house.enter("alice");
  auto bob = house.enter("bob");
  house.hub.end_turn();
  bob->heard();
  const auto falls_behind_on_the_way = [&](const std::string& room) {
    entrance.is_late = true;
    bob->join(room, 0);
    bob->full = true;
    REQUIRE(alice->say("lobby", "to " + room));
    house.hub.end_turn();
    std::exchange(entrance.waiting, nullptr)();
  };
  falls_behind_on_the_way("dev");
  CHECK(house.hub.rooms().find("dev") == nullptr);
  bob->full = false;
  while (std::exchange(bob->wants_drained, false)) bob->session().go_on();
  house.hub.end_turn();
  CHECK(bob->heard() == Lines{"message lobby alice: to dev", "joined lobby alice bob", "joined dev bob",
                              "presence dev 1 +bob"});
  // Who goes meanwhile is kept by nothing.
  falls_behind_on_the_way("more");
  bob.reset();
  house.hub.end_turn();
  CHECK(house.hub.census().sessions == 1);
}

TEST_CASE_METHOD(Pair, "what was kept near the end comes before the event that counts it") {
  slow.slow_reads = true;
  bob->full = true;
  say(*alice, "1");
  turn();
  bob->full = false;
  REQUIRE(drained(*bob));
  say(*alice, "2");  // while the last page is read
  turn();
  slow.finish_reads();
  const auto newest = alice->last<protocol::MessagePtr>()->seq;
  while (drained(*bob)) {
  }
  CHECK(bob->heard() == Lines{"message lobby alice: 1", "message lobby alice: 2", "joined lobby alice bob"});
  CHECK(bob->last<event::Joined>().last == newest);
}

TEST_CASE_METHOD(Pair,
                 "one's own words keep their refs and their places, however far one has fallen behind") {
  settings.replay = 0;
  say(*bob, "old", "x");
  turn();
  bob->heard();
  say(*alice, "1");
  say(*bob, "mine", "y", "ry");
  say(*bob, "old", "x", "rx");
  say(*alice, "2");
  say(*bob, "", "z");
  bob->full = true;
  turn();
  CHECK(bob->heard().empty());
  CHECK_FALSE(bob->ask(request::Ping{}));
  say(*alice, "3");
  turn();
  REQUIRE(catch_up(*bob));
  CHECK(bob->heard() == Lines{"message lobby alice: 1", "message lobby bob: mine #y ref=ry",
                              "message lobby bob: old #x ref=rx", "message lobby alice: 2",
                              "error text_empty #z", "message lobby alice: 3", "joined lobby alice bob"});
  CHECK(bob->resumes == 1);
}

TEST_CASE_METHOD(Pair, "what one has said is answered though retention has dropped it meanwhile") {
  journal::Settings two;
  two.keep_messages = 2;
  two.grace = std::chrono::seconds{0};
  slow.configure(two);
  say(*bob, "mine", "y");
  bob->full = true;
  turn();
  for (int i = 0; i < 5; ++i) say(*alice, std::to_string(i));
  turn();
  REQUIRE(catch_up(*bob));
  CHECK(bob->heard() == Lines{"message lobby bob: mine #y", "message lobby alice: 3",
                              "message lobby alice: 4", "joined lobby alice bob incomplete"});
}

TEST_CASE_METHOD(Pair, "a batch that fails while one catches up is answered in its place") {
  say(*bob, "1", "x");
  bob->full = true;
  turn();
  slow.fail_next = true;
  REQUIRE_FALSE(bob->say("lobby", "2", "y"));  // not while it is behind
  say(*alice, "no");
  turn();
  REQUIRE(catch_up(*bob));
  CHECK(bob->heard() == Lines{"message lobby bob: 1 #x", "joined lobby alice bob"});
  CHECK(alice->heard().back() == "error storage_failed");
}

TEST_CASE_METHOD(Pair, "private messages are bounded, and whoever writes too much is told so") {
  bob->full = true;
  say(*alice, "1");
  turn();
  std::vector<std::unique_ptr<Peer>> senders;
  const std::string text(4000, 'x');
  std::ptrdiff_t busy = 0;
  for (int i = 0; i < 100; ++i) {
    senders.push_back(enter("s" + std::to_string(i), "elsewhere"));
    tell(*senders.back(), "bob", std::to_string(i) + text);
    const auto heard = senders.back()->heard();
    busy += std::count(heard.begin(), heard.end(), "error recipient_busy");
  }
  CHECK(busy > 30);
  CHECK(std::get<event::Failure>(senders.back()->events.back().body).retry_after_ms == 1000);
  REQUIRE(catch_up(*bob));
  clock.pass(std::chrono::milliseconds{100});
  hub.end_turn();
  const auto came = bob->heard();
  CHECK(std::count_if(came.begin(), came.end(),
                      [](const auto& line) { return line.starts_with("message to bob"); }) == 100 - busy);
  tell(*alice, "bob", "again");
  CHECK(bob->heard() == Lines{"message to bob alice: again"});
}

TEST_CASE_METHOD(Pair, "one for whom much is kept is closed once, and gets what was accepted for it") {
  SECTION("while it is behind: what it has not taken is said to be lost") {
    bob->full = true;
    say(*alice, "1");
    turn();
    alice->heard();
    tell(*alice, "bob", "psst");
    bob->session().close({protocol::Code::too_slow, "too slow"});
    CHECK(bob->heard() == Lines{"bye too_slow"});
    CHECK(alice->heard() == Lines{"error no_such_user"});
  }
  SECTION("while the journal reads for it") {
    slow.slow_reads = true;
    bob->join("dev");
    say(*alice, std::string(4000, 'x'));
    turn();
    tell(*alice, "bob", "psst");
    bob->heard();
    hub.close_all({protocol::Code::shutting_down, "the end"});
    CHECK(bob->heard() == Lines{"bye shutting_down"});
  }
  bob->session().close({protocol::Code::idle_timeout, "again"});
  slow.finish_reads();
  hub.end_turn();
  CHECK(bob->heard().empty());
  CHECK(bob->closed);
}

TEST_CASE_METHOD(Pair,
                 "a join that the server's end cuts short shows nothing that its answer was to come before") {
  const auto carol = enter("carol", "elsewhere");
  slow.slow_reads = true;
  carol->join("lobby", 0);
  say(*alice, "1");
  turn();
  hub.close_all({protocol::Code::shutting_down, "the end"});
  CHECK(carol->heard() == Lines{"bye shutting_down"});
}

TEST_CASE_METHOD(Pair, "a join that fails has shown nothing to anybody") {
  const auto carol = enter("carol", "elsewhere");
  slow.slow_reads = true;
  carol->join("lobby");
  hub.end_turn();
  say(*alice, "1");
  turn();
  slow.fail_reads = true;
  slow.finish_reads();
  hub.end_turn();
  CHECK(carol->heard() == Lines{"error storage_failed"});
  CHECK(bob->heard() == Lines{"message lobby alice: 1"});
  slow.fail_reads = false;
  carol->join("lobby");
  slow.finish_reads();
  hub.end_turn();
  CHECK(carol->heard() == Lines{"joined lobby alice bob carol <1>", "presence lobby 3 +carol"});
}

TEST_CASE_METHOD(Pair, "talk beyond the bound while the journal reads is read from it afterwards") {
  const auto carol = enter("carol", "elsewhere");
  slow.slow_reads = true;
  carol->join("lobby", 0);
  Lines expected{"joined lobby alice bob carol"};
  for (int i = 0; i < 400; ++i) {
    const auto text = std::to_string(i) + std::string(1000, 'x');
    say(*alice, text);
    if (i % 10 == 9) turn();
    expected.push_back("message lobby alice: " + text);
  }
  slow.finish_reads();
  REQUIRE(catch_up(*carol));
  expected.emplace_back("joined elsewhere carol");
  expected.emplace_back("joined lobby alice bob carol");
  CHECK(carol->heard() == expected);
}

TEST_CASE_METHOD(
    Pair, "what cannot be read is tried again, and one is not closed with a code that does not close") {
  slow.slow_reads = true;
  bob->full = true;
  say(*alice, "1");
  turn();
  bob->full = false;
  REQUIRE(drained(*bob));
  slow.fail_reads = true;
  slow.finish_reads();
  CHECK(bob->heard().empty());
  CHECK_FALSE(bob->closed);
  SECTION("until it can") {
    slow.fail_reads = false;
    hub.tick();
    slow.finish_reads();
    while (drained(*bob)) slow.finish_reads();
    CHECK(bob->heard() == Lines{"message lobby alice: 1", "joined lobby alice bob"});
  }
  SECTION("or for half a minute") {
    for (int i = 0; i < 40; ++i) {
      hub.tick();
      slow.finish_reads();
    }
    CHECK(bob->heard() == Lines{"bye too_slow"});
  }
}

TEST_CASE_METHOD(Pair, "whether one is still there is asked at once, whatever waits") {
  const auto ask = [&] { bob->session().delivery().tell({.body = event::Ping{}, .ref = {}}); };
  SECTION("while it is behind") {
    bob->full = true;
    say(*alice, "1");
    turn();
    ask();
    CHECK(bob->heard() == Lines{"ping"});
  }
  SECTION("while the journal reads for it") {
    slow.slow_reads = true;
    bob->join("dev");
    ask();
    CHECK(bob->heard() == Lines{"ping"});
  }
}

}  // namespace hubbub::chat
