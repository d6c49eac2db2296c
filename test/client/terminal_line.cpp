// What of the line that is being typed is shown, and what of a paste gets into it.
#include <algorithm>
#include <clocale>
#include <string>

#include "client/terminal/line_editor_keys.hpp"
#include "client/terminal/shown_line.hpp"
#include "test/support/catch.hpp"

namespace hubbub::client::terminal {
namespace {

/// The widths of characters are those of the locale.
struct Utf8 {
  Utf8() { std::setlocale(LC_CTYPE, "C.UTF-8"); }
};

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int time = 0; time < times; ++time) all += text;
  return all;
}

/// The paste that the marks are around, or what has come of it when there is no end.
std::string pasted(std::string_view bytes) {
  Paste paste;
  for (const char byte : bytes) {
    if (paste.take(byte)) return paste.text();
  }
  return "unfinished: " + paste.text();
}

}  // namespace

TEST_CASE_METHOD(Utf8, "a short line is shown as it is") {
  const ShownLine shown = shown_line("hello 世界", 6, {80, 10, 7});
  CHECK(shown.text == "hello 世界");
  CHECK(shown.cursor == 6);
  CHECK(shown_rows("hello 世界", {80, 10, 7}) == 1);
}

TEST_CASE_METHOD(Utf8, "each line of a message is on a row of its own, indented") {
  const ShownLine shown = shown_line("one\ntwo\nthree", 4, {80, 10, 7});
  CHECK(shown.text == "one\n  two\n  three");
  CHECK(shown.cursor == 6);
  CHECK(shown_line("one\n", 4, {80, 10, 7}).cursor == 6);
  CHECK(shown_rows("one\ntwo\nthree", {80, 10, 7}) == 3);
}

TEST_CASE_METHOD(Utf8, "emoji of several are shown in parts that are as wide on every terminal") {
  const std::string family = "👨\u200D👩\u200D👧";
  CHECK(shown_line(family + "!", family.size(), {80, 10, 7}).text == "👨👩👧!");
  CHECK(shown_line(family + "!", family.size(), {80, 10, 7}).cursor == std::string("👨👩👧").size());
  CHECK(shown_line("👍🏽 ❤\uFE0F 1\uFE0F\u20E3", 0, {80, 10, 7}).text == "👍 ❤ 1\u20E3");
  CHECK(shown_line("🇩🇪🇨🇳.", 8, {80, 10, 7}).text == "DECN.");
  CHECK(shown_line("🇩🇪🇨🇳.", 8, {80, 10, 7}).cursor == 2);
  CHECK(shown_line("🏴\U000E0067\U000E0062\U000E007F", 0, {80, 10, 7}).text == "🏴");
  CHECK(shown_line("a 🏽", 0, {80, 10, 7}).text == "a 🏽");
  // Ten columns: the prompt, "> ", and four thumbs, each with its tone.
  CHECK(shown_rows("👍🏽👍🏽👍🏽👍🏽", {10, 10, 2}) == 2);
  CHECK(shown_rows("👍🏽👍🏽👍🏽", {10, 10, 2}) == 1);
}

TEST_CASE_METHOD(Utf8, "a line higher than the screen is shown around the cursor") {
  std::string line;
  for (int number = 1; number <= 40; ++number) line += "line " + std::to_string(number) + "\n";
  line += "last";
  const Area area{80, 8, 7};

  const ShownLine end = shown_line(line, line.size(), area);
  CHECK(end.text == "…line 36\n  line 37\n  line 38\n  line 39\n  line 40\n  last");
  CHECK(end.cursor == end.text.size());

  const ShownLine begin = shown_line(line, 0, area);
  CHECK(begin.text == "line 1\n  line 2\n  line 3\n  line 4\n  line 5\n  line 6…");
  CHECK(begin.cursor == 0);

  const std::size_t at = line.find("20");
  const ShownLine middle = shown_line(line, at, area);
  CHECK(middle.text == "…line 17\n  line 18\n  line 19\n  line 20\n  line 21\n  line 22…");
  CHECK(middle.text.substr(middle.cursor, 2) == "20");
}

TEST_CASE_METHOD(Utf8, "wide characters take two columns, and are never cut in two") {
  const Area area{21, 5, 3};
  const std::string line = repeated("世", 200);
  for (std::size_t cursor = 0; cursor <= line.size(); cursor += 3) {
    CAPTURE(cursor);
    const ShownLine shown = shown_line(line, cursor, area);
    CHECK(shown_rows(shown.text, area) <= 5);
    CHECK(shown.cursor <= shown.text.size());
    std::string rest = shown.text;
    for (const std::string mark : {"…", "世"}) {
      for (std::size_t found = 0; (found = rest.find(mark)) != std::string::npos;)
        rest.erase(found, mark.size());
    }
    CHECK(rest.empty());
  }
}

TEST_CASE_METHOD(Utf8, "controls and tabs are counted as Readline shows them") {
  CHECK(shown_rows("a\tb", {10, 5, 0}) == 1);
  CHECK(shown_rows("\t\tb", {10, 5, 0}) == 2);
  CHECK(shown_rows(repeated("\x01", 6), {10, 5, 0}) == 2);
}

TEST_CASE_METHOD(Utf8, "what is marked takes no room in a prompt") {
  CHECK(columns_of("lobby> ") == 7);
  CHECK(columns_of("\001\x1b[1m\002大厅\001\x1b[0m\002> ") == 6);
}

TEST_CASE_METHOD(Utf8, "words stand in columns") {
  CHECK(in_columns({"alice:", "小明:", "bob:"}, 20) == "alice:  小明:\nbob:\n");
  CHECK(in_columns({"a-word-that-is-wider"}, 5) == "a-word-that-is-wider\n");
  CHECK(in_columns({}, 20).empty());
  CHECK(in_columns(std::vector<std::string>(203, "x"), 9).ends_with("x\n… and 3 others\n"));
}

TEST_CASE("a paste ends with its mark, and every line end is a line feed") {
  CHECK(pasted("one\r\ntwo\rthree\n\n\x1b[201~") == "one\ntwo\nthree");
  CHECK(pasted("one\x1b[201") == "unfinished: one");
  CHECK(pasted("\x1b[201~").empty());
}

TEST_CASE("a paste brings nothing along that drives a terminal") {
  CHECK(pasted("a\x1b[2J\x1b\x1b[20b\x07\u009bc\u202e\x1b[201~") == "a[2J[20bc");
  CHECK(pasted("\xff\x1b[201~") == "\uFFFD");
}

TEST_CASE("a paste that is dropped goes on to its end all the same") {
  Paste paste;
  paste.take('a');
  CHECK_FALSE(paste.drop());
  CHECK(paste.drop());
  for (const char byte : std::string_view("\r/quit\r\x1b[201")) CHECK_FALSE(paste.take(byte));
  CHECK(paste.take('~'));
  CHECK(paste.text().empty());
}

TEST_CASE("a paste without an end is bounded") {
  const std::string all = repeated("0123456789", 100'000);
  CHECK(pasted(all + "\x1b[201~").size() == Paste::most_bytes);
  CHECK(pasted(repeated("\x1b[201", 100'000) + "\x1b[201~").size() <= Paste::most_bytes);
}

}  // namespace hubbub::client::terminal
