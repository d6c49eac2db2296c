// Names that are claimed, borne and released, and what becomes of requests when the directory answers late.
#include "server/chat/directory.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/chat/doors.hpp"
#include "test/chat/house.hpp"
#include "test/chat/late_directory.hpp"
#include "test/support/catch.hpp"

namespace hubbub::chat {
namespace {

using Lines = std::vector<std::string>;
namespace request = protocol::request;

protocol::Name name(const std::string& shown) { return protocol::parse_name(shown).value(); }

/// The names that people bear.
Lines names(Directory& directory) {
  Lines names;
  directory.names({}, 100, [&](const protocol::event::Members& page) {
    CHECK(page.count == page.names.size());
    names = page.names;
  });
  return names;
}

/// Whether the name is free for somebody new.
bool is_free(Directory& directory, const std::string& shown) {
  bool is_free = false;
  const PersonPtr somebody = new Person;
  directory.claim(somebody, name(shown), 0,
                  [&](const Claimed& claimed) { is_free = claimed.claim.has_value(); });
  return is_free;
}

struct LateHouse : House {
  LateHouse()
      : House(std::make_unique<journal::MemoryJournal>(journal::Settings{}, 1),
              std::make_unique<LateDirectory>()),
        late(dynamic_cast<LateDirectory&>(*directory)) {}
  /// As enter(), with what the directory has to answer.
  std::unique_ptr<Peer> come(const std::string& shown) {
    auto peer = connect();
    peer->ask(hello(shown));
    late.answer_all();
    peer->join("lobby");
    hub.end_turn();
    peer->heard();
    return peer;
  }

  LateDirectory& late;
};

/// Lets people into rooms when the test says so.
class LateDoors final : public LocalDirectory {
 public:
  void enter(const PersonPtr& person, const std::shared_ptr<Room>& room, Rank first,
             EnterHandler handler) override {
    waiting_.push_back([this, person, room, first, handler = std::move(handler)] {
      LocalDirectory::enter(person, room, first, handler);
    });
  }
  void open() {
    for (const auto& go_in : std::exchange(waiting_, {})) go_in();
  }

