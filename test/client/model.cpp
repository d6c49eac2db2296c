// What is shown, what is counted, and what is missed.
#include "client/model/model.hpp"

#include "test/client/news.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace hubbub::test;
using namespace std::chrono_literals;
using client::Model;
using client::News;
using client::Preferences;
namespace event = protocol::event;

namespace {

/// Me, in lobby, dev and ops; lobby is looked at.
struct ThreeRooms {
  Model model;

  explicit ThreeRooms(Preferences preferences = {}) : model(std::move(preferences)) {
    take(welcome("me"));
    take(joined("lobby", {"me", "bob"}));
    take(joined("dev", {"me", "carol"}));
    take(joined("ops", {"me", "dave"}));
  }

  News take(const protocol::Event& event, bool was_missed = live, protocol::Timestamp now = noon) {
    return model.take(event, was_missed, now);
  }
  News say(const std::string& room, const std::string& from, const std::string& text,
           protocol::Timestamp time = noon) {
    return take(event_of(message(room, from, text, ++seq, time)), live, time);
  }
  Strings turn_to(const std::string& room, std::size_t context = 0) {
    return gist(*model.turn_to(room, noon, context));
  }

  std::uint64_t seq = 100;
};

std::vector<protocol::MessagePtr> talk(const std::string& room, std::uint64_t from, std::uint64_t until) {
  std::vector<protocol::MessagePtr> messages;
  for (std::uint64_t at = from; at < until; ++at)
    messages.push_back(message(room, "bob", std::to_string(at), 1000 + at));
  return messages;
}

protocol::Event history(const std::string& room, std::vector<protocol::MessagePtr> messages) {
  return event_of(event::History{room, std::move(messages), true});
}

}  // namespace

TEST_CASE("what is said in the room one looks at is shown, what is said in others is counted") {
  ThreeRooms scene;
  CHECK(gist(scene.say("lobby", "bob", "hi")) == Strings{"bob: hi"});
  CHECK(gist(scene.say("dev", "carol", "one")).empty());
  CHECK(gist(scene.say("dev", "carol", "two, me")).empty());
  CHECK(gist(scene.say("dev", "me", "three")).empty());
  CHECK(scene.model.find("dev")->unread() == 2);
  CHECK(scene.model.find("dev")->mentions() == 1);
  CHECK(scene.model.find("lobby")->unread() == 0);
  CHECK(gist(scene.say("elsewhere", "bob", "hi")).empty());
}

TEST_CASE("on turning to a room what is unread comes below the unread line, once") {
  ThreeRooms scene;
  scene.say("dev", "carol", "one");
  scene.say("dev", "me", "two");
  scene.say("dev", "carol", "me, three");
  CHECK(scene.turn_to("DEV") ==
        Strings{"heading dev", "unread 2 @1", "carol: one", "me: two", "@carol: me, three"});
  CHECK(scene.model.current() == "dev");
  CHECK(scene.model.find("dev")->unread() == 0);
  CHECK(scene.turn_to("dev").empty());
  CHECK(scene.turn_to("lobby") == Strings{"heading lobby"});
  CHECK(scene.turn_to("dev") == Strings{"heading dev"});
  CHECK_FALSE(scene.model.turn_to("elsewhere", noon));
}

TEST_CASE("on turning to a room some of what was read before is there for context") {
  ThreeRooms scene;
  scene.say("lobby", "bob", "one");
  scene.say("lobby", "bob", "two");
  scene.turn_to("dev");
  scene.say("lobby", "me", "said in leaving");
  scene.say("lobby", "bob", "three");
  CHECK(scene.turn_to("lobby", 3) ==
        Strings{"heading lobby", "bob: two", "me: said in leaving", "unread 1 @0", "bob: three"});
}

TEST_CASE("of very much only the newest is held, and how much is not is told") {
  ThreeRooms scene;
  const auto most = client::Room::most_messages;
  for (std::size_t count = 0; count < most + 7; ++count) scene.say("dev", "carol", std::to_string(count));
  const Strings shown = scene.turn_to("dev");
  CHECK(shown.size() == most + 2);
  CHECK(shown[1] == "unread 1007 @0 not held 7");
  CHECK(shown[2] == "carol: 7");
  CHECK(scene.model.find("dev")->held().front().message->seq == 108);
  scene.turn_to("lobby");
  const std::string large(client::Room::most_bytes / 4, 'x');
  for (int count = 0; count < 9; ++count) scene.say("dev", "carol", large);
  CHECK(scene.model.find("dev")->held().size() == 3);
  CHECK(scene.model.find("dev")->unread() == 9);
}

