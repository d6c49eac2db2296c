// Changes of what was said, roles and rules, and why one cannot speak.
#include "client/model/model.hpp"
#include "client/view/typesetter.hpp"
#include "protocol/limits.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace hubbub::test;
using namespace std::chrono_literals;
using client::Fact;
using client::Model;
using client::Silence;
namespace event = protocol::event;

namespace {

/// Me, in a lobby where something was said, and in dev.
struct Ordered {
  Model model;

  Ordered() {
    take(welcome("me"));
    take(joined("lobby", {"me", "ann", "bob"},
                {message("lobby", "bob", "one me", 11), message("lobby", "me", "two", 12)}));
    take(joined("dev", {"me", "bob"}, {message("dev", "bob", "elsewhere", 13)}));
  }
  client::News take(const protocol::Event& event, protocol::Timestamp now = noon, bool was_missed = live) {
    return model.take(event, was_missed, now);
  }
  client::News edit(std::uint64_t seq, std::uint64_t change, const std::string& text, bool was_missed = live,
                    const std::string& room = "lobby") {
    return take(
        event_of(event::Edited{.room = room, .seq = seq, .change = change, .text = text, .by = "bob"}), noon,
        was_missed);
  }
  client::News remove(std::vector<std::uint64_t> seqs, std::uint64_t change, bool was_missed = live) {
    return take(
        event_of(event::Deleted{.room = "lobby", .seqs = std::move(seqs), .change = change, .by = "ann"}),
        noon, was_missed);
  }
  std::string held(std::size_t at, const std::string& room = "lobby") const {
    const auto& said = model.find(room)->held()[at];
    return said.message->is_deleted() ? "deleted" : said.message->text;
  }
};

/// The lines that the items make on a screen.
std::string lines(const client::News& news) {
  client::Typesetter setter(client::Palette(client::Palette::Depth::none),
                            {client::Look::Color::never, client::Look::Times::off}, client::ascii_glyphs);
  std::string all;
  for (const std::string& each : setter.each(news.items, 200, noon)) all += each;
  return all;
}

}  // namespace

TEST_CASE("a change is applied, told in a line, and handed on for what is on the screen") {
  Ordered scene;
  const auto news = scene.edit(11, 20, "ONE");
  CHECK(scene.held(0) == "ONE");
  CHECK(news.changes.size() == 1);
  REQUIRE(news.items.size() == 1);
  const auto& fact = std::get<Fact>(news.items.front().what);
  REQUIRE(fact.meant);
  CHECK(fact.meant->from == "bob");
  CHECK_THAT(lines(news), Catch::Matchers::ContainsSubstring("bob has edited a message of "));
  CHECK_THAT(lines(news), Catch::Matchers::EndsWith(": ONE\n"));
  CHECK(scene.edit(11, 20, "ONE").items.empty());  // again
  CHECK_THAT(lines(scene.remove({11}, 21)),
             Catch::Matchers::ContainsSubstring("ann has deleted a message of bob of "));
  CHECK(scene.held(0) == "deleted");
}

TEST_CASE("what is on the screen takes the change as the room does, and nothing else does") {
  Ordered scene;
  const client::Said said = scene.model.find("lobby")->held().front();
  const event::Changed edited = event::Edited{.room = "lobby", .seq = 11, .change = 20, .text = "now for me"};
  const auto changed = scene.model.as_changed(said, edited);
  REQUIRE(changed);
  CHECK(changed->message->text == "now for me");
  CHECK(changed->mentions == std::vector<client::Span>{{8, 10}});
  CHECK_FALSE(scene.model.as_changed(*changed, edited));
  const event::Changed other_room = event::Edited{.room = "dev", .seq = 11, .change = 20, .text = "x"};
  CHECK_FALSE(scene.model.as_changed(said, other_room));
  const event::Changed other_message = event::Deleted{.room = "lobby", .seqs = {12, 13}, .change = 20};
  CHECK_FALSE(scene.model.as_changed(said, other_message));
}

