#include "server/ops/log_line.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <ctime>
#include <string>

#include "test/ops/stderr_swap.hpp"
#include "test/support/catch.hpp"

namespace ops = hubbub::ops;
using hubbub::test::Environment;

namespace {

const auto moment = hubbub::protocol::timestamp_from("2026-11-21T09:05:03.007Z").value();

std::string text_of(std::string_view what, ops::log::Fields fields) {
  return ops::log::event_text({.what = what, .fields = {fields.begin(), fields.size()}});
}

/// The text as a program reads it back.
std::string read_back(std::string_view text) {
  const std::array<ops::log::Field, 1> fields{{{.key = "v", .value = text}}};
  const auto line = ops::log::line({ops::log::Format::json, false}, ops::log::Level::info, moment, "net",
                                   {.what = "e", .fields = fields});
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(line.size() <= ops::log::longest_json_line);
  return std::string(boost::json::parse(line).as_object().at("v").as_string());
}

}  // namespace

TEST_CASE("fields follow the event's words") {
  CHECK(text_of("listening", {}) == "listening");
  CHECK(text_of("connected", {{"from", "127.0.0.1:5000"}, {"count", std::uint64_t{18446744073709551615U}}}) ==
        "connected from=127.0.0.1:5000 count=18446744073709551615");
  CHECK(text_of("clock", {{"offset", std::int64_t{-3}}}) == "clock offset=-3");
}

TEST_CASE("a value is quoted where it could be taken for something else") {
  const auto value = [](std::string_view text) { return text_of("e", {{"v", text}}); };
  CHECK(value("Алиса") == "e v=Алиса");
  CHECK(value("") == R"(e v="")");
  CHECK(value("two words") == R"(e v="two words")");
  CHECK(value("a=b") == R"(e v="a=b")");
  CHECK(value(R"(say "hi")") == R"(e v="say \"hi\"")");
  CHECK(value(R"(back\slash)") == R"(e v="back\\slash")");
}

TEST_CASE("nothing in an event breaks its line, drives a terminal or turns the text around") {
  const auto value = [](std::string_view text) { return text_of("e", {{"v", text}}); };
  CHECK(value("a\nb") == R"(e v=a\nb)");
  CHECK(value("a\r\tb") == R"(e v=a\r\tb)");
  CHECK(value("a\n <3>fake") == R"(e v="a\n <3>fake")");
  CHECK(value("\x1b[2J") == R"(e v=\u{1b}[2J)");
  CHECK(value(std::string_view("a\0b", 3)) == R"(e v=a\u{0}b)");
  CHECK(value("\x7f") == R"(e v=\u{7f})");
  CHECK(value("\u0085\u009b") == R"(e v=\u{85}\u{9b})");
  CHECK(value("\u202ebob\u2066\u2069\u200f\u061c") == R"(e v=\u{202e}bob\u{2066}\u{2069}\u{200f}\u{61c})");
  CHECK(value("\u2028\u2029") == R"(e v=\u{2028}\u{2029})");
  CHECK(text_of("words\nand \x1b[31m", {}) == R"(words\nand \u{1b}[31m)");
}

TEST_CASE("bytes that are no UTF-8 are shown as numbers, and the rest stays readable") {
  const auto value = [](std::string_view text) { return text_of("e", {{"v", text}}); };
  CHECK(value("a\xff\x0e") == R"(e v=a\xff\u{e})");
  CHECK(value("\xc3") == R"(e v=\xc3)");                  // cut short
  CHECK(value("\xc0\xaf") == R"(e v=\xc0\xaf)");          // overlong
  CHECK(value("\xed\xa0\x80") == R"(e v=\xed\xa0\x80)");  // a surrogate
  CHECK(value("\xe4\xbd\xa0\x80") == "e v=你\\x80");
}

TEST_CASE("the ways to begin a line that people read") {
  const Environment zone("TZ", "UTC-2");  // POSIX: two hours east of Greenwich
  tzset();
  const auto line = [](ops::log::Style style, ops::log::Level level) {
    return ops::log::line(style, level, moment, "net", {.what = "up", .fields = {}});
  };

  CHECK(line({ops::log::Format::plain, false}, ops::log::Level::info) ==
        "2026-11-21T09:05:03.007Z info    net: up\n");
  CHECK(line({ops::log::Format::human, false}, ops::log::Level::warning) ==
        "2026-11-21 11:05:03.007 warning net: up\n");
  CHECK(line({ops::log::Format::human, true}, ops::log::Level::error) ==
        "2026-11-21 11:05:03.007 \x1b[1;31merror\x1b[0m   net: up\n");
  CHECK(line({ops::log::Format::systemd, false}, ops::log::Level::info) == "<6>net: up\n");
}

TEST_CASE("the journal's priorities are those of syslog") {
  const auto priority = [](ops::log::Level level) {
    return ops::log::line({ops::log::Format::systemd, false}, level, moment, "c", {.what = "t", .fields = {}})
        .substr(0, 3);
  };
  CHECK(priority(ops::log::Level::trace) == "<7>");
  CHECK(priority(ops::log::Level::debug) == "<7>");
  CHECK(priority(ops::log::Level::info) == "<6>");
  CHECK(priority(ops::log::Level::warning) == "<4>");
  CHECK(priority(ops::log::Level::error) == "<3>");
}

TEST_CASE(
    "for programs an event is one JSON object: time, level, channel, event, and its fields in their order") {
  const std::array<ops::log::Field, 4> fields{{{.key = "connection", .value = std::uint64_t{7}},
                                               {.key = "name", .value = "Алиса"},
                                               {.key = "reason", .value = "say \"hi\" \\"},
                                               {.key = "offset", .value = std::int64_t{-3}}}};
  CHECK(ops::log::line({ops::log::Format::json, false}, ops::log::Level::warning, moment, "net",
                       {.what = "disconnected", .fields = fields}) ==
        R"({"time":"2026-11-21T09:05:03.007Z","level":"warning","channel":"net","event":"disconnected",)"
        R"("connection":7,"name":"Алиса","reason":"say \"hi\" \\","offset":-3})"
        "\n");
}

TEST_CASE("whatever a value holds, a line of JSON stays one, and shows a terminal nothing that drives it") {
  for (const std::string text :
       {"", "a\nb\r\t", "\x1b[2J\x7f", "\u0085\u009b", "\u202ebob\u2066", "你好 🙂", "\"\\"}) {
    CHECK(read_back(text) == text);
  }
  CHECK(read_back(std::string("a\0b", 3)) == std::string("a\0b", 3));
  CHECK(read_back("a\xff") == "a\\xff");
  const std::array<ops::log::Field, 1> fields{{{.key = "v", .value = "\x1b\u202e\u009b"}}};
  CHECK_THAT(ops::log::line({ops::log::Format::json, false}, ops::log::Level::info, moment, "net",
                            {.what = "e", .fields = fields}),
             Catch::Matchers::EndsWith(R"("v":"\u001b\u202e\u009b"})"
                                       "\n"));
}

TEST_CASE("of a value that would make a line of JSON too long the beginning is told") {
  CHECK_THAT(read_back(std::string(200'000, 'x')), Catch::Matchers::EndsWith("xxx..."));
  CHECK_THAT(read_back(std::string(3'000, '\x1b')), Catch::Matchers::EndsWith("\x1b..."));
}