TEST_CASE("one's own messages are not unread, but /history has to reach past them") {
  ThreeRooms scene;
  scene.say("dev", "carol", "one");
  scene.say("dev", "me", "two");
  const auto items = *scene.model.turn_to("dev", noon, 0);
  const auto& line = std::get<client::UnreadLine>(items[1].what);
  CHECK(line.unread == 1);
  CHECK(line.said == 2);
}

TEST_CASE("private messages are shown wherever one is, and the last correspondent is known") {
  ThreeRooms scene;
  CHECK(scene.model.correspondent().empty());
  const News news = scene.take(event_of(whisper("dave", "me", "psst")));
  CHECK(gist(news) == Strings{"dave to me: psst"});
  CHECK(news.alerts.size() == 1);
  CHECK(scene.model.correspondent() == "dave");
  CHECK(scene.take(event_of(whisper("me", "erin", "hello"))).alerts.empty());
  CHECK(scene.model.correspondent() == "erin");
  scene.take(event_of(event::Renamed{"erin", "rin"}));
  CHECK(scene.model.correspondent() == "rin");
}

TEST_CASE("mentions are worth a bell, in whatever room, and one's own are not") {
  ThreeRooms scene({.highlight = {"release"}});
  CHECK(scene.say("lobby", "bob", "me: hi").alerts.size() == 1);
  CHECK(scene.say("dev", "bob", "the Release!").alerts.size() == 1);
  CHECK(scene.say("dev", "me", "me, the release").alerts.empty());
  CHECK(scene.say("dev", "bob", "some").alerts.empty());
  scene.take(event_of(event::Renamed{"me", "Алиса"}));
  CHECK(scene.say("dev", "bob", "me?").alerts.empty());
  CHECK(scene.say("dev", "bob", "алиса?").alerts.size() == 1);
}

TEST_CASE("who is ignored is neither shown nor counted, by any spelling, under any name") {
  ThreeRooms scene;
  CHECK(scene.model.ignore("BOB"));
  CHECK_FALSE(scene.model.ignore("bob"));
  CHECK(scene.say("lobby", "bob", "me: hi").items.empty());
  CHECK(scene.say("dev", "bob", "me: hi").alerts.empty());
  CHECK(scene.take(event_of(whisper("bob", "me", "psst"))).items.empty());
  CHECK(scene.model.correspondent().empty());
  CHECK(scene.model.find("dev")->unread() == 0);
  scene.take(event_of(event::Renamed{"bob", "rob"}));
  CHECK(scene.say("lobby", "rob", "hi").items.empty());
  scene.take(event_of(event::Presence{"lobby", 1, {}, {{"rob", "quit"}}}));
  CHECK_FALSE(scene.model.next_due());
  CHECK(gist(scene.say("lobby", "rob", "another one")) == Strings{"rob: another one"});
  CHECK(scene.model.ignored() == Strings{"BOB"});
  CHECK(scene.model.unignore("bob"));
  CHECK_FALSE(scene.model.unignore("bob"));
  CHECK(gist(scene.say("lobby", "bob", "hi")) == Strings{"bob: hi"});
}

TEST_CASE("what is written to somebody who is ignored is shown all the same") {
  ThreeRooms scene({.ignore = {"bob"}});
  CHECK(gist(scene.take(event_of(whisper("me", "bob", "why?")))) == Strings{"me to bob: why?"});
}

TEST_CASE("a muted room is counted, but rings no bell and is never urgent but for a mention") {
  ThreeRooms scene({.mute = {"DEV"}});
  scene.say("dev", "carol", "one");
  CHECK(scene.model.most_urgent().empty());
  CHECK(scene.say("dev", "carol", "me: two").alerts.empty());
  CHECK(scene.model.most_urgent() == "dev");
  scene.say("ops", "dave", "three");
  CHECK(scene.model.most_urgent() == "ops");
  CHECK(scene.model.glance()[1].muted);
  CHECK(scene.model.glance()[1].unread == 2);
  CHECK(scene.model.glance()[1].mentions == 1);
  CHECK(scene.model.unmute("dev"));
  CHECK(scene.model.most_urgent() == "dev");
}

TEST_CASE("the most urgent room is that with a mention, or else the one that waits longest") {
  ThreeRooms scene;
  CHECK(scene.model.most_urgent().empty());
  scene.say("ops", "dave", "early", noon);
  scene.say("dev", "carol", "late", noon + 1s);
  CHECK(scene.model.most_urgent() == "ops");
  scene.say("dev", "carol", "me!", noon + 2s);
  CHECK(scene.model.most_urgent() == "dev");
  scene.turn_to("dev");
  CHECK(scene.model.most_urgent() == "ops");
}