TEST_CASE("a change in another room is applied there, and not told here") {
  Ordered scene;
  CHECK(scene.edit(13, 20, "changed", live, "dev").items.empty());
  CHECK(scene.held(0, "dev") == "changed");
}

TEST_CASE("changes that were missed are told of messages that are here, and of no others") {
  Ordered scene;
  CHECK(scene.edit(11, 20, "ONE", missed).items.size() == 1);
  CHECK(scene.edit(5, 21, "an old one", missed).items.empty());
  CHECK(scene.edit(5, 22, "an old one").items.size() == 1);
}

TEST_CASE("changes come with how the room stands, and with what was said before") {
  Ordered scene;
  auto again = joined("lobby", {"me", "ann", "bob"}, {message("lobby", "bob", "three", 14)});
  auto& body = std::get<event::Joined>(again.body);
  body.changes = {event::Edited{.room = "lobby", .seq = 11, .change = 20, .text = "ONE"},
                  event::Deleted{.room = "lobby", .seqs = {12}, .change = 21}};
  scene.take(again, noon, missed);
  CHECK(scene.held(0) == "ONE");
  CHECK(scene.held(1) == "deleted");
  CHECK(scene.held(2) == "three");
  event::History page{.room = "lobby"};
  page.changes = {event::Edited{.room = "lobby", .seq = 14, .change = 22, .text = "THREE"}};
  scene.take(event_of(page));
  CHECK(scene.held(2) == "THREE");
}

TEST_CASE("an unread message that calls the reader after a change, or no more, counts so") {
  Ordered scene;
  scene.take(event_of(message("dev", "bob", "hi", 21)));
  scene.take(event_of(message("dev", "bob", "hi me", 22)));
  CHECK(scene.model.find("dev")->mentions() == 1);
  scene.edit(22, 23, "hi all", live, "dev");
  CHECK(scene.model.find("dev")->mentions() == 0);
  scene.edit(21, 24, "hi me", live, "dev");
  CHECK(scene.model.find("dev")->mentions() == 1);
  CHECK(scene.model.find("dev")->unread() == 2);
}

TEST_CASE("what ignored people change is not told of, but changed") {
  Ordered scene;
  scene.model.ignore("bob");
  CHECK(scene.edit(11, 20, "ONE").items.empty());
  CHECK(scene.held(0) == "ONE");
}

TEST_CASE("a private message that is changed is so where it is shown, and in a view that is opened later") {
  Ordered scene;
  protocol::Message kept = *whisper("bob", "me", "psst");
  kept.seq = 30;
  scene.take(event_of(std::make_shared<const protocol::Message>(kept)));
  const auto news = scene.take(event_of(
      event::Edited{.room = {}, .with = "bob", .seq = 30, .change = 31, .text = "hush", .by = "bob"}));
  CHECK(news.items.size() == 1);
  CHECK(gist(scene.model.open_view("bob", noon)) == Strings{"heading @bob", "bob to me: hush"});
}

TEST_CASE("the newest message of one's own is found, for a change of it") {
  Ordered scene;
  CHECK(scene.model.own_last("lobby") == 12);
  CHECK(scene.model.own_last("dev") == std::nullopt);
  CHECK(scene.model.own_last("nowhere") == std::nullopt);
  scene.remove({12}, 20);
  CHECK(scene.model.own_last("lobby") == std::nullopt);
}

