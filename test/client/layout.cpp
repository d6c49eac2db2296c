#include "client/view/text_width.hpp"

#include "protocol/text.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::client;

namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  while (count-- > 0) all += text;
  return all;
}

std::vector<std::string> split(std::string_view lines) {
  std::vector<std::string> all;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    REQUIRE(end != std::string_view::npos);
    all.emplace_back(lines.substr(0, end));
    lines.remove_prefix(end + 1);
  }
  return all;
}

std::string wrapped(std::string_view text, std::size_t columns) { return wrap(text, columns, {}); }

}  // namespace

TEST_CASE("width is that of the terminal's columns") {
  CHECK(width("abc") == 3);
  CHECK(width("Привет") == 6);
  CHECK(width("小明") == 4);
  CHECK(width("한국") == 4);
  CHECK(width("e\u0301\u0323") == 1);
  CHECK(width("\u200b\u200d\u2060") == 0);
  CHECK(width("क\u093e") == 2);
  CHECK(width("😀") == 2);
  CHECK(width("❤") == 1);
  CHECK(width("❤\ufe0f") == 2);
  CHECK(width("🇩🇪") == 2);
  CHECK(width("\x1b[1;31mred\x1b[0m") == 3);
  CHECK(width("") == 0);
}

TEST_CASE("of marks piled up four are left, and of invisible characters eight") {
  CHECK(tamed("a" + times(100, "\u0301") + "b") == "a" + times(4, "\u0301") + "b");
  CHECK(tamed("a" + times(100, "\u200b") + "b") == "a" + times(8, "\u200b") + "b");
  CHECK(tamed(times(3, "e\u0301\u0323")) == times(3, "e\u0301\u0323"));
  CHECK(tamed("👨\u200d👩\u200d👧\u200d👦") == "👨\u200d👩\u200d👧\u200d👦");
  CHECK(tamed("plain") == "plain");
}

TEST_CASE("what is cut ends in an ellipsis, between characters, with its colours off") {
  CHECK(cut("alice", 5, "…") == "alice");
  CHECK(cut("alice", 4, "…") == "ali…");
  CHECK(cut("小明小明", 6, "…") == "小明…");
  CHECK(cut("e\u0301e\u0301e\u0301", 2, "…") == "e\u0301…");
  CHECK(cut("\x1b[1malice\x1b[0m", 3, "~") == "\x1b[1mal~\x1b[0m");
  CHECK(cut("alice", 0, "…").empty());
}

TEST_CASE("text is broken at blanks, which are swallowed") {
  CHECK(wrapped("one two three", 8) == "one two\nthree\n");
  CHECK(wrapped("one two  three", 7) == "one two\nthree\n");
  CHECK(wrapped("fits", 4) == "fits\n");
  CHECK(wrapped("", 10) == "\n");
  CHECK(wrapped("a  b", 10) == "a  b\n");
  CHECK(wrapped("a ", 10) == "a\n");
}

TEST_CASE("prefixes stand before the first line and the others, and take their room") {
  CHECK(wrap("one two three", 10, {"a: ", "   "}) == "a: one two\n   three\n");
  CHECK(wrap("one\ntwo", 10, {"a: ", " | "}) == "a: one\n | two\n");
  CHECK(wrap("", 10, {"a: ", "   "}) == "a: \n");
}

TEST_CASE("line feeds are kept, several empty lines become one, indents and tabs become blanks") {
  CHECK(wrapped("one\n\n\n\ntwo\n", 10) == "one\n\ntwo\n");
  CHECK(wrapped("if:\n    x\n\ty\na\tb", 20) == "if:\n    x\n    y\na   b\n");
  CHECK(wrapped("    " + times(12, "x"), 8) == "xxxxxxxx\nxxxx\n");
}

TEST_CASE("a word that is longer than a line is cut") {
  CHECK(wrapped("ab " + times(10, "x"), 4) == "ab\nxxxx\nxxxx\nxx\n");
  CHECK(wrapped("e\u0301e\u0301e\u0301", 2) == "e\u0301e\u0301\ne\u0301\n");
}

TEST_CASE("wide characters are broken between, but not before closing punctuation and after opening") {
  CHECK(wrapped("大家好我是小明", 6) == "大家好\n我是小\n明\n");
  CHECK(wrapped("大家好，我是", 6) == "大家\n好，我\n是\n");
  CHECK(wrapped("大家「好」", 6) == "大家\n「好」\n");
  CHECK(wrapped("ab大家好", 5) == "ab大\n家好\n");
  CHECK(wrapped("한국 사람", 6) == "한국\n사람\n");
}

TEST_CASE("four thousand wide characters fill lines to the brim and lose nothing") {
  const auto columns = GENERATE(as<std::size_t>(), 20, 21, 80);
  const auto lines = split(wrap(times(4000, "宽"), columns, {"> ", "  "}));
  std::string all;
  for (const std::string& line : lines) {
    CHECK(width(line) <= columns);
    CHECK((&line == &lines.back() || width(line) + 1 >= columns));
    all += line.substr(2);
  }
  CHECK(all == times(4000, "宽"));
}

TEST_CASE("links are left whole, on a line of their own when they are longer than one") {
  const std::string link = "https://example.org/" + times(30, "a/b-c.");
  CHECK(wrapped("see " + link + " there", 20) == "see\n" + link + "\nthere\n");
  CHECK(wrapped("see http://a.b/c there", 18) == "see http://a.b/c\nthere\n");
  CHECK(wrapped("see http://a.bc/de there", 16) == "see\nhttp://a.bc/de\nthere\n");
  CHECK(wrap("(" + link + ")", 20, {"a: ", "   "}) == "a: (\n   " + link + ")\n");
  CHECK(split(wrapped("x://" + times(30, "│"), 10)).size() > 2);
  CHECK(split(wrapped(times(40, "x") + "://a", 10)).size() == 5);
}

TEST_CASE("colours go off at the end of a line and on again in the next") {
  CHECK(wrap("\x1b[2mone two\x1b[0m three", 5, {"| ", "| "}) ==
        "| \x1b[2mone\x1b[0m\n| \x1b[2mtwo\x1b[0m\n| thr\n| ee\n");
}

TEST_CASE("whatever is written stays within its columns") {
  const std::string hostile = hubbub::protocol::for_terminal(
      "a\x1b[2Jb \u202e" + times(300, "\u0301") + " 👨\u200d👩\u200d👧" + times(200, "\u200d👦") +
          " क्षि 한글" + times(99, "，") + "\t\t\t\t" + times(50, "(") + "\n\n  宽x宽x宽x" + times(99, "é-"),
      "\n");
  const auto columns = GENERATE(as<std::size_t>(), 2, 16, 20, 33, 80, 200);
  for (const std::string& line : split(wrapped(tamed(hostile), columns)))
    CHECK((width(line) <= columns || (columns == 2 && width(line) <= 16)));
}

TEST_CASE("rows are counted as the terminal breaks them") {
  CHECK(rows("", 10) == 0);
  CHECK(rows("a\n\nb\n", 10) == 3);
  CHECK(rows(times(10, "x") + "\n", 10) == 1);
  CHECK(rows(times(11, "x") + "\n", 10) == 2);
  CHECK(rows(times(5, "宽") + "\n", 9) == 2);
  CHECK(rows("\x1b[1mbold\x1b[0m\n", 4) == 1);
}
