// Rooms, people, and who comes and goes.
#include "client/model/model.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace hubbub::test;
using namespace std::chrono_literals;
using client::Doorway;
using client::Model;
namespace event = protocol::event;

namespace {

const Strings crowd = {"me", "a", "b", "c", "d", "e"};

/// Me, in a lobby where six people are, and in dev.
struct Crowded {
  Model model;

  explicit Crowded(client::Preferences preferences = {}) : model(std::move(preferences)) {
    take(welcome("me"));
    take(joined("lobby", crowd));
    take(joined("dev", {"me", "Борис"}));
  }
  client::News take(const protocol::Event& event, protocol::Timestamp now = noon, bool was_missed = live) {
    return model.take(event, was_missed, now);
  }
  client::News comes(const std::string& name, protocol::Timestamp now = noon,
                     const std::string& room = "lobby") {
    return take(event_of(event::Presence{room, 7, {name}, {}}), now);
  }
  client::News goes(const std::string& name, protocol::Timestamp now = noon,
                    const std::string& room = "lobby") {
    return take(event_of(event::Presence{room, 6, {}, {{name, "quit"}}}), now);
  }
  client::News says(const std::string& name, protocol::Timestamp now = noon) {
    return take(event_of(message("lobby", name, "hi", ++seq, now)), now);
  }
  Strings settled(protocol::Timestamp now) { return gist(model.settle(now)); }

  std::uint64_t seq = 0;
};

Strings names(const std::vector<client::Room>& rooms) {
  Strings all;
  for (const client::Room& room : rooms) all.push_back(room.name());
  return all;
}

}  // namespace

TEST_CASE("the first room is looked at until one turns to another, or leaves it") {
  Crowded scene;
  CHECK(scene.model.current() == "lobby");
  REQUIRE(scene.model.turn_to("DEV", noon));
  CHECK(scene.model.current() == "dev");
  CHECK(gist(scene.take(event_of(event::Left{"dev"}))) == Strings{"fact 2", "heading lobby"});
  CHECK(scene.model.current() == "lobby");
  CHECK(gist(scene.take(event_of(event::Left{"lobby"}))) == Strings{"fact 2"});
  CHECK(scene.model.current().empty());
  scene.take(joined("ops", {"me"}));
  CHECK(scene.model.current() == "ops");
}

TEST_CASE("a room that one asked to enter is looked at once one is in it, with what was said there") {
  Crowded scene;
  scene.model.go_to("OPS");
  CHECK(scene.model.speaking_in() == "OPS");
  CHECK(gist(scene.take(joined("ops", {"me"}, {message("ops", "dave", "early")}))) ==
        Strings{"heading ops", "dave: early", "fact 1"});
  CHECK(scene.model.current() == "ops");
  CHECK(scene.model.speaking_in() == "ops");
  scene.model.go_to("secret", "t.7");
  const auto refuse = [&](const std::string& ref) {
    scene.take({event::Failure{{protocol::Code::denied, "no"}, {}, 0}, ref});
  };
  refuse("t.6");  // something else
  refuse("");
  CHECK(scene.model.speaking_in() == "secret");
  refuse("t.7");
  CHECK(scene.model.speaking_in() == "ops");
}

TEST_CASE("what was said before one entered a room besides is not unread") {
  Crowded scene;
  CHECK(gist(scene.take(joined("ops", {"me"}, {message("ops", "dave", "early")}))) == Strings{"fact 1"});
  CHECK(scene.model.find("ops")->unread() == 0);
  CHECK(gist(*scene.model.turn_to("ops", noon)) == Strings{"heading ops", "dave: early"});
}

TEST_CASE("rooms keep their order and have numbers and neighbours") {
  Crowded scene;
  scene.take(joined("ops", {"me"}));
  CHECK(names(scene.model.rooms()) == Strings{"lobby", "dev", "ops"});
  CHECK(scene.model.room_at(1) == "lobby");
  CHECK(scene.model.room_at(3) == "ops");
  CHECK(scene.model.room_at(0).empty());
  CHECK(scene.model.room_at(4).empty());
  CHECK(scene.model.room_beside(1) == "dev");
  CHECK(scene.model.room_beside(-1) == "ops");
  CHECK(scene.model.room_beside(-4) == "ops");
  CHECK(Model().room_beside(1).empty());
  CHECK(gist(scene.take(event_of(event::Rooms{{{"dev", "", 2}, {"secret", "", 1}}, false}))) ==
        Strings{"rooms 2dev+0 0secret+0"});
}

TEST_CASE("people are completed by recent activity, then those who are there, and never oneself") {
  Crowded scene;
  scene.says("c");
  scene.says("a");
  scene.says("c");
  scene.take(event_of(message("dev", "Борис", "hi", 9)));
  CHECK(scene.model.people() == Strings{"c", "a", "b", "d", "e", "Борис"});
  scene.goes("c");
  CHECK(scene.model.people().front() == "c");
  scene.take(event_of(whisper("zoe", "me", "psst")));
  CHECK(scene.model.people_to_write_to().front() == "zoe");
  scene.take(event_of(event::Renamed{"a", "alice"}));
  CHECK(scene.model.people() == Strings{"c", "alice", "b", "d", "e", "zoe", "Борис"});
}

