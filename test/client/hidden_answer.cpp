// An answer that is not shown, put together from a terminal's bytes.
#include "client/terminal/hidden_answer.hpp"

#include <random>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/environment.hpp"

namespace hubbub::test {
namespace {

using client::terminal::HiddenAnswer;
using Step = HiddenAnswer::Step;

/// The answer to a question to which these bytes were typed, or what became of it instead.
std::string answered(std::string_view bytes) {
  HiddenAnswer answer;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const Step step = answer.take(bytes[at], at + 1 == bytes.size());
    if (step == Step::given_up) return "given up, left: " + std::string(bytes.substr(at + 1));
    if (step == Step::entered)
      return std::string(answer.text().text()) + (at + 1 < bytes.size() ? ", and more" : "");
  }
  return "not ended";
}

std::string pasted_as_one(const std::string& text) { return "\x1b[200~" + text + "\x1b[201~"; }

/// What can be typed at once, and what it does to an answer.
struct Piece {
  std::string bytes;
  void (*apply)(std::vector<std::string>& characters);
};

void nothing(std::vector<std::string>&) {}
void last(std::vector<std::string>& characters) {
  if (!characters.empty()) characters.pop_back();
}
void all(std::vector<std::string>& characters) { characters.clear(); }

const std::vector<Piece> pieces = {
    {"\x7F", last},
    {"\x08", last},
    {"\x15", all},
    {"\x17", all},
    {"\x1b[A", nothing},
    {"\x1b[1;5C", nothing},
    {"\x1bOP", nothing},
    {"\x1b[[A", nothing},
    {"\x1b[15~", nothing},
    {"\x1b[12;40R", nothing},
    {"\x1bx", nothing},
    {"\x1bж", nothing},
    {"\x1b\x1b[D", nothing},
    {"\t", nothing},
    {"\x01", nothing},
    {"\x1b\x7F", last},
    {"q", [](auto& characters) { characters.emplace_back("q"); }},
    {" ", [](auto& characters) { characters.emplace_back(" "); }},
    {"[", [](auto& characters) { characters.emplace_back("["); }},
    {"ж", [](auto& characters) { characters.emplace_back("ж"); }},
    {"鍵", [](auto& characters) { characters.emplace_back("鍵"); }},
    {"🔑", [](auto& characters) { characters.emplace_back("🔑"); }},
    {pasted_as_one("p\x1b[2~é\r\n"),
     [](auto& characters) {
       for (const char* each : {"p", "[", "2", "~", "é", "\n", "\n"}) characters.emplace_back(each);
     }},
    {pasted_as_one("\x03"), nothing},
    {pasted_as_one(""), nothing},
};

}  // namespace

TEST_CASE("a hidden answer is what was typed, and keys that do something else are not in it") {
  CHECK(answered("correct-horse\r") == "correct-horse");
  CHECK(answered("two words\n") == "two words");
  CHECK(answered("пароль\x7F\x7F鍵🔑\x7F\r") == "паро鍵");
  CHECK(answered("wrong\x15right\r") == "right");
  CHECK(answered("\x7F\x7F\r").empty());
  CHECK(answered("a\x1b[Ab\x1bOPc\x1b[1;5Cd\x1b[[Ee\x1bxf\x1bжg\r") == "abcdefg");
  CHECK(answered("a\x1b\r") == "a");
  CHECK(answered("a\x1b[\r") == "a");
}

TEST_CASE(
    "a hidden answer is given up by the keys that end input, and what is typed behind them is not in it") {
  CHECK(answered("abc\x03rest") == "given up, left: rest");
  CHECK(answered("\x04rest") == "given up, left: rest");
  CHECK(answered("abc\x07") == "given up, left: ");
  CHECK(answered("abc\x1b[\x03") == "given up, left: ");
}

TEST_CASE("a paste is a part of a hidden answer, without its last line feed") {
  CHECK(answered(pasted_as_one("horse") + "\r") == "horse");
  CHECK(answered("correct-" + pasted_as_one("horse\n") + "\r") == "correct-horse");
  CHECK(answered(pasted_as_one("horse\r\n\r\n") + "\r") == "horse");
  CHECK(answered(pasted_as_one("two\nlines\n") + "\r") == "two\nlines");
  CHECK(answered(pasted_as_one("a\x1b[20b\x03\x04\r\tc") + "\r") == "a[20b\nc");
  // Nothing of it is taken for typed, neither before nor behind Ctrl-C.
  CHECK(answered("\x1b[200~rm\r\x03\x04") == "not ended");
  CHECK(answered("\x1b[200~rm\rx") == "not ended");
}

TEST_CASE("a paste whose end does not come is given up by Ctrl-C, typed twice") {
  HiddenAnswer answer;
  for (const char byte : std::string("\x1b[200~horse")) CHECK(answer.take(byte, true) == Step::more);
  CHECK(answer.may_end_paste('\x03'));
  CHECK(answer.take('\x03', true) == Step::more);
  SECTION("when nothing follows it") { CHECK(answer.take('\x03', true) == Step::given_up); }
  SECTION("or by its end, if it comes after all") {
    CHECK(answer.take('\x03', false) == Step::more);
    for (const char byte : std::string("x\x1b[201")) CHECK(answer.take(byte, false) == Step::more);
    CHECK(answer.take('~', false) == Step::given_up);
  }
}

TEST_CASE("where the cursor is can be told to a hidden question, and the screen be drawn again") {
  HiddenAnswer answer;
  Step step = Step::more;
  for (const char byte : std::string("a\x1b[12;80R")) step = answer.take(byte, false);
  CHECK(step == Step::report);
  CHECK(answer.parameters() == "12;80");
  CHECK(answer.take('\x0C', false) == Step::repaint);
  CHECK(answer.text().text() == "a");
}

TEST_CASE("a hidden answer that is too long is one byte longer than the longest") {
  HiddenAnswer answer;
  for (std::size_t bytes = 0; bytes < 2 * HiddenAnswer::most_bytes; ++bytes) answer.take('x', false);
  CHECK(answer.text().text() == std::string(HiddenAnswer::most_bytes + 1, 'x'));
}

TEST_CASE("keys in random order make the hidden answer that they would make one by one") {
  const auto first = number_from("HUBBUB_SEED", 1);
  const auto runs = number_from("HUBBUB_RUNS", 500);
  for (auto seed = first; seed < first + runs; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(static_cast<std::uint32_t>(seed));
    std::vector<std::string> characters;
    std::string bytes;
    for (std::size_t count = random() % 40; count > 0; --count) {
      const Piece& piece = pieces[random() % pieces.size()];
      bytes += piece.bytes;
      piece.apply(characters);
    }
    std::string expected;
    for (const auto& character : characters) expected += character;
    while (expected.ends_with('\n')) expected.pop_back();
    CHECK(answered(bytes + "\r") == expected);
  }
}

}  // namespace hubbub::test
