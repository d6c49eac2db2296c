// One who reads too slowly is given what it has missed from the journal, at its own pace.
#include "server/chat/catch_up.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "server/journal/memory.hpp"
#include "test/chat/house.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;

struct Slowness : House {
  Slowness() : alice(enter("alice")), bob(enter("bob")) {
    settings.messages_burst = 0;
    alice->heard();
    bob->heard();
  }

  /// Alice says the numbers from `first` to `last`, each in a turn of its own.
  void count(int first, int last, const std::string& room = "lobby") {
    for (int i = first; i <= last; ++i) {
      alice->say(room, std::to_string(i));
      hub.end_turn();
    }
  }
  /// Bob has taken what he was given: once.
  bool drained() const {
    if (!std::exchange(bob->wants_drained, false)) return false;
    bob->session().go_on();
    return true;
  }
  static Lines said(int first, int last, const std::string& room = "lobby") {
    Lines lines;
    for (int i = first; i <= last; ++i) lines.push_back("message " + room + " alice: " + std::to_string(i));
    return lines;
  }
  static Lines both(Lines a, const Lines& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

  std::unique_ptr<Peer> alice;
  std::unique_ptr<Peer> bob;
};

}  // namespace

TEST_CASE_METHOD(Slowness, "what a slow reader has missed comes page by page, and then what is said") {
  bob->full = true;
  count(1, 250);
  CHECK(bob->heard().empty());
  bob->full = false;
  Lines heard;
  int pages = 0;
  while (drained()) {
    const auto page = bob->heard();
    CHECK(page.size() <= 101);
    heard = both(std::move(heard), page);
    ++pages;
  }
  CHECK(pages >= 3);
  CHECK(heard == both(said(1, 250), {"joined lobby alice bob"}));
  count(251, 252);
  CHECK(bob->heard() == said(251, 252));
  CHECK_FALSE(bob->wants_drained);
}

TEST_CASE_METHOD(Slowness,
                 "talk goes on while it catches up, in several rooms, and nothing is lost or repeated") {
  alice->join("dev");
  bob->join("dev");
  hub.end_turn();
  alice->heard();
  bob->heard();
  bob->full = true;
  count(1, 150);
  count(1, 5, "dev");
  bob->full = false;
  Lines lobby;
  Lines dev;
  int more = 151;
  for (int turns = 0; drained() || turns < 3; ++turns) {
    REQUIRE(turns < 100);
    if (more <= 160) count(more, more, more % 2 == 0 ? "lobby" : "dev");
    ++more;
    for (const auto& line : bob->heard()) {
      if (line.starts_with("message lobby")) lobby.push_back(line);
      if (line.starts_with("message dev")) dev.push_back(line);
    }
  }
  auto in_lobby = said(1, 150);
  auto in_dev = said(1, 5, "dev");
  for (int i = 151; i < std::min(more, 161); ++i) {
    (i % 2 == 0 ? in_lobby : in_dev).push_back(said(i, i, i % 2 == 0 ? "lobby" : "dev").front());
  }
  CHECK(lobby == in_lobby);
  CHECK(dev == in_dev);
}

TEST_CASE_METHOD(Slowness, "it is told how the room stands, in the place of what it has missed of that") {
  bob->full = true;
  count(1, 1);
  auto carol = enter("carol");
  alice->ask(request::Topic{.room = "lobby", .text = "tea"});
  hub.end_turn();
  alice->ask(request::Rename{"alicia"});
  hub.end_turn();
  bob->full = false;
  while (drained()) {
  }
  CHECK(bob->heard() == Lines{"message lobby alice: 1", "joined lobby alicia bob carol"});
  CHECK(bob->last<protocol::event::Joined>().topic == "tea");
  CHECK(bob->last<protocol::event::Joined>().complete);
}

TEST_CASE_METHOD(Slowness,
                 "its own words come in their place, and what is for it alone after what it has missed") {
  bob->say("lobby", "mine", "x");
  hub.end_turn();
  bob->heard();
  bob->full = true;
  count(1, 1);
  CHECK_FALSE(bob->ask(request::Ping{}));
  alice->ask(request::Tell{.to = "bob", .text = "psst", .id = {}});
  CHECK(bob->heard().empty());
  bob->full = false;
  while (drained()) {
  }
  CHECK(bob->heard() == Lines{"message lobby alice: 1", "joined lobby alice bob"});
  clock.pass(std::chrono::milliseconds{100});
  hub.end_turn();
  CHECK(bob->heard() == Lines{"message to bob alice: psst"});
  CHECK(bob->resumes == 1);
}

TEST_CASE_METHOD(Slowness, "an id that is said again is answered also to one that falls behind") {
  bob->say("lobby", "mine", "x");
  hub.end_turn();
  bob->heard();
  bob->say("lobby", "mine", "x");
  bob->full = true;
  alice->say("lobby", "1");
  hub.end_turn();
  bob->full = false;
  while (drained()) {
  }
  const auto heard = bob->heard();
  CHECK(std::count(heard.begin(), heard.end(), "message lobby bob: mine #x") == 1);
  CHECK(std::count(heard.begin(), heard.end(), "message lobby alice: 1") == 1);
}

TEST_CASE_METHOD(Slowness, "one that goes while it catches up is simply gone") {
  bob->full = true;
  count(1, 1);
  bob.reset();
  hub.end_turn();
  CHECK(alice->heard().back() == "presence lobby 1 -bob(disconnected)");
}

}  // namespace hubbub::chat