TEST_CASE("in a small room everybody who comes and goes is told, in a large one who has spoken") {
  Crowded scene;
  scene.says("a");
  scene.comes("silent");
  scene.goes("b");
  scene.goes("a");
  CHECK(scene.settled(noon + 1s) == Strings{"moves -a"});
  scene.model.turn_to("dev", noon);
  scene.take(event_of(event::Presence{"dev", 3, {"newcomer", "me"}, {}}));
  CHECK(scene.settled(noon + 1s) == Strings{"moves +newcomer"});
  scene.comes("elsewhere", noon, "lobby");
  CHECK_FALSE(scene.model.next_due());
}

TEST_CASE("who has not spoken for ten minutes leaves in silence") {
  Crowded scene;
  scene.says("a");
  scene.says("b", noon + 5min);
  scene.goes("a", noon + 10min);
  scene.goes("b", noon + 10min);
  CHECK(scene.settled(noon + 11min) == Strings{"moves -b"});
}

TEST_CASE("all of it is told, or nothing, where that is wanted") {
  Crowded all({.presence = client::Preferences::Presence::all});
  all.comes("silent");
  CHECK(all.settled(noon + 1s) == Strings{"moves +silent"});
  Crowded none({.presence = client::Preferences::Presence::none});
  none.says("a");
  none.goes("a");
  CHECK_FALSE(none.model.next_due());
}

TEST_CASE("who comes in and speaks at once has come in before") {
  Crowded scene;
  scene.says("a");
  scene.goes("a");
  CHECK(scene.settled(noon + 1s) == Strings{"moves -a"});
  scene.comes("a", noon + 60s);
  CHECK(gist(scene.says("a", noon + 60s)) == Strings{"moves +a", "a: hi"});
}

TEST_CASE("those who were there before one's link broke have time to come back") {
  Crowded scene;
  scene.says("a");
  scene.says("b");
  scene.model.link_lost();
  scene.take(joined("lobby", {"me", "c"}), noon, missed);
  scene.model.ready(noon);
  scene.comes("a", noon + 20s);
  CHECK(scene.settled(noon + 30s).empty());
  CHECK(scene.settled(noon + Doorway::long_grace) == Strings{"moves -b"});
}

TEST_CASE("where not everybody is named nobody is taken to have left") {
  Crowded scene;
  scene.says("a");
  auto again = joined("lobby", {"me", "c"});
  std::get<event::Joined>(again.body).count = 500;
  scene.take(again, noon, missed);
  CHECK_FALSE(scene.model.next_due());
  CHECK(scene.model.find("lobby")->count() == 500);
}

TEST_CASE("coming back into a room replaces what was known of it, and tells a new topic") {
  Crowded scene;
  auto again = joined("lobby", {"me", "erin"});
  std::get<event::Joined>(again.body).topic = "cats";
  CHECK(gist(scene.take(again, noon, missed)) == Strings{"topic cats"});
  CHECK(scene.model.find("lobby")->members() == Strings{"me", "erin"});
  CHECK(scene.model.current() == "lobby");
}

TEST_CASE("topics and new names are told where one looks, and kept elsewhere") {
  Crowded scene;
  scene.says("a");
  CHECK(gist(scene.take(event_of(event::Topic{"lobby", "cats", "a", noon}))) == Strings{"fact 6"});
  CHECK(gist(scene.take(event_of(event::Topic{"dev", "dogs", "a", noon}))).empty());
  CHECK(scene.model.find("dev")->topic() == "dogs");
  CHECK(gist(scene.take(event_of(event::Renamed{"a", "alice"}))) == Strings{"fact 5"});
  CHECK(gist(scene.take(event_of(event::Renamed{"b", "bob"}))).empty());
  CHECK(gist(scene.take(event_of(event::Renamed{"me", "myself"}))) == Strings{"fact 5"});
  CHECK(scene.model.me() == "myself");
}

TEST_CASE("a list of those who are there completes what was known") {
  Crowded scene;
  scene.take(event_of(event::Members{"lobby", 300, {"a", "zed"}, true}));
  CHECK(scene.model.find("lobby")->has("ZED"));
  CHECK(scene.model.find("lobby")->count() == 300);
  CHECK(scene.model.people().size() == 7);
}

TEST_CASE("what was typed to be ignored stays when something else is set") {
  Crowded scene({.ignore = {"eve"}});
  scene.model.ignore("mallory");
  client::Preferences preferences = scene.model.preferences();
  preferences.highlight = {"release"};
  scene.model.prefer(preferences);
  CHECK(scene.model.ignored() == Strings{"eve", "mallory"});
  preferences.ignore = {"trent"};
  scene.model.prefer(preferences);
  CHECK(scene.model.ignored() == Strings{"mallory", "trent"});
}

