#include "client/view/typesetter.hpp"

#include <cstdlib>
#include <ctime>

#include "client/view/text_width.hpp"
#include "test/client/news.hpp"
#include "test/support/catch.hpp"

using namespace hubbub;
using namespace hubbub::test;
using client::Item;
using client::Look;
using client::Palette;
using client::Said;
using client::Typesetter;
namespace event = protocol::event;

namespace {

/// Three hours ahead of UTC, so that noon there is 15:00 here.
void be_in_moscow() {
  ::setenv("TZ", "<+03>-3", 1);
  ::tzset();
}

Typesetter plain(Look look = {}) {
  be_in_moscow();
  return {Palette(Palette::Depth::none), look, client::unicode_glyphs};
}

Item said(std::string from, std::string text, protocol::Timestamp time = noon) {
  return {time, Said{message("lobby", std::move(from), std::move(text), 1, time)}};
}

Item mentioned(std::string text, client::Span span) {
  return {noon, Said{message("lobby", "bob", std::move(text)), {span}}};
}

Item fact(event::Any body, bool own = false) { return {noon, client::Fact{event_of(std::move(body)), own}}; }

std::string set(const Item& item, std::size_t columns = 80, Look look = {}) {
  return plain(look).lines(item, columns, noon);
}

/// All of them, one below the other.
std::string lines(Typesetter& typesetter, const std::vector<Item>& items) {
  std::string text;
  for (const std::string& each : typesetter.each(items, 80, noon)) text += each;
  return text;
}

bool has_controls(std::string_view text) {
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') return true;
  }
  return text.find("\u202e") != std::string_view::npos || text.find("\u0085") != std::string_view::npos;
}

}  // namespace

TEST_CASE("names stand in a column, by their width on the screen") {
  Typesetter typesetter = plain();
  CHECK(lines(typesetter, {said("alice", "hi"), said("小明", "大家好"), said("Константин", "привет")}) ==
        "15:00      alice │ hi\n"
        "15:00       小明 │ 大家好\n"
        "15:00 Константин │ привет\n");
  CHECK(set(said("a-very-long-name", "hi")) == "15:00 a-very-long… │ hi\n");
}

TEST_CASE("the column of names is as wide as the widest so far") {
  Typesetter typesetter = plain();
  CHECK(typesetter.lines(said("bob", "hi"), 80, noon) == "15:00   bob │ hi\n");
  CHECK(typesetter.lines(said("charlotte", "hi"), 80, noon) == "15:00 charlotte │ hi\n");
  CHECK(typesetter.lines(said("bob", "hi"), 80, noon) == "15:00       bob │ hi\n");
}

TEST_CASE("a long message goes on under its beginning, and so do its own lines") {
  CHECK(set(said("alice", "one two three four five six seven"), 42) ==
        "15:00 alice │ one two three four five six\n"
        "            │ seven\n");
  CHECK(set(said("eve", "hi\n15:00 admin │ obey")) ==
        "15:00   eve │ hi\n"
        "            │ 15:00 admin │ obey\n");
}

TEST_CASE("the last column is left free") {
  CHECK(set(said("alice", "aaaa bbbb"), 40 + 1).find('\n') == std::string("15:00 alice │ aaaa bbbb").size());
  const std::string text(26, 'x');
  CHECK(set(said("alice", text), 41) == "15:00 alice │ " + text + "\n");
  CHECK(set(said("alice", text + "x"), 41) == "15:00 alice │ " + text + "\n            │ x\n");
}

TEST_CASE("on a narrow screen names take less room, and on a very narrow one lines of their own") {
  CHECK(set(said("charlotte-anne", "hi"), 45) == "15:00 charlott… │ hi\n");
  CHECK(set(said("alice", "one two three four"), 20) == "15:00 alice\n│ one two three\n│ four\n");
  CHECK(set(said("a-name-that-is-very-long", "hi"), 20) == "15:00 a-name-that-…\n│ hi\n");
  CHECK(set({noon, client::Notice{"bob has joined lobby"}}, 20) == "15:00 — bob has\n│ joined lobby\n");
}

