#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/name.hpp"
#include "protocol/utf8.hpp"
#include "server/front/text/text_format.hpp"
#include "test/support/catch.hpp"

// In plain text a line that begins with "* " or "! " is the server's, whatever people say, do, call a room or
// write into a topic.
namespace hubbub::front {
namespace {

namespace event = protocol::event;
using namespace std::string_view_literals;

/// Words, and what has ever been a line ending, a control or a beginning of a line somewhere.
constexpr std::array pieces{
    "a"sv,        "* "sv,        "*"sv,         "! "sv,       "~ "sv,
    "\n"sv,       "\r"sv,        "\r\n"sv,      "\v"sv,       "\f"sv,
    "\x1c"sv,     "\x1e"sv,      "\0"sv,        "\t"sv,       " "sv,
    "\b"sv,       "\x1b[2K\r"sv, "\x1b[A"sv,    "\x7f"sv,     "\xC2\x85"sv,
    "\xC2\x84"sv, "\xC2\x9B"sv,  "\u2028"sv,    "\u2029"sv,   "\u202E"sv,
    "\u2066"sv,   "\u2069"sv,    "\uFEFF"sv,    "\u200B"sv,   "\u3000"sv,
    "\u00A0"sv,   "\u0301"sv,    "\xFF"sv,      "\xE2\x80"sv, "bob has left lobby (quit)"sv,
    "[books] "sv, "09:30 "sv,    "* now:"sv,    ": "sv,       "я"sv,
    "\xC0\x8A"sv, "goodbye"sv,   "(no_such)"sv, ")"sv,        "\n    "sv,
    "\n* "sv,     "\n! "sv,
};

class Author {
 public:
  explicit Author(std::uint32_t seed) : random_(seed) {}

  std::string text() {
    std::string text;
    for (auto count = random_() % 8; count > 0; --count) text += pieces.at(random_() % pieces.size());
    return text;
  }
  /// What may be a name; most of what it thinks of may not.
  std::string name() {
    for (int tries = 0; tries < 8; ++tries) {
      if (const auto name = protocol::parse_name(text())) return name->shown;
    }
    return "alice";
  }
  protocol::Message message() {
    const bool is_private = random_() % 4 == 0;
    return {.room = is_private ? "" : name(),
            .to = is_private ? name() : "",
            .seq = 1,
            .time = {},
            .from = name(),
            .text = text(),
            .id = {},
            .kind = !is_private && random_() % 2 == 0 ? protocol::MessageKind::action
                                                      : protocol::MessageKind::said};
  }

 private:
  std::mt19937 random_;
};

/// Whether no other end of a line is in it than a line feed, and nothing that drives a terminal.
bool is_clean(std::string_view out) {
  while (!out.empty()) {
    const auto next = protocol::front_code_point(out);
    const bool stays = next.value == '\n' || next.value == '\t' || !protocol::is_control(next.value);
    if (next.bytes == 0 || !stays || protocol::is_line_separator(next.value) ||
        protocol::is_direction_override(next.value)) {
      return false;
    }
    out.remove_prefix(next.bytes);
  }
  return true;
}

std::vector<std::string> lines_of(std::string_view out) {
  REQUIRE(is_clean(out));
  REQUIRE((out.empty() || out.back() == '\n'));
  std::vector<std::string> lines;
  while (!out.empty()) {
    lines.emplace_back(out.substr(0, out.find('\n')));
    out.remove_prefix(lines.back().size() + 1);
  }
  return lines;
}

std::vector<std::string> shown_lines(event::Any body, const Reader& reader) {
  std::string out;
  to_text({.body = std::move(body), .ref = {}}, reader, out);
  return lines_of(out);
}

bool is_server(const std::string& line) { return line.starts_with('*') || line.starts_with('!'); }

std::size_t server_lines(const std::vector<std::string>& lines) {
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), is_server));
}

}  // namespace