TEST_CASE("who is there is known by any spelling, under the latest name") {
  Crowded scene;
  const auto here = [&](std::string_view name) { return scene.model.find("dev")->has(name); };
  CHECK(here("БОРИС"));
  scene.take(event_of(event::Renamed{"Борис", "Bob"}));
  CHECK(here("bob"));
  CHECK_FALSE(here("Борис"));
  scene.take(event_of(event::Presence{"dev", 2, {"carol"}, {{"Bob", "quit"}}}));
  CHECK(here("CAROL"));
  CHECK_FALSE(here("bob"));
}

TEST_CASE("who is ignored and has another name is ignored until the last room is left") {
  Crowded scene;
  scene.take(event_of(event::Presence{"dev", 3, {"a"}, {}}));
  scene.model.ignore("a");
  scene.take(event_of(event::Renamed{"a", "z"}));
  scene.goes("z", noon, "dev");
  CHECK(scene.model.ignores("z"));
  scene.goes("z", noon, "lobby");
  CHECK_FALSE(scene.model.ignores("z"));
}

TEST_CASE("a room keeps its number while one is there, and a number that is free goes to the next") {
  Crowded scene;
  scene.take(joined("ops", {"me"}));
  scene.take(event_of(event::Left{"lobby"}));
  CHECK(scene.model.room_at(1).empty());
  CHECK(scene.model.room_at(2) == "dev");
  CHECK(scene.model.room_at(3) == "ops");
  CHECK(scene.model.glance().front().number == 2);
  scene.take(joined("new", {"me"}));
  CHECK(scene.model.room_at(1) == "new");
  CHECK(names(scene.model.rooms()) == Strings{"new", "dev", "ops"});
  CHECK(scene.model.room_beside(1) == "ops");
}

TEST_CASE("a private view has a number, counts what waits there and shows what was said before") {
  Crowded scene;
  scene.take(event_of(whisper("Борис", "me", "one")));
  CHECK(gist(scene.model.open_view("борис", noon)) == Strings{"heading @Борис", "Борис to me: one"});
  CHECK(scene.model.current() == "@Борис");
  CHECK(scene.model.room_at(3) == "@Борис");
  CHECK(gist(scene.take(event_of(whisper("Борис", "me", "two")))) == Strings{"Борис to me: two"});
  scene.model.turn_to("lobby", noon);
  const client::News away = scene.take(event_of(whisper("Борис", "me", "three")));
  CHECK(away.items.empty());
  CHECK(away.alerts.size() == 1);
  CHECK(gist(scene.take(event_of(whisper("me", "Борис", "four")))) == Strings{"me to Борис: four"});
  CHECK(gist(scene.take(event_of(whisper("a", "me", "five")))) == Strings{"a to me: five"});
  CHECK(scene.model.glance().back().mentions == 1);
  CHECK(scene.model.most_urgent() == "@Борис");
  CHECK(gist(scene.take(event_of(event::Rooms{{{"lobby", "", 7}}, false}))) ==
        Strings{"rooms 1lobby+0 3@Борис+1"});
  CHECK(gist(*scene.model.turn_to("@БОРИС", noon, 0)) ==
        Strings{"heading @Борис", "unread 1 @0", "Борис to me: three", "me to Борис: four"});
  CHECK(gist(scene.take(event_of(event::Left{"@Борис"}))) == Strings{"fact 2", "heading lobby"});
  CHECK(gist(scene.take(event_of(whisper("Борис", "me", "six")))) == Strings{"Борис to me: six"});
}

TEST_CASE("a private view and a reply follow a new name, and mix with nobody else's") {
  Crowded scene;
  scene.take(event_of(whisper("a", "me", "from a")));
  scene.model.begin_line();
  scene.model.open_view("a", noon);
  scene.take(event_of(event::Renamed{"a", "anna"}));
  CHECK(scene.model.current() == "@anna");
  CHECK(scene.model.addressee() == "anna");
  scene.model.open_view("b", noon);
  CHECK(gist(scene.take(event_of(event::Renamed{"b", "anna"}))) == Strings{"fact 2", "fact 5"});
  CHECK(scene.model.current() == "@anna");
  CHECK(names(scene.model.rooms()) == Strings{"lobby", "dev", "@anna"});
  CHECK(scene.model.room_at(4) == "@anna");
}

TEST_CASE("a reply is for whoever had written last when the line was begun") {
  Crowded scene;
  scene.model.begin_line();
  CHECK(scene.model.addressee().empty());
  scene.take(event_of(whisper("a", "me", "hi")));
  CHECK(scene.model.addressee().empty());
  scene.model.begin_line();
  scene.take(event_of(whisper("b", "me", "hi")));
  CHECK(scene.model.addressee() == "a");
}

TEST_CASE(
    "a private view that was opened by another spelling is turned back to under its person's new name") {
  Crowded scene;
  scene.model.open_view("ZOE", noon);
  scene.model.turn_to("dev", noon);
  scene.take(event_of(event::Presence{"lobby", 7, {"zoe"}, {}}));
  scene.take(event_of(event::Renamed{"zoe", "bob"}));
  CHECK(gist(scene.take(event_of(event::Left{"dev"}))) == Strings{"fact 2", "heading @bob"});
  CHECK(scene.model.current() == "@bob");
}