TEST_CASE("private messages that were kept are told of by person, in a line and in a list") {
  auto setter = plain();
  const Item mail{noon, client::Mail{{{"bob", 3}, {"carol\x1b[2J", 1}}}};
  CHECK(setter.lines(mail, 80, noon) == "15:00     — │ 3 unread messages from bob, 1 from carol[2J\n");
  const event::Conversations list{{{"bob", 9, 4, 3}, {"carol", 8, 8, 0}, {"dave", 7, 0, 1000}}, false};
  CHECK(setter.lines({noon, client::Fact{event_of(list)}}, 80, noon) ==
        "15:00     — │ bob: 3 unread\n"
        "15:00     — │ carol\n"
        "15:00     — │ dave: at least 1000 unread\n");
  const Item none{noon, client::Fact{event_of(event::Conversations{})}};
  CHECK(setter.lines(none, 80, noon) == "15:00     — │ no private messages of yours are kept\n");
}

TEST_CASE("actions, private messages and notices are set apart") {
  protocol::Message action = *message("lobby", "alice", "waves");
  action.kind = protocol::MessageKind::action;
  CHECK(set({noon, Said{std::make_shared<const protocol::Message>(action)}}) ==
        "15:00     * │ alice waves\n");
  CHECK(set({noon, Said{whisper("alice", "me", "psst")}}) == "15:00 [alice → you] psst\n");
  CHECK(set({noon, Said{whisper("me", "alice", "psst"), {}, true}}) == "15:00 [you → alice] psst\n");
  CHECK(set({noon, Said{whisper("alice", "me", "one two three four five")}}, 42) ==
        "15:00 [alice → you] one two three four\n            │ five\n");
  CHECK(set({noon, Said{whisper("alice", "me", "psst")}}, 20) == "15:00 [alice → you]\n│ psst\n");
  CHECK(set({noon, client::Notice{"one\ntwo"}}) == "15:00     — │ one\n            │ two\n");
}

TEST_CASE("where one is mentioned the bar is bold, also without colours") {
  CHECK(set(mentioned("hi me", {3, 5})) == "15:00   bob ┃ hi me\n");
  client::Item item = mentioned("waves at me", {9, 11});
  protocol::Message action = *std::get<Said>(item.what).message;
  action.kind = protocol::MessageKind::action;
  std::get<Said>(item.what).message = std::make_shared<const protocol::Message>(action);
  CHECK(set(item) == "15:00     * ┃ bob waves at me\n");
  Typesetter colourful(Palette(Palette::Depth::basic), {}, client::unicode_glyphs);
  const std::string line = colourful.lines(mentioned("hi me: you", {3, 5}), 80, noon);
  CHECK(line.find("hi \x1b[1;7mme\x1b[0m: you") != std::string::npos);
  CHECK(line.find("\x1b[1;7mbob\x1b[0m") != std::string::npos);
  const std::string own = colourful.lines({noon, Said{message("lobby", "me", "hi"), {}, true}}, 80, noon);
  CHECK(own.find("\x1b[1mme\x1b[0m") != std::string::npos);
}

TEST_CASE("a name that was cut keeps its colour") {
  const Palette palette(Palette::Depth::wide);
  const std::string whole = palette.name("a-very-long-name");
  const std::string line =
      Typesetter(palette, {}, client::unicode_glyphs).lines(said("a-very-long-name", "hi"), 80, noon);
  CHECK(line.find(whole.substr(0, whole.find('a')) + "a-very-long…") != std::string::npos);
}

TEST_CASE("times are with seconds, or not there, as is wanted") {
  CHECK(set(said("alice", "hi"), 80, {.times = Look::Times::seconds}) == "15:00:00 alice │ hi\n");
  CHECK(set(said("alice", "hi"), 80, {.times = Look::Times::off}) == "alice │ hi\n");
  CHECK(set(said("alice", "hi"), 20, {.times = Look::Times::off}) == "alice\n│ hi\n");
}

TEST_CASE("days are told apart, by the local clock") {
  Typesetter typesetter = plain();
  CHECK(lines(typesetter, {said("alice", "old", at("2026-11-20T20:59:59Z")),
                           said("alice", "new", at("2026-11-20T21:00:00Z"))}) ==
        "── Friday, 20 November 2026 ──\n23:59 alice │ old\n── Saturday, 21 November 2026 ──\n00:00 alice │ "
        "new\n");
  CHECK(typesetter.lines(said("alice", "hi"), 80, noon) == "15:00 alice │ hi\n");
  typesetter.begin_anew();
  CHECK(typesetter.lines(said("alice", "hi"), 80, noon) == "15:00 alice │ hi\n");
  CHECK(typesetter.lines(said("alice", "hi", at("2026-11-22T12:00:00Z")), 20, noon) ==
        "── Sun 22 Nov ──\n15:00 alice\n│ hi\n");
  CHECK(set(said("alice", "hi", at("2026-01-01T12:00:00Z")), 80, {.date = Look::Date::iso}) ==
        "── 2026-01-01 ──\n15:00 alice │ hi\n");
}