TEST_CASE("who is put out is out of the room, is told why, and turns to another") {
  Ordered scene;
  const auto others =
      scene.take(event_of(event::Kicked{.room = "lobby", .name = "ann", .by = "bob", .reason = "x"}));
  CHECK_THAT(lines(others), Catch::Matchers::ContainsSubstring("bob has put ann out of lobby: x"));
  CHECK(scene.model.find("lobby") != nullptr);
  const auto news =
      scene.take(event_of(event::Kicked{.room = "lobby", .name = "me", .by = "bob", .reason = "noise"}));
  CHECK_THAT(lines(news), Catch::Matchers::ContainsSubstring("bob has put you out of lobby: noise"));
  CHECK(scene.model.find("lobby") == nullptr);
  CHECK(scene.model.current() == "dev");
  scene.take(event_of(event::Closed{.room = "dev", .by = "bob"}));
  CHECK(scene.model.current().empty());
}

TEST_CASE("roles are known by name, through renames, and are gone with whoever goes") {
  Ordered scene;
  scene.take(event_of(event::Role{.room = "lobby", .name = "ann", .role = "moderator", .by = "bob"}));
  CHECK(scene.model.find("lobby")->role_of("ANN") == "moderator");
  scene.take(event_of(event::Renamed{"ann", "anna"}));
  CHECK(scene.model.find("lobby")->role_of("ann").empty());
  CHECK(scene.model.find("lobby")->role_of("anna") == "moderator");
  scene.take(event_of(event::Presence{"lobby", 2, {}, {{"anna", "quit"}}}));
  CHECK(scene.model.find("lobby")->role_of("anna").empty());
  event::Members members{.room = "lobby", .count = 2, .names = {"me", "bob"}};
  members.roles = {{"bob", "owner"}};
  const auto news = scene.take(event_of(members));
  CHECK_THAT(lines(news), Catch::Matchers::ContainsSubstring("me, ~bob"));
  scene.take(event_of(event::Role{.room = "lobby", .name = "bob", .role = "none"}));
  CHECK(scene.model.find("lobby")->role_of("bob").empty());
}

TEST_CASE("it is known why one cannot speak now") {
  Ordered scene;
  CHECK_FALSE(scene.model.silence(noon));
  event::Room moderated{.room = "lobby", .by = "ann"};
  moderated.rules.moderated = true;
  scene.take(event_of(moderated));
  REQUIRE(scene.model.silence(noon));
  CHECK(scene.model.silence(noon)->why == Silence::Why::moderated);
  scene.take(event_of(event::Role{.room = "lobby", .name = "me", .role = "voice", .by = "ann"}));
  CHECK_FALSE(scene.model.silence(noon));
  // A mute holds for those with a role, too.
  const event::Ban ban{
      .id = 7, .room = "lobby", .mask = "name:m?", .action = "mute", .until = noon + 10min, .by = "ann"};
  scene.take(event_of(event::Banned{.ban = ban}));
  REQUIRE(scene.model.silence(noon));
  CHECK(scene.model.silence(noon)->why == Silence::Why::muted);
  CHECK(scene.model.silence(noon)->until == noon + 10min);
  CHECK_FALSE(scene.model.silence(noon + 10min));
  scene.model.turn_to("dev", noon);
  CHECK_FALSE(scene.model.silence(noon));
  scene.model.turn_to("lobby", noon);
  scene.take(event_of(event::Unbanned{.id = 8, .room = "lobby"}));
  CHECK(scene.model.silence(noon));
  scene.take(event_of(event::Unbanned{.id = 7, .room = "lobby"}));
  CHECK_FALSE(scene.model.silence(noon));
}

TEST_CASE("a mask is about the reader by the name, or the account, and not by another's") {
  const auto is_muted = [](const std::string& mask) {
    Ordered scene;
    const event::Ban ban{.id = 7, .room = "lobby", .mask = mask, .action = "mute"};
    scene.take(event_of(event::Banned{.ban = ban}));
    return scene.model.silence(noon).has_value();
  };
  for (const char* mask :
       {"name:me", "name:ME", "name:*", "name:m*", "name:*e", "name:m?", "name:**e*", "name:??"})
    CHECK(is_muted(mask));
  for (const char* mask :
       {"name:m", "name:men", "name:?", "name:*x*", "name:", "account:me", "host:me", "me", "name:???"})
    CHECK_FALSE(is_muted(mask));
  CHECK_FALSE(is_muted("name:" + std::string(20, '*') + "x" + std::string(20, '*')));
}

