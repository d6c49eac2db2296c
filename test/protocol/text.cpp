#include "protocol/text.hpp"

#include "protocol/utf8.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using namespace std::string_literals;

TEST_CASE("well-formed UTF-8 is known as such") {
  const std::string text =
      GENERATE(""s, "plain"s, "Привет"s, "你好"s, "😀"s, "\0"s, "\x7f"s, "\u0080\u07ff\u0800\uffff"s,
               "\U00010000\U0010ffff"s, "\xed\x9f\xbf\xee\x80\x80"s, "12345678é12345678"s);
  CAPTURE(text);
  CHECK(is_utf8(text));
}

TEST_CASE("bytes that are no UTF-8 are known as such, wherever they stand") {
  const std::string bytes =
      GENERATE("\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xe0\x80\x80"s, "\xe0\x9f\xbf"s,
               "\xf0\x80\x80\x80"s, "\xf0\x8f\xbf\xbf"s, "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s,
               "\xfe"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xc3"s, "\xe2\x82"s, "\xf0\x9f\x98"s, "\xc3("s,
               "\xe2(\x82"s, "\xe2\x82("s, "\xf0\x9f\x98("s);
  CHECK_FALSE(is_utf8(bytes));
  CHECK_FALSE(is_utf8("some text before " + bytes));
  CHECK_FALSE(is_utf8(bytes + " and some behind"));
}

TEST_CASE("every code point is read as it was written") {
  for (char32_t value = 1; value <= 0x10FFFF; value += value < 0x3000 ? 1 : 97) {
    if (value >= 0xD800 && value <= 0xDFFF) continue;
    std::string text;
    if (value < 0x80) {
      text = {static_cast<char>(value)};
    } else if (value < 0x800) {
      text = {static_cast<char>(0xC0 | (value >> 6)), static_cast<char>(0x80 | (value & 0x3F))};
    } else if (value < 0x10000) {
      text = {static_cast<char>(0xE0 | (value >> 12)), static_cast<char>(0x80 | ((value >> 6) & 0x3F)),
              static_cast<char>(0x80 | (value & 0x3F))};
    } else {
      text = {static_cast<char>(0xF0 | (value >> 18)), static_cast<char>(0x80 | ((value >> 12) & 0x3F)),
              static_cast<char>(0x80 | ((value >> 6) & 0x3F)), static_cast<char>(0x80 | (value & 0x3F))};
    }
    const CodePoint read = front_code_point(text + "x");
    if (read.value != value || read.bytes != text.size())
      FAIL("U+" << std::hex << static_cast<unsigned>(value));
  }
}

TEST_CASE("code points are counted, not bytes") {
  CHECK(code_points("") == 0);
  CHECK(code_points("abc") == 3);
  CHECK(code_points("Привет") == 6);
  CHECK(code_points("你好😀") == 3);
}

TEST_CASE("a prefix never cuts a code point in two") {
  CHECK(prefix("abc", 5) == "abc");
  CHECK(prefix("abc", 3) == "abc");
  CHECK(prefix("abc", 2) == "ab");
  CHECK(prefix("abc", 0).empty());
  CHECK(prefix("你好", 6) == "你好");
  CHECK(prefix("你好", 5) == "你");
  CHECK(prefix("你好", 4) == "你");
  CHECK(prefix("你好", 3) == "你");
  CHECK(prefix("你好", 2).empty());
  CHECK(prefix("a😀", 4) == "a");
}

TEST_CASE("texts lose their controls, but for line feed and tab") {
  CHECK(*clean_text("plain", 0) == "plain");
  CHECK(*clean_text("two\nlines\tand a tab", 0) == "two\nlines\tand a tab");
  CHECK(*clean_text("two\r\nlines\r", 0) == "two\nlines");
  CHECK(*clean_text("\x1b[31mred\x1b[0m\a\b"s, 0) == "[31mred[0m");
  CHECK(*clean_text("nul\0byte\x7f"s, 0) == "nulbyte");
  CHECK(*clean_text("\u0080csi\u009b31m\u009f", 0) == "csi31m");
  CHECK(*clean_text("no-break\u00a0space, Привет, 你好, 😀", 0) == "no-break\u00a0space, Привет, 你好, 😀");
  CHECK(*clean_text("\u202eleft to others\u2066\u2028", 0) == "\u202eleft to others\u2066\u2028");
}

TEST_CASE("texts that cannot be said are refused for a reason") {
  CHECK(clean_text("", 10).error().code == Code::text_empty);
  CHECK(clean_text("\a\x1b\0"s, 10).error().code == Code::text_empty);
  CHECK(clean_text("\xff", 10).error().code == Code::bad_utf8);
  CHECK(clean_text("cut \xe2\x82", 10).error().code == Code::bad_utf8);
  CHECK(clean_text("\ufdd0", 10).error().code == Code::text_invalid);
  CHECK(clean_text("\ufdef", 10).error().code == Code::text_invalid);
  CHECK(clean_text("\uffff", 10).error().code == Code::text_invalid);
  CHECK(clean_text("\U0010fffe", 10).error().code == Code::text_invalid);
  CHECK(clean_text("\ufdcf\ufdf0\ufffd", 10).has_value());
}

TEST_CASE("a byte is seen for what it is wherever it stands") {
  for (unsigned byte = 0; byte < 0x80; ++byte) {
    for (std::size_t place = 0; place < 18; ++place) {
      const std::string text =
          std::string(place, 'a') + static_cast<char>(byte) + std::string(17 - place, '~');
      const bool stays = (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t';
      CAPTURE(byte, place);
      CHECK(*clean_text(text, 0) == (stays ? text : text.substr(0, place) + text.substr(place + 1)));
    }
  }
  for (unsigned byte = 0x80; byte < 0x100; ++byte) {
    for (std::size_t place = 0; place < 18; ++place) {
      const std::string text =
          std::string(place, 'a') + static_cast<char>(byte) + std::string(17 - place, '~');
      CAPTURE(byte, place);
      CHECK(clean_text(text, 0).error().code == Code::bad_utf8);
    }
  }
}

TEST_CASE("the length that counts is the one that is left, in bytes") {
  CHECK(clean_text("0123456789", 10).has_value());
  CHECK(clean_text("0123456789\r\r\r", 10).has_value());
  CHECK(clean_text("你好你好", 12).has_value());
  CHECK(clean_text("0123456789A", 0).has_value());
  const auto refused = clean_text("0123456789A", 10);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == Code::text_too_long);
  CHECK(refused.error().text == "the text has 11 bytes; at most 10 are allowed");
}

TEST_CASE("a topic is one line and may be empty") {
  CHECK(clean_topic("", 10)->empty());
  CHECK(clean_topic("\x1b\r", 10)->empty());
  CHECK(*clean_topic("о погоде", 0) == "о погоде");
  CHECK(clean_topic("two\nlines", 0).error().code == Code::text_invalid);
  CHECK(clean_topic("0123456789A", 10).error().code == Code::text_too_long);
  CHECK(clean_topic("\xff", 10).error().code == Code::bad_utf8);
  CHECK(clean_topic("\uffff", 10).error().code == Code::text_invalid);
}

TEST_CASE("what goes to a terminal cannot drive it") {
  CHECK(for_terminal("Привет, 你好 😀") == "Привет, 你好 😀");
  CHECK(for_terminal("\x1b]0;title\a\x1b[2J\x7f\u009b1m") == "]0;title[2J1m");
  CHECK(for_terminal("nul\0"s) == "nul");
  CHECK(for_terminal("\u202aa\u202bb\u202cc\u202dd\u202ee") == "abcde");
  CHECK(for_terminal("\u2066a\u2067b\u2068c\u2069d") == "abcd");
  CHECK(for_terminal("a\u2028b\u2029c") == "abc");
  CHECK(for_terminal("a\tb") == "a\tb");
  CHECK(for_terminal("bad \xff\xe2\x82 bytes") == "bad \uFFFD\uFFFD\uFFFD bytes");
}

TEST_CASE("a line feed becomes what the caller asks for, so that it cannot begin a line of its own") {
  CHECK(for_terminal("one\ntwo\r\nthree") == "one two three");
  CHECK(for_terminal("one\ntwo", "\n    ") == "one\n    two");
  CHECK(for_terminal("\n\n", "").empty());
}
