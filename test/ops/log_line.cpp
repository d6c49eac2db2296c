#include "server/ops/log_line.hpp"

#include <ctime>

#include "test/ops/stderr_swap.hpp"
#include "test/support/catch.hpp"

namespace ops = hubbub::ops;
using hubbub::test::Environment;

namespace {

const auto moment = hubbub::protocol::timestamp_from("2026-11-21T09:05:03.007Z").value();

}  // namespace

TEST_CASE("fields follow the event's words") {
  CHECK(ops::log::event_text("listening", {}) == "listening");
  CHECK(ops::log::event_text("connected",
                             {{"from", "127.0.0.1:5000"}, {"count", std::uint64_t{18446744073709551615U}}}) ==
        "connected from=127.0.0.1:5000 count=18446744073709551615");
  CHECK(ops::log::event_text("clock", {{"offset", std::int64_t{-3}}}) == "clock offset=-3");
}

TEST_CASE("a value is quoted where it could be taken for something else") {
  const auto value = [](std::string_view text) { return ops::log::event_text("e", {{"v", text}}); };
  CHECK(value("Алиса") == "e v=Алиса");
  CHECK(value("") == R"(e v="")");
  CHECK(value("two words") == R"(e v="two words")");
  CHECK(value("a=b") == R"(e v="a=b")");
  CHECK(value(R"(say "hi")") == R"(e v="say \"hi\"")");
  CHECK(value(R"(back\slash)") == R"(e v="back\\slash")");
}

TEST_CASE("nothing in an event breaks its line, drives a terminal or turns the text around") {
  const auto value = [](std::string_view text) { return ops::log::event_text("e", {{"v", text}}); };
  CHECK(value("a\nb") == R"(e v=a\nb)");
  CHECK(value("a\r\tb") == R"(e v=a\r\tb)");
  CHECK(value("a\n <3>fake") == R"(e v="a\n <3>fake")");
  CHECK(value("\x1b[2J") == R"(e v=\u{1b}[2J)");
  CHECK(value(std::string_view("a\0b", 3)) == R"(e v=a\u{0}b)");
  CHECK(value("\x7f") == R"(e v=\u{7f})");
  CHECK(value("\u0085\u009b") == R"(e v=\u{85}\u{9b})");
  CHECK(value("\u202ebob\u2066\u2069\u200f\u061c") == R"(e v=\u{202e}bob\u{2066}\u{2069}\u{200f}\u{61c})");
  CHECK(value("\u2028\u2029") == R"(e v=\u{2028}\u{2029})");
  CHECK(ops::log::event_text("words\nand \x1b[31m", {}) == R"(words\nand \u{1b}[31m)");
}

TEST_CASE("bytes that are no UTF-8 are shown as numbers, and the rest stays readable") {
  const auto value = [](std::string_view text) { return ops::log::event_text("e", {{"v", text}}); };
  CHECK(value("a\xff\x0e") == R"(e v=a\xff\u{e})");
  CHECK(value("\xc3") == R"(e v=\xc3)");                  // cut short
  CHECK(value("\xc0\xaf") == R"(e v=\xc0\xaf)");          // overlong
  CHECK(value("\xed\xa0\x80") == R"(e v=\xed\xa0\x80)");  // a surrogate
  CHECK(value("\xe4\xbd\xa0\x80") == "e v=你\\x80");
}

TEST_CASE("the four ways to begin a line") {
  const Environment zone("TZ", "UTC-2");  // POSIX: two hours east of Greenwich
  tzset();
  const auto line = [](ops::log::Style style, ops::log::Level level) {
    return ops::log::line(style, level, moment, "net", "up");
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
    return ops::log::line({ops::log::Format::systemd, false}, level, moment, "c", "t").substr(0, 3);
  };
  CHECK(priority(ops::log::Level::trace) == "<7>");
  CHECK(priority(ops::log::Level::debug) == "<7>");
  CHECK(priority(ops::log::Level::info) == "<6>");
  CHECK(priority(ops::log::Level::warning) == "<4>");
  CHECK(priority(ops::log::Level::error) == "<3>");
}