TEST_CASE("slow mode is counted from what one has said last, and from a refusal") {
  Ordered scene;
  event::Room slow{.room = "lobby", .by = "ann"};
  slow.rules.slow_mode = 30'000;
  scene.take(event_of(slow));
  CHECK_FALSE(scene.model.silence(noon));
  scene.take(event_of(message("lobby", "me", "hi", 20)));
  REQUIRE(scene.model.silence(noon + 10s));
  CHECK(scene.model.silence(noon + 10s)->why == Silence::Why::slow_mode);
  CHECK(scene.model.silence(noon + 10s)->until == noon + 30s);
  CHECK_FALSE(scene.model.silence(noon + 30s));
  CHECK_FALSE(scene.model.silence(noon - 1h));  // the clock was set back
  scene.take(event_of(event::Failure{{protocol::Code::slow_mode, "wait"}, {}, 5'000}), noon + 60s);
  CHECK(scene.model.silence(noon + 60s)->until == noon + 65s);
  scene.take(event_of(event::Role{.room = "lobby", .name = "me", .role = "voice"}));
  CHECK_FALSE(scene.model.silence(noon + 60s));
}

TEST_CASE("who is refused as muted knows it until he is heard again, or the ban is over") {
  Ordered scene;
  scene.take(event_of(event::Failure{{protocol::Code::muted, "hush"}, {}, 0}));
  CHECK(scene.model.silence(noon)->why == Silence::Why::muted);
  scene.take(event_of(message("lobby", "me", "hi", 20)));
  CHECK_FALSE(scene.model.silence(noon));
  scene.take(event_of(event::Failure{{protocol::Code::muted, "hush"}, {}, 0}));
  scene.take(event_of(event::Unbanned{.id = 9, .room = "lobby"}));
  CHECK_FALSE(scene.model.silence(noon));
}

TEST_CASE("what the server's people say is told in whatever room one is") {
  Ordered scene;
  CHECK_THAT(lines(scene.take(event_of(event::Announcement{.text = "tea", .by = "root"}))),
             Catch::Matchers::EndsWith("announcement by root: tea\n"));
  CHECK(scene.take(event_of(event::Lockdown{.level = 1})).items.size() == 1);
  CHECK_THAT(lines(scene.take(event_of(event::Invited{.room = "ops", .name = "me", .by = "ann"}))),
             Catch::Matchers::EndsWith("ann invites you to ops; /join ops takes you there\n"));
  CHECK_THAT(lines(scene.take(
                 event_of(event::Report{{.id = 1, .room = "ops", .seq = 5, .by = "ann", .text = "x"}}))),
             Catch::Matchers::ContainsSubstring("ann reports message 5 in ops: x"));
  event::Ban elsewhere{.id = 7, .room = "dev", .mask = "name:b*", .action = "ban", .by = "ann"};
  CHECK(scene.take(event_of(event::Banned{.ban = elsewhere})).items.empty());
}

TEST_CASE("a message that was changed is marked, and one that was taken back is no more than that") {
  protocol::Message said = *message("lobby", "bob", "hi", 1);
  said.change = std::make_shared<const protocol::Change>(protocol::Change{});
  client::News news;
  news.items = {{noon, client::Said{std::make_shared<const protocol::Message>(said)}}};
  CHECK_THAT(lines(news), Catch::Matchers::EndsWith("| hi (edited)\n"));
  said.change =
      std::make_shared<const protocol::Change>(protocol::Change{.what = protocol::Change::What::deleted});
  news.items = {{noon, client::Said{std::make_shared<const protocol::Message>(said)}}};
  CHECK_THAT(lines(news), Catch::Matchers::EndsWith("| (deleted)\n"));
}