TEST_CASE("a line between others is of no day") {
  const protocol::Timestamp yesterday = at("2026-11-20T12:00:00Z");
  Typesetter typesetter = plain();
  typesetter.lines(said("alice", "hi", yesterday), 80, noon);
  CHECK(lines(typesetter, {{noon, client::Heading{"dev", ""}},
                           {noon, client::UnreadLine{2, 0, 0}},
                           said("alice", "old", yesterday),
                           {noon, client::Past{"dev", true}},
                           said("alice", "new")}) ==
        "── dev ──\n──── 2 unread ────\n15:00 alice │ old\n──── now ────\n"
        "── Saturday, 21 November 2026 ──\n15:00 alice │ new\n");
}

TEST_CASE("the unread line counts, and says what is not there") {
  CHECK(set({noon, client::UnreadLine{3, 0, 0}}) == "──── 3 unread ────\n");
  CHECK(set({noon, client::UnreadLine{3, 1, 0}}) == "──── 3 unread, 1 mentions you ────\n");
  CHECK(set({noon, client::UnreadLine{}}) == "──── unread ────\n");
  CHECK(set({noon, client::UnreadLine{2000, 2, 1000, 2005}}) ==
        "──── 2000 unread, 2 mention you ────\n"
        "15:00     — │ the oldest 1000 are not here: /history 2005 shows all\n");
  CHECK(set({noon, client::UnreadLine{20000, 0, 19000, 20000}}) ==
        "──── 20000 unread ────\n"
        "15:00     — │ the oldest 19000 are not here: /history 10000 shows more of them\n");
  CHECK(set({noon, client::UnreadLine{2000, 2, 0}}, 20) == "2000 unread, 2 men…\n");
}

TEST_CASE("headings, the past, and what was missed") {
  CHECK(set({noon, client::Heading{"dev", ""}}) == "── dev ──\n");
  CHECK(set({noon, client::Heading{"dev", "all about code"}}, 24) == "── dev · all about … ──\n");
  CHECK(set({noon, client::Past{"dev", false}}) == "──── earlier in dev ────\n");
  CHECK(set({noon, client::Past{"dev", true}}) == "──── now ────\n");
  CHECK(set({noon, client::Missed{{{"dev", 143, 2}, {"ops", 1, 1}}}}) ==
        "15:00     — │ dev: 143 missed, 2 mention you; ops: 1 missed, 1 mentions you\n");
  CHECK(set({noon, client::TopicIs{"dev", ""}}) == "15:00     — │ dev has no topic\n");
}

TEST_CASE("who came and went is one line") {
  const auto moves = [](Strings joined, std::vector<event::Departure> left) {
    return set({noon, client::Moves{"lobby", std::move(joined), std::move(left)}});
  };
  CHECK(moves({"a"}, {}) == "15:00     — │ a has joined lobby\n");
  CHECK(moves({}, {{"a", "see you"}}) == "15:00     — │ a has left lobby (see you)\n");
  CHECK(moves({"a", "b", "c"}, {{"d", "quit"}, {"e", ""}}) ==
        "15:00     — │ 3 joined: a, b, c; 2 left: d, e\n");
  CHECK(moves({}, {{"d", "quit"}, {"e", ""}}) == "15:00     — │ 2 left: d, e\n");
}

TEST_CASE("facts are told in words") {
  event::Joined joined;
  joined.room = "lobby";
  joined.topic = "cats";
  joined.count = 2;
  joined.members = {"alice", "bob"};
  CHECK(set(fact(joined)) ==
        "15:00     — │ you are in lobby with 2 people: alice, bob\n15:00     — │ the topic of lobby: cats\n");
  CHECK(set(fact(event::Renamed{"a", "b"}, true)) == "15:00     — │ you are now known as b\n");
  CHECK(set(fact(event::Renamed{"a", "b"})) == "15:00     — │ a is now known as b\n");
  CHECK(set(fact(event::Left{"lobby"})) == "15:00     — │ you have left lobby\n");
  CHECK(set(fact(event::Failure{{protocol::Code::denied, "no"}, {}, 0})) == "15:00     ! │ no\n");
  CHECK(set(fact(event::Pong{})).empty());
}

