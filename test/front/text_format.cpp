#include "server/front/text/text_format.hpp"

#include "test/support/catch.hpp"

namespace hubbub::front {
namespace {

using protocol::Message;
namespace event = protocol::event;

Message said(const std::string& text) {
  return {.room = "lobby", .to = {}, .seq = 1, .time = {}, .from = "alice", .text = text, .id = {}};
}

std::string shown(const Message& message, bool in_several_rooms = false) {
  std::string out;
  text_format(in_several_rooms).render(message, "ref", out);
  return out;
}

std::string shown(event::Any body, const Reader& reader = {}) {
  std::string out;
  to_text({.body = std::move(body), .ref = "ref"}, reader, out);
  return out;
}

}  // namespace

TEST_CASE("messages are lines for people") {
  CHECK(shown(said("hi")) == "alice: hi\n");
  CHECK(shown(said("hi"), true) == "[lobby] alice: hi\n");
  auto wave = said("waves");
  wave.kind = protocol::MessageKind::action;
  CHECK(shown(wave) == "~ alice waves\n");
  CHECK(shown(wave, true) == "[lobby] ~ alice waves\n");
}

TEST_CASE("nobody's message can pass for somebody else's, or turn the line round") {
  CHECK(shown(said("one\nbob: two")) == "alice: one\n    bob: two\n");
  CHECK(shown(said("a\xE2\x80\xAE"
                   "b\xE2\x80\xA8"
                   "c")) == "alice: abc\n");  // U+202E, U+2028
}

TEST_CASE("a private message names the other side") {
  auto message = said("psst");
  message.room.clear();
  message.to = "bob";
  message.seq = 0;
  const auto shared = std::make_shared<const Message>(message);
  CHECK(shown(shared, {.self = "bob"}) == "[alice -> you] psst\n");
  CHECK(shown(shared, {.self = "alice"}) == "[you -> bob] psst\n");
  // One that is kept is between accounts, whatever names they bear.
  message.seq = 7;
  message.account = "ann";
  const auto kept = std::make_shared<const Message>(message);
  CHECK(shown(kept, {.self = "rob", .account = "bob"}) == "[alice -> you] psst\n");
  CHECK(shown(kept, {.self = "zoe", .account = "ann"}) == "[you -> bob] psst\n");
  CHECK(shown(kept, {.self = {}}) == "[alice -> bob] psst\n");
}

TEST_CASE("what happens is told in a line each") {
  CHECK(shown(event::Presence{.room = "lobby", .count = 2, .joined = {"bob"}, .left = {{"eve", "quit"}}}) ==
        "* bob has joined lobby\n* eve has left lobby (quit)\n");
  CHECK(shown(event::Presence{.room = "lobby", .count = 2000}) == "* 2000 are in lobby\n");
  CHECK(shown(event::Renamed{"bob", "rob"}) == "* bob is now known as rob\n");
  CHECK(shown(event::Renamed{"bob", "rob"}, {.self = "rob"}) == "* you are now known as rob\n");
  CHECK(shown(event::Topic{.room = "lobby", .text = "tea", .from = "bob", .time = {}}) ==
        "* bob has set the topic of lobby: tea\n");
  CHECK(shown(event::Topic{.room = "lobby", .text = "", .from = "bob", .time = {}}) ==
        "* bob has cleared the topic of lobby\n");
  CHECK(shown(event::Left{"lobby"}) == "* you have left lobby\n");
  CHECK(shown(event::Failure{.error = {protocol::Code::not_joined, "you are not in dev"}}) ==
        "! you are not in dev\n");
  CHECK(shown(event::Bye{{protocol::Code::quit, "goodbye"}}) == "* goodbye\n");
  CHECK(shown(event::Bye{{protocol::Code::too_slow, "too slow"}}) == "* goodbye: too slow\n");
  CHECK(shown(event::Ping{}).empty());
}

TEST_CASE("what concerns accounts is told in sentences, and no secret is") {
  const auto when = *protocol::timestamp_from("2026-11-20T23:05:59.999Z");
  const auto registered = shown(event::Registered{.name = "alice", .token = "hub_secret"});
  CHECK(registered.starts_with("* the name alice is yours from now on"));
  CHECK(registered.find("secret") == std::string::npos);
  const auto logged_in = shown(event::LoggedIn{.account = "alice", .name = "ally", .token = "hub_secret"});
  CHECK(logged_in == "* you are logged in, and now known as ally\n");
  CHECK(shown(event::LoggedOut{"guest-7"}) == "* you are logged out, and now known as guest-7\n");
  CHECK(shown(event::Done{}) == "* done\n");
  CHECK(shown(event::Devices{}) == "* no device has a token of your account\n");
  CHECK(
      shown(event::Devices{{{.id = 7, .label = "lap\x1b[31mtop", .created = when, .used = when, .here = true},
                            {.id = 9, .label = "", .created = when, .used = when}}})
          .find('\x1b') == std::string::npos);
  CHECK(shown(event::Devices{{{.id = 9, .label = "", .created = when, .used = when}}}) ==
        "* device 1: no label, since 2026-11-20, used 2026-11-20\n");
  CHECK(shown(event::NameClaimed{.name = "alice", .until = when}) ==
        "* the name alice belongs to an account now; at 23:05 UTC you get another, unless you log in or take "
        "one "
        "with /name NEW\n");
}

TEST_CASE("a newcomer is shown who is there, what it is about, and what was said") {
  auto hi = said("hi");
  hi.time = *protocol::timestamp_from("2026-11-20T23:05:59.999Z");
  const auto one = std::make_shared<const Message>(hi);
  CHECK(shown(event::Joined{.room = "lobby",
                            .topic = "tea",
                            .count = 3,
                            .members = {"alice", "bob"},
                            .last = 1,
                            .history = {one},
                            .complete = true}) ==
        "* you are in lobby (3): alice, bob, and others\n* topic: tea\n"
        "* earlier on 2026-11-20 (times are UTC):\n23:05 alice: hi\n* now:\n");
}

TEST_CASE("the greeting tells name, address and time") {
  const Reader guest{.self = "guest-1",
                     .address = "192.0.2.7:40112",
                     .now = *protocol::timestamp_from("2026-11-20T23:05:59.999Z")};
  CHECK(shown(event::Welcome{.server = "hub", .name = "guest-1", .motd = "one\ntwo"}, guest) ==
        "* one\n* two\n* you are guest-1 on hub, from 192.0.2.7:40112; it is 2026-11-20 23:05 UTC\n"
        "* /name NEW changes your name, /help lists the commands\n");
}

TEST_CASE("what was said before has its time, its day once, and an end") {
  auto late = said("green\ntea");
  late.time = *protocol::timestamp_from("2026-11-20T23:59:59.999Z");
  auto wave = said("waves");
  wave.time = *protocol::timestamp_from("2026-11-21T00:00:00Z");
  wave.kind = protocol::MessageKind::action;
  const std::vector<protocol::MessagePtr> messages{std::make_shared<const Message>(late),
                                                   std::make_shared<const Message>(wave),
                                                   std::make_shared<const Message>(wave)};
  const std::string replayed =
      " on 2026-11-20 (times are UTC):\n23:59 alice: green\n    tea\n"
      "* on 2026-11-21:\n00:00 ~ alice waves\n00:00 ~ alice waves\n* now:\n";
  const Reader somewhere_else{.self = "bob", .in_several_rooms = true};
  CHECK(shown(event::History{.room = "lobby", .messages = messages, .complete = false}, somewhere_else) ==
        "* said in lobby" + replayed);
  const event::Joined joined{
      .room = "lobby", .topic = {}, .count = 1, .members = {"bob"}, .last = 1, .history = messages};
  CHECK(shown(joined) == "* you are in lobby (1): bob\n* earlier" + replayed);
}

TEST_CASE("where nothing was said before there is no mark either") {
  CHECK(shown(event::Joined{.room = "lobby", .topic = {}, .count = 1, .members = {"bob"}}) ==
        "* you are in lobby (1): bob\n");
  CHECK(shown(event::History{.room = "lobby", .messages = {}, .complete = true}) ==
        "* nothing was said in lobby before\n");
}

TEST_CASE("what a search has found is told with its day, and what to do for more") {
  auto message = said("green\ntea");
  message.time = *protocol::timestamp_from("2026-11-20T23:05:59.999Z");
  event::History history{
      .room = "lobby", .messages = {std::make_shared<const Message>(message)}, .complete = true};
  const protocol::request::History asked{
      .room = "lobby", .before = {}, .after = {}, .limit = {}, .search = "x"};
  const Reader seeker{.self = "bob", .in_several_rooms = true, .searched = &asked};
  CHECK(shown(history, seeker) ==
        "* found in lobby (times are UTC):\n2026-11-20 23:05 alice: green\n    tea\n* 1 found\n");
  history.complete = false;
  history.count = 7;
  CHECK_THAT(shown(history, seeker),
             Catch::Matchers::EndsWith("* 7 found, the newest 1 shown; /search shows what is older\n"));
  CHECK(shown(event::History{.room = "lobby", .messages = {}, .complete = true}, seeker) ==
        "* nothing was found in lobby\n");
  history.room.clear();
  CHECK_THAT(shown(history, seeker),
             Catch::Matchers::StartsWith(
                 "* found in your rooms (times are UTC):\n2026-11-20 23:05 [lobby] alice: "));
}

TEST_CASE("a changed message is marked before its author, where nobody can write") {
  Message changed = said("hi");
  changed.change = std::make_shared<const protocol::Change>();
  CHECK(shown(changed) == "(edited) alice: hi\n");
  CHECK(shown(changed, true) == "[lobby] (edited) alice: hi\n");
  changed.kind = protocol::MessageKind::action;
  CHECK(shown(changed) == "(edited) ~ alice hi\n");
  changed.change =
      std::make_shared<const protocol::Change>(protocol::Change{.what = protocol::Change::What::deleted});
  CHECK(shown(changed, true) == "[lobby] (deleted) alice\n");
  changed.to = "bob";
  changed.room.clear();
  changed.account = "alice";
  CHECK(shown(std::make_shared<const Message>(changed), {.self = "alice", .account = "alice"}) ==
        "(deleted) [you -> bob]\n");
  const std::vector<protocol::MessagePtr> messages = {std::make_shared<const Message>(said("hi"))};
  protocol::Message old = said("gone");
  old.change =
      std::make_shared<const protocol::Change>(protocol::Change{.what = protocol::Change::What::deleted});
  CHECK(shown(event::History{.room = "lobby", .messages = {std::make_shared<const Message>(old)}}) ==
        "* said in lobby on 1970-01-01 (times are UTC):\n00:00 (deleted) alice\n* now:\n");
}

TEST_CASE("a change is told with the time of the message, if it was said here lately") {
  auto message = said("tea");
  message.seq = 77;
  message.time = *protocol::timestamp_from("2026-11-20T23:05:59.999Z");
  shown(message);
  const event::Edited edited{
      .room = "lobby", .seq = 77, .change = 78, .text = "green\n* tea", .time = {}, .by = "alice"};
  CHECK(shown(edited) == "* alice has edited a message of 23:05 UTC: green\n    * tea\n");
  CHECK(shown(edited, {.self = "alice", .account = {}, .in_several_rooms = true}) ==
        "* you have edited a message of 23:05 UTC in lobby: green\n    * tea\n");
  event::Deleted deleted{.room = "lobby", .seqs = {77}, .change = 79, .by = "root", .reason = "spam"};
  CHECK(shown(deleted) == "* root has deleted a message of alice of 23:05 UTC: spam\n");
  deleted.seqs = {77, 80};
  CHECK(shown(deleted) == "* root has deleted 2 messages: spam\n");
  // What was said long ago is not remembered.
  for (std::uint64_t seq = 100; seq < 1200; ++seq) {
    message.seq = seq;
    shown(message);
  }
  CHECK(shown(edited) == "* alice has edited a message: green\n    * tea\n");
}

TEST_CASE("roles and rules are told in words to one who enters") {
  event::Joined joined{.room = "lobby", .topic = {}, .count = 2, .members = {"ann", "bob"}};
  joined.roles = {{"ann", "owner"}};
  joined.role = "voice";
  joined.rules.slow_mode = 30'000;
  CHECK(shown(joined) ==
        "* you are in lobby (2): ann (owner), bob\n"
        "* rules: 30 seconds between two messages of a person\n"
        "* you are one with voice in lobby\n");
  event::Members members{.room = "lobby", .count = 1, .names = {"ann"}};
  members.roles = {{"ann", "moderator"}};
  CHECK(shown(members) == "* in lobby (1): ann (moderator)\n");
}

TEST_CASE("what is told of order is lines of the server's") {
  CHECK(shown(event::Kicked{.room = "lobby", .name = "bob", .by = "ann", .reason = "spam"},
              {.self = "bob"}) == "* ann has put you out of lobby: spam\n");
  const event::Ban ban{.id = 7,
                       .room = "lobby",
                       .mask = "name:b*",
                       .action = "mute",
                       .until = *protocol::timestamp_from("2026-11-20T23:05:59.999Z"),
                       .by = "ann"};
  CHECK(shown(event::Banned{.ban = ban}) ==
        "* ann has silenced name:b* in lobby until 2026-11-20 23:05 UTC\n");
  CHECK(shown(event::Bans{.bans = {ban}, .more = true}, {.self = {}, .listed = 50}) ==
        "* ban 51: name:b* is silent in lobby until 2026-11-20 23:05 UTC, by ann\n");
  CHECK(shown(event::Announcement{.text = "one\n* two", .by = "root", .time = {}}) ==
        "* announcement by root: one\n    * two\n");
  CHECK(shown(event::Redeemed{}).starts_with("* the invitation is taken; "));
}

TEST_CASE("the formats of one room and of several are each one object") {
  CHECK(&text_format(false) == &text_format(false));
  CHECK(&text_format(false) != &text_format(true));
}

}  // namespace hubbub::front