TEST_CASE("nothing that a person says or does makes a line of the server's") {
  const auto seed = GENERATE(take(1500, random(0, 1'000'000'000)));
  CAPTURE(seed);
  Author author(static_cast<std::uint32_t>(seed));
  const auto message = author.message();
  CAPTURE(message.text);
  for (const bool in_several : {false, true}) {
    std::string out;
    text_format(in_several).render(message, "", out);
    CHECK(server_lines(lines_of(out)) == 0);
    const Reader reader{.self = message.from, .in_several_rooms = in_several};
    CHECK(server_lines(shown_lines(std::make_shared<const protocol::Message>(message), reader)) == 0);
  }
}

TEST_CASE("what the server tells of people is as many lines as it has to tell") {
  const auto seed = GENERATE(take(1500, random(0, 1'000'000'000)));
  CAPTURE(seed);
  Author author(static_cast<std::uint32_t>(seed));
  const auto one = std::make_shared<const protocol::Message>(author.message());
  const auto other = std::make_shared<const protocol::Message>(author.message());
  const Reader reader{.self = "alice", .in_several_rooms = seed % 2 == 0};
  const auto all_of = [&](event::Any body, std::size_t count) {
    const auto lines = shown_lines(std::move(body), reader);
    return lines.size() == count && server_lines(lines) == count;
  };
  CHECK(all_of(event::Presence{.room = author.name(),
                               .count = 2,
                               .joined = {author.name()},
                               .left = {{author.name(), author.text()}}},
               2));
  CHECK(all_of(event::Topic{.room = author.name(), .text = author.text(), .from = author.name(), .time = {}},
               1));
  CHECK(all_of(event::Renamed{author.name(), author.name()}, 1));
  CHECK(all_of(event::Rooms{.rooms = {{author.name(), author.text(), 1}}, .more = false}, 1));
  CHECK(all_of(event::Failure{.error = {protocol::Code::denied, author.text()}}, 1));
  CHECK(all_of(event::Bye{{protocol::Code::kicked, author.text()}}, 1));
  // The room, its topic, the beginning of what was said before and its end.
  const event::Joined joined{.room = author.name(),
                             .topic = "x" + author.text(),
                             .count = 2,
                             .members = {author.name(), author.name()},
                             .last = 1,
                             .history = {one, other},
                             .complete = true};
  CHECK(server_lines(shown_lines(joined, reader)) == 4);
  CHECK(server_lines(shown_lines(
            event::History{.room = joined.room, .messages = {one, other}, .complete = true}, reader)) == 2);
}

TEST_CASE("what is told of rooms, changes and order is as many lines of the server's as it has to tell") {
  const auto seed = GENERATE(take(800, random(0, 1'000'000'000)));
  CAPTURE(seed);
  Author author(static_cast<std::uint32_t>(seed));
  const auto self = author.name();
  const Reader reader{.self = self, .in_several_rooms = seed % 2 == 0};
  const auto lines = [&](event::Any body) { return server_lines(shown_lines(std::move(body), reader)); };
  const event::Ban ban{.id = 7,
                       .room = author.name(),
                       .mask = author.text(),
                       .action = "ban",
                       .by = author.name(),
                       .reason = author.text()};
  CHECK(lines(event::Edited{
            .room = author.name(), .seq = 1, .change = 2, .text = author.text(), .by = author.name()}) == 1);
  CHECK(lines(event::Deleted{
            .room = author.name(), .seqs = {1}, .change = 2, .by = author.name(), .reason = author.text()}) ==
        1);
  CHECK(lines(event::Kicked{
            .room = author.name(), .name = author.name(), .by = author.name(), .reason = author.text()}) ==
        1);
  CHECK(lines(event::Closed{.room = author.name(), .by = author.name(), .reason = author.text()}) == 1);
  CHECK(lines(event::Role{
            .room = author.name(), .name = author.name(), .role = "voice", .by = author.name()}) == 1);
  CHECK(lines(event::Banned{.ban = ban, .matches = {author.name()}}) == 1);
  CHECK(lines(event::Unbanned{.id = 7, .room = author.name(), .mask = author.text()}) == 1);
  CHECK(lines(event::Bans{.bans = {ban, ban}}) == 2);
  CHECK(lines(event::Invited{.room = author.name(), .name = author.name(), .by = author.name()}) == 1);
  const event::ReportInfo report{.id = 1,
                                 .room = author.name(),
                                 .seq = 5,
                                 .of = author.name(),
                                 .by = author.name(),
                                 .text = author.text()};
  CHECK(lines(event::Report{report}) == 1);
  CHECK(lines(event::Reports{.reports = {report, report}}) == 2);
  CHECK(lines(event::Announcement{.text = author.text(), .by = author.name()}) == 1);
  CHECK(lines(event::Lockdown{.level = 1, .reason = author.text(), .by = author.name()}) == 1);
  CHECK(lines(event::Audit{.entries = {{.id = 1,
                                        .by = author.name(),
                                        .action = "role",
                                        .whom = author.text(),
                                        .before = author.text(),
                                        .after = author.text()}}}) == 1);
  event::Room room{.room = author.name(), .topic = "x" + author.text(), .topic_by = author.name()};
  room.rules.key = author.text();
  CHECK(lines(room) == 3);
  auto changed = author.message();
  changed.change = std::make_shared<const protocol::Change>();
  CHECK(lines(std::make_shared<const protocol::Message>(changed)) == 0);
}

TEST_CASE("a message of the day of several lines is the server's in each") {
  const auto lines = shown_lines(
      event::Welcome{.server = "hub", .name = "guest-1", .motd = "one\n\nthree\u2028four"}, Reader{});
  CHECK(lines.size() == 5);
  CHECK(server_lines(lines) == 5);
}

}  // namespace hubbub::front