TEST_CASE("what was missed is shown below the unread line, and counted by room") {
  ThreeRooms scene;
  scene.say("lobby", "bob", "before");
  scene.model.link_lost();
  CHECK(gist(scene.take(welcome("me"))).empty());
  CHECK(gist(scene.take(history("lobby", talk("lobby", 0, 2)), missed)) ==
        Strings{"unread 0 @0", "bob: 0", "bob: 1"});
  CHECK(gist(scene.take(history("lobby", {message("lobby", "me", "mine"), message("lobby", "bob", "me!")}),
                        missed)) == Strings{"me: mine", "@bob: me!"});
  CHECK(gist(scene.take(joined("dev", {"me"}, talk("dev", 0, 3)), missed)).empty());
  CHECK(scene.model.find("dev")->unread() == 3);
  CHECK(gist(scene.model.ready(noon)) == Strings{"missed lobby 3 @1 dev 3 @0"});
  CHECK(gist(scene.model.ready(noon)).empty());
  CHECK(gist(scene.say("lobby", "bob", "after")) == Strings{"bob: after"});
}

TEST_CASE("what was missed rings no bell, and nothing is told where nothing was missed") {
  ThreeRooms scene;
  scene.model.link_lost();
  CHECK(scene.take(history("dev", {message("dev", "carol", "me!")}), missed).alerts.empty());
  CHECK(gist(scene.model.ready(noon)) == Strings{"missed dev 1 @1"});
  scene.model.link_lost();
  CHECK(gist(scene.take(joined("lobby", {"me", "bob"}), missed)).empty());
  CHECK(scene.model.ready(noon).items.empty());
}

TEST_CASE("a link that breaks again while one catches up goes on counting") {
  ThreeRooms scene;
  scene.model.link_lost();
  scene.take(history("lobby", talk("lobby", 0, 2)), missed);
  scene.model.link_lost();
  CHECK(gist(scene.take(history("lobby", talk("lobby", 2, 3)), missed)) == Strings{"bob: 2"});
  CHECK(gist(scene.model.ready(noon)) == Strings{"missed lobby 3 @0"});
}

TEST_CASE("the past that was asked for is shown between two lines, and counts for nothing") {
  ThreeRooms scene;
  CHECK(gist(scene.take(history("dev", talk("dev", 0, 1)))) == Strings{"past", "bob: 0", "past over"});
  CHECK(scene.model.find("dev")->unread() == 0);
  CHECK(scene.model.find("dev")->held().empty());
}

TEST_CASE("what a search has found comes with the words marked") {
  ThreeRooms scene;
  const event::History found{"dev", {message("dev", "carol", "Tea, and 茶叶")}, true};
  const protocol::request::History asked{
      .room = "dev", .before = {}, .after = {}, .limit = {}, .search = " tea 茶 "};
  const auto hits = scene.model.hits(found, asked, 1);
  CHECK(gist(hits) == Strings{"hit @carol: Tea, and 茶叶"});
  CHECK(std::get<client::Hit>(hits.front().what).said.mentions.size() == 2);
}

TEST_CASE(
    "hits are numbered from the newest on, without those of ignored people and of others than were meant") {
  ThreeRooms scene;
  scene.model.ignore("eve");
  const event::History found{"dev",
                             {message("dev", "carol", "tea 1"), message("dev", "eve", "tea 2"),
                              message("dev", "Carol", "tea 3"), message("dev", "bob", "tea 4")},
                             true};
  protocol::request::History asked{.room = "dev", .before = {}, .after = {}, .limit = {}, .search = "tea"};
  const auto numbers = [&] {
    std::vector<std::size_t> all;
    for (const auto& item : scene.model.hits(found, asked, 21))
      all.push_back(std::get<client::Hit>(item.what).number);
    return all;
  };
  CHECK(numbers() == std::vector<std::size_t>{23, 22, 21});
  asked.from = "CAROL";
  CHECK(numbers() == std::vector<std::size_t>{22, 21});
}

TEST_CASE("five thousand messages of other rooms leave no more behind than is held") {
  ThreeRooms scene;
  for (int count = 0; count < 5000; ++count) scene.say("dev", "carol", "again and again");
  CHECK(scene.model.find("dev")->unread() == 5000);
  CHECK(scene.model.find("dev")->held().size() == client::Room::most_messages);
}
