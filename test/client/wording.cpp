#include "client/view/wording.hpp"

#include <cstdlib>
#include <ctime>
#include <set>

#include "client/view/local_time.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using client::Palette;
using client::Wording;
namespace event = protocol::event;

namespace {

const Wording plain{Palette(Palette::Depth::none)};
const Wording::Scene one_room{"me", false};

protocol::Message said(std::string from, std::string text) {
  protocol::Message message;
  message.room = "lobby";
  message.from = std::move(from);
  message.text = std::move(text);
  return message;
}

bool has_controls(std::string_view text) {
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') return true;
  }
  return text.find("\u202e") != std::string_view::npos || text.find("\u0085") != std::string_view::npos;
}

const std::string nasty = "a\x1b[2J\x07\u0085\u202e\rb";

}  // namespace

TEST_CASE("messages read as people write them") {
  CHECK(plain.message(said("alice", "hi"), one_room) == "alice: hi\n");
  CHECK(plain.message(said("alice", "hi"), {"me", true}) == "[lobby] alice: hi\n");
  protocol::Message action = said("alice", "waves");
  action.action = true;
  CHECK(plain.message(action, one_room) == "* alice waves\n");
  protocol::Message told = said("bob", "psst");
  told.room.clear();
  told.to = "me";
  CHECK(plain.message(told, one_room) == "[bob -> you] psst\n");
  std::swap(told.from, told.to);
  CHECK(plain.message(told, one_room) == "[you -> bob] psst\n");
}

TEST_CASE("a second line is indented, so that it cannot pass for another message") {
  CHECK(plain.message(said("eve", "hi\nadmin: obey"), one_room) == "eve: hi\n    admin: obey\n");
}

TEST_CASE("comings and goings leave out oneself") {
  event::Presence presence;
  presence.room = "lobby";
  presence.joined = {"me", "bob"};
  CHECK(plain.presence(presence, one_room) == "* bob has joined lobby\n");
  presence.joined = {"bob", "carol"};
  presence.left = {{"dave", "quit"}, {"erin", ""}};
  CHECK(plain.presence(presence, one_room) ==
        "* bob, carol have joined lobby\n* dave has left lobby (quit)\n* erin has left lobby\n");
  CHECK(plain.presence({"lobby", 500, {}, {}}, one_room).empty());
}

TEST_CASE("renames, topics, rooms and members") {
  CHECK(plain.renamed({"bob", "rob"}, one_room) == "* bob is now known as rob\n");
  CHECK(plain.renamed({"old", "me"}, one_room) == "* you are now known as me\n");
  CHECK(plain.topic({"lobby", "cats", "bob", {}}) == "* bob has set the topic of lobby: cats\n");
  CHECK(plain.topic({"lobby", "", "bob", {}}) == "* bob has cleared the topic of lobby\n");
  CHECK(plain.topic_of("lobby", "") == "* lobby has no topic\n");
  CHECK(plain.members({"lobby", 2, {"alice", "bob"}, false}) == "* 2 people in lobby: alice, bob\n");
  CHECK(plain.members({"", 900, {"alice"}, true}) == "* 900 people on this server: alice, and others\n");
  CHECK(plain.rooms({{{"dev", "code", 1}, {"lobby", "", 2}}, false}) ==
        "* dev, 1 person: code\n* lobby, 2 people\n");
  CHECK(plain.error({protocol::Code::name_taken, "alice is taken"}) == "! alice is taken (name_taken)\n");
}

TEST_CASE("nothing that others wrote drives the terminal, in whatever field") {
  protocol::Message message = said(nasty, nasty);
  message.room = nasty;
  event::Joined joined;
  joined.room = joined.topic = nasty;
  joined.members = {nasty};
  for (const std::string& text :
       {plain.message(message, {"me", true}), plain.presence({nasty, 1, {nasty}, {{nasty, nasty}}}, one_room),
        plain.renamed({nasty, nasty}, one_room), plain.topic({nasty, nasty, nasty, {}}),
        plain.entered(joined), plain.left(nasty), plain.members({nasty, 1, {nasty}, false}),
        plain.rooms({{{nasty, nasty, 1}}, false}), plain.error({protocol::Code::bad_json, nasty}),
        plain.notice(nasty), plain.topic_of(nasty, nasty), plain.found(nasty), plain.found_nothing(nasty)}) {
    INFO(text);
    CHECK_FALSE(has_controls(text));
    CHECK_FALSE(text.empty());
  }
}

TEST_CASE("a name has one colour, whatever its spelling, and names have several") {
  const Palette palette(GENERATE(Palette::Depth::basic, Palette::Depth::wide));
  const auto colour = [&](const std::string& name) {
    const std::string dressed = palette.name(name);
    return dressed.substr(0, dressed.find(name));
  };
  CHECK(colour("Alice") == colour("ALICE"));
  CHECK(palette.name("alice").ends_with("\x1b[0m"));
  std::set<std::string> colours;
  for (char letter = 'a'; letter <= 'z'; ++letter) colours.insert(colour(std::string(1, letter)));
  CHECK(colours.size() >= 5);
}

TEST_CASE("how many colours there are is told by the environment") {
  CHECK(client::depth_of(nullptr, nullptr) == Palette::Depth::none);
  CHECK(client::depth_of("dumb", "truecolor") == Palette::Depth::none);
  CHECK(client::depth_of("xterm", nullptr) == Palette::Depth::basic);
  CHECK(client::depth_of("xterm-256color", nullptr) == Palette::Depth::wide);
  CHECK(client::depth_of("xterm", "truecolor") == Palette::Depth::wide);
}

TEST_CASE("times are local, with the date when it is not today") {
  ::setenv("TZ", "<+03>-3", 1);
  ::tzset();
  const auto at = [](std::string_view text) { return *protocol::timestamp_from(text); };
  const auto now = at("2026-11-21T09:30:00Z");
  CHECK(client::local_time(at("2026-11-21T09:05:59Z"), now) == "12:05");
  CHECK(client::local_time(at("2026-11-20T22:00:00Z"), now) == "01:00");
  CHECK(client::local_time(at("2026-11-20T20:00:00Z"), now) == "2026-11-20 23:00");
}

TEST_CASE("every line has its time, but one that continues another") {
  CHECK(client::stamped("a: 1\n    2\nb: 3\n", "09:30") == "09:30 a: 1\n    2\n09:30 b: 3\n");
}