 private:
  std::vector<std::function<void()>> waiting_;
};

}  // namespace

TEST_CASE("who is let in late meets those who have come meanwhile, though the room was dropped between") {
  House house(std::make_unique<journal::MemoryJournal>(journal::Settings{}, 1),
              std::make_unique<LateDoors>());
  auto& doors = dynamic_cast<LateDoors&>(*house.directory);
  const auto alice = house.connect();
  const auto bob = house.connect();
  const auto carol = house.connect();
  alice->ask(hello("alice"));
  bob->ask(hello("bob"));
  carol->ask(hello("carol"));
  bob->join("den");
  doors.open();
  alice->join("den");
  bob->ask(request::Leave{.room = "den"});  // was the only one
  carol->join("den");
  doors.open();
  house.hub.end_turn();
  alice->heard();
  carol->say("den", "hello");
  house.hub.end_turn();
  CHECK(alice->heard() == Lines{"message den carol: hello"});
  alice->ask(request::Leave{.room = "den"});
  carol->say("den", "bye");
  house.hub.end_turn();
  bob->join("den");
  doors.open();
  CHECK(carol->heard().back() == "message den carol: bye");
  bob->say("den", "back");
  house.hub.end_turn();
  CHECK(carol->heard().back() == "message den bob: back");
}

TEST_CASE("a name that was claimed is nobody else's, and is released unless it is borne") {
  LocalDirectory directory;
  const PersonPtr alice = new Person;
  directory.claim(alice, name("alice"), 0, [&](Claimed claimed) {
    REQUIRE(claimed.claim);
    CHECK_FALSE(is_free(directory, "Alice"));
    CHECK_FALSE(is_free(directory, "\u0430lice"));  // which looks like it
    CHECK(names(directory).empty());
  });
  CHECK(is_free(directory, "alice"));
  directory.claim(alice, name("alice"), 0, [](Claimed claimed) { claimed.claim->bear(); });
  CHECK(names(directory) == Lines{"alice"});
  directory.claim(alice, name("carol"), 0, [&](Claimed claimed) {
    CHECK_FALSE(is_free(directory, "alice"));
    claimed.claim->bear();
  });
  CHECK(is_free(directory, "alice"));
  CHECK(names(directory) == Lines{"carol"});
  directory.claim(alice, name("CAROL"), 0, [](const Claimed& claimed) { CHECK(claimed.claim); });
  CHECK_FALSE(is_free(directory, "carol"));
  directory.release(*alice, "quit");
  CHECK(is_free(directory, "carol"));
}

TEST_CASE("who asks for no name gets one that is free, and nobody is asked whether he is there") {
  House house;
  const auto first = house.enter("guest-1");
  const auto second = house.connect();
  second->ask(request::Hello{.version = 1, .name = {}, .password = {}, .token = {}, .client = {}});
  CHECK(second->heard() == Lines{"welcome guest-2"});
  CHECK(first->doubts == 0);
}

TEST_CASE_METHOD(LateHouse, "of two who claim one name at the same time one gets it") {
  const auto first = connect();
  const auto second = connect();
  const auto third = connect();
  first->ask(hello("alice"));
  second->ask(hello("Alice"));
  third->ask(hello("ALICE"));
  SECTION("the answers come in order") { late.answer_all(); }
  SECTION("or in the other one") {
    for (std::size_t number = 3; number-- > 0;) late.answer(number);
  }
  CHECK(first->heard() == Lines{"welcome alice"});
  CHECK(second->heard() == Lines{"error name_taken"});
  CHECK(third->heard() == Lines{"error name_taken"});
  CHECK(names(late.local()) == Lines{"alice"});
}

TEST_CASE_METHOD(LateHouse, "a claim that comes back to a session that has gone is released again") {
  // Of claims one is made at once and answered late, and the next one is made late.
  for (int which = 0; which < 2; ++which) {
    auto alice = connect();
    alice->ask(hello("alice"));
    alice.reset();
    CHECK(names(late.local()).empty());
    late.answer_all();
    CHECK(names(late.local()).empty());
    CHECK(is_free(late.local(), "alice"));
  }
  for (const auto* wanted : {"Bob", "carol"}) {
    for (int which = 0; which < 2; ++which) {
      auto bob = come("bob");
      bob->ask(request::Rename{wanted});
      bob.reset();
      CHECK(names(late.local()).empty());
      late.answer_all();
      CHECK(names(late.local()).empty());
      CHECK(is_free(late.local(), "bob"));
      CHECK(is_free(late.local(), "carol"));
      come("dave");  // so that the next rename is the other way
    }
  }
}

TEST_CASE_METHOD(LateHouse,
                 "until a claim has been answered one bears the old name, and asks for nothing else") {
  const auto alice = come("alice");
  const auto bob = come("bob");
  alice->heard();
  alice->ask(request::Rename{"anna"});
  CHECK_FALSE(alice->say("lobby", "hi"));
  bob->say("lobby", "hello");
  hub.end_turn();
  CHECK(alice->heard() == Lines{"message lobby bob: hello"});
  CHECK_FALSE(is_free(late.local(), "alice"));
  late.answer_all();
  CHECK(alice->heard() == Lines{"renamed alice anna"});
  CHECK(alice->resumes == 1);
  alice->say("lobby", "hi");
  hub.end_turn();
  CHECK(bob->heard() == Lines{"message lobby bob: hello", "renamed alice anna", "message lobby anna: hi"});
  CHECK(names(late.local()) == Lines{"anna", "bob"});
}

TEST_CASE_METHOD(LateHouse, "who and private messages wait for the directory, in the order of the requests") {
  const auto alice = come("alice");
  const auto bob = come("bob");
  alice->heard();
  alice->ask(request::Tell{.to = "bob", .text = "one", .id = "x"}, "1");
  alice->ask(request::Tell{.to = "bob", .text = "one", .id = "x"}, "2");  // the same again
  alice->ask(request::Tell{.to = "nobody", .text = "?", .id = {}}, "3");
  alice->ask(request::Tell{.to = "bob", .text = "two", .id = {}}, "4");
  CHECK_FALSE(alice->ask(request::Who{.room = {}, .after = {}}));
  while (late.waiting() > 0) late.answer(late.waiting() - 1);
  CHECK(alice->heard().empty());  // nobody knows yet that bob has the first
  hub.end_turn();
  CHECK(alice->heard() == Lines{"message to bob alice: one #x ref=1", "message to bob alice: one #x ref=2",
                                "error no_such_user ref=3", "message to bob alice: two ref=4"});
  CHECK(bob->heard() == Lines{"message to bob alice: one #x", "message to bob alice: two"});
  alice->ask(request::Who{.room = {}, .after = {}});
  late.answer_all();
  CHECK(alice->heard() == Lines{"members 2 alice bob"});
}

TEST_CASE_METHOD(LateHouse, "what one has told is delivered though one has gone, and nobody is answered") {
  auto alice = come("alice");
  const auto bob = come("bob");
  alice->ask(request::Tell{.to = "bob", .text = "bye", .id = {}});
  alice.reset();
  late.answer_all();
  hub.end_turn();
  CHECK(bob->heard() == Lines{"message to bob alice: bye", "presence lobby 1 -alice(disconnected)"});
}

}  // namespace hubbub::chat