TEST_CASE("rooms are listed with their numbers and what is unread") {
  CHECK(set({noon,
             client::RoomList{
                 {{.name = "dev", .topic = "code", .people = 2, .number = 1, .unread = 5, .mentions = 1},
                  {.name = "lobby", .people = 1, .number = 2, .current = true},
                  {.name = "ops", .people = 3, .muted = true},
                  {.name = "@hana", .topic = "not kept", .number = 3, .is_private = true}},
                 true}}) ==
        "15:00     1 │ dev, 1 for you, 4 new, 2 people: code\n"
        "15:00     2 │ lobby (here), 1 person\n"
        "15:00     — │ ops muted, 3 people\n"
        "15:00     3 │ @hana, a private view: not kept\n"
        "15:00     — │ and others\n");
  CHECK(set({noon, client::RoomList{}}) == "15:00     — │ there are no rooms\n");
}

TEST_CASE("a hit of a search shows its room and its time") {
  const Item hit{at("2026-11-19T08:00:00Z"), client::Hit{{message("dev", "alice", "tea"), {{0, 3}}}, 7}};
  CHECK(set(hit) == "[7] 2026-11-19 11:00 dev alice │ tea\n");
  CHECK(set(hit, 20) == "[7] 2026-11-19 11:…\n│ tea\n");
}

TEST_CASE("on a terminal that has nothing but ASCII there is nothing else of ours") {
  be_in_moscow();
  CHECK(&client::glyphs_for("UTF-8", "xterm") == &client::unicode_glyphs);
  CHECK(&client::glyphs_for("ANSI_X3.4-1968", "xterm") == &client::ascii_glyphs);
  CHECK(&client::glyphs_for("UTF-8", "dumb") == &client::ascii_glyphs);
  CHECK(&client::glyphs_for("UTF-8", "") == &client::ascii_glyphs);
  Typesetter typesetter(Palette(Palette::Depth::none), {}, client::ascii_glyphs);
  const std::string text = lines(typesetter, {said("alice", "hi"),
                                              mentioned("me", {0, 2}),
                                              said("a-very-long-name", "x", at("2026-11-20T12:00:00Z")),
                                              {noon, Said{whisper("a", "me", "psst")}},
                                              {noon, client::UnreadLine{3, 0, 0}},
                                              {noon, client::Heading{"d", "t"}}});
  for (const char byte : text) CHECK(static_cast<unsigned char>(byte) < 0x80);
  CHECK(text.find("---- 3 unread ----") != std::string::npos);
}

TEST_CASE("nothing that others wrote drives the terminal or leaves the columns, in whatever field") {
  const std::string nasty =
      "a\x1b[2J\x07\u0085\u202e\r\nb" + std::string(40, '\t') + "\u0301\u0301\u0301\u0301\u0301\u0301";
  const auto columns = GENERATE(as<std::size_t>(), 20, 40, 80);
  protocol::Message action = *message(nasty, nasty, nasty);
  action.kind = protocol::MessageKind::action;
  event::Joined joined;
  joined.room = joined.topic = nasty;
  joined.members = {nasty};
  event::Welcome greeting;
  greeting.name = greeting.server = greeting.motd = nasty;
  const std::vector<Item> items = {
      said(nasty, nasty),
      mentioned(nasty, {1, 4}),
      {noon, Said{std::make_shared<const protocol::Message>(action)}},
      {noon, Said{whisper(nasty, nasty, nasty)}},
      {noon, client::Hit{{message(nasty, nasty, nasty)}}},
      {noon, client::Moves{nasty, {nasty}, {{nasty, nasty}}}},
      {noon, client::Moves{nasty, {}, {{nasty, nasty}}}},
      fact(joined),
      fact(greeting),
      fact(event::Left{nasty}),
      fact(event::Renamed{nasty, nasty}),
      fact(event::Topic{nasty, nasty, nasty, noon}),
      fact(event::Members{nasty, 1, {nasty}, false}),
      fact(event::Failure{{protocol::Code::bad_json, nasty}, {}, 0}),
      {noon, client::RoomList{{{.name = nasty, .topic = nasty}}, false}},
      {noon, client::Heading{nasty, nasty}},
      {noon, client::TopicIs{nasty, nasty}},
      {noon, client::Past{nasty, false}},
      {noon, client::Missed{{{nasty, 1, 1}}}},
      {noon, client::Notice{nasty}},
  };
  for (const Item& item : items) {
    const std::string text = set(item, columns);
    INFO(text);
    CHECK_FALSE(has_controls(text));
    CHECK(text.ends_with('\n'));
    CHECK(text.find("\u0301\u0301\u0301\u0301\u0301") == std::string::npos);
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
      CHECK(client::width(rest.substr(0, rest.find('\n'))) < columns);
  }
}
