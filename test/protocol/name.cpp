#include "protocol/name.hpp"

#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using namespace std::string_literals;

namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (; times > 0; --times) text += piece;
  return text;
}

}  // namespace

TEST_CASE("names of every script are names") {
  const std::string name =
      GENERATE("alice", "Alice", "a", "7", "guest-12", "under_score", "dot.ted", "Алёна", "Ёж", "张伟",
               "小明2", "さくら", "カタカナ", "서연", "Ελένη", "עדי", "محمد", "अनीता", "สมชาย", "Ngọc", "Åsa",
               "straße", "٣", "Ⅻ", "½", "x\u20dd");
  CAPTURE(name);
  const auto parsed = parse_name(name);
  REQUIRE(parsed.has_value());
  CHECK(parsed->shown == name);
  CHECK(is_utf8(parsed->key));
  CHECK(parse_room(name).has_value());
}

TEST_CASE("names are the same when only case or spelling differ") {
  struct Pair {
    std::string a;
    std::string b;
  };
  const auto pair = GENERATE(values<Pair>({{"Alice", "ALICE"},
                                           {"АЛЁНА", "алёна"},
                                           {"straße", "STRASSE"},
                                           {"Straẞe", "strasse"},
                                           {"ΣΊΣΥΦΟΣ", "σίσυφος"},
                                           {"caf\u00e9", "cafe\u0301"},
                                           {"CAFÉ", "cafe\u0301"},
                                           {"ﬁnn", "finn"},
                                           {"Ａｌｉｃｅ", "alice"},
                                           {"①", "1"},
                                           {"Ⅻ", "xii"},
                                           {"ｶ", "カ"},
                                           {"K", "\u212a"},
                                           {"Å", "\u212b"},
                                           {"서", "\u1109\u1165"},
                                           {"a\u0323\u0307", "a\u0307\u0323"},
                                           {"İ", "i\u0307"}}));
  CAPTURE(pair.a, pair.b);
  const auto a = parse_name(pair.a);
  const auto b = parse_name(pair.b);
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  CHECK(a->key == b->key);
  CHECK(*a == *b);
}

TEST_CASE("names that only look alike are different") {
  CHECK_FALSE(*parse_name("Alice") == *parse_name("Аlice"));  // the second begins with a Cyrillic letter
  CHECK_FALSE(*parse_name("İ") == *parse_name("i"));
  CHECK_FALSE(*parse_name("ı") == *parse_name("i"));
  CHECK_FALSE(*parse_name("a.b") == *parse_name("a_b"));
  CHECK_FALSE(*parse_name("ё") == *parse_name("е"));
}

TEST_CASE("a name is shown composed") {
  CHECK(parse_name("e\u0301")->shown == "\u00e9");
  CHECK(parse_name("и\u0306")->shown == "й");
  CHECK(parse_name("\u1112\u1161\u11ab")->shown == "한");
  CHECK(parse_name("\u212b")->shown == "\u00c5");
  CHECK(parse_name("Ａ")->shown == "Ａ");
}

TEST_CASE("what is no letter, mark or number is refused and named") {
  struct Example {
    std::string name;
    std::string named;
  };
  const auto example = GENERATE(values<Example>(
      {{"two words", "U+0020"}, {"a\u00a0b", "U+00A0"}, {"a\u3000b", "U+3000"}, {"tab\t", "U+0009"},
       {"line\n", "U+000A"},    {"nul\0"s, "U+0000"},   {"\x1b[31m", "U+001B"}, {"del\x7f", "U+007F"},
       {"c1\u009b", "U+009B"},  {"a/b", "U+002F"},      {"#room", "U+0023"},    {"@me", "U+0040"},
       {"a|b", "U+007C"},       {"a:b", "U+003A"},      {"😀", "U+1F600"},      {"a😀", "U+1F600"},
       {"a€", "U+20AC"},        {"a\u2028", "U+2028"},  {"a\ue000", "U+E000"},  {"a\uffff", "U+FFFF"},
       {"a\u2800", "U+2800"},   {"a\u0378", "U+0378"}}));
  CAPTURE(example.name);
  const auto parsed = parse_name(example.name);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == Code::name_invalid);
  CHECK(parsed.error().text ==
        "a name may hold letters, marks, numbers, '-', '_' and '.'; " + example.named + " is none of these");
  CHECK(parse_room(example.name).error().code == Code::room_invalid);
}

TEST_CASE("nothing invisible gets into a name") {
  const std::string invisible = GENERATE("\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u180b",
                                         "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060", "\u2066",
                                         "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\U000e0041", "\U000e0100");
  CHECK(parse_name("a" + invisible).error().code == Code::name_invalid);
  CHECK(parse_name(invisible).error().code == Code::name_invalid);
  CHECK(parse_room(invisible + "a").error().code == Code::room_invalid);
  CHECK_THAT(parse_name("a" + invisible).error().text, Catch::Matchers::ContainsSubstring("invisible"));
}

TEST_CASE("a name begins with a letter or a number") {
  const std::string name = GENERATE("-a", "_a", ".a", "\u0301a", "\u093fa", "-", "\u20dd");
  CAPTURE(name);
  const auto parsed = parse_name(name);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == Code::name_invalid);
  CHECK_THAT(parsed.error().text, Catch::Matchers::ContainsSubstring("must begin with a letter or a number"));
}

TEST_CASE("names have a length, in code points once they are composed") {
  CHECK(parse_name("").error().text == "a name may not be empty");
  CHECK(parse_room("").error().text == "a room's name may not be empty");
  CHECK(parse_name(repeated("名", 32)).has_value());
  CHECK(parse_name(repeated("e\u0301", 32)).has_value());
  CHECK(parse_name(repeated("名", 33)).error().text == "a name may have at most 32 characters");
  CHECK(parse_name(repeated("e\u0301", 33)).error().code == Code::name_invalid);
  CHECK(parse_room(repeated("名", 50)).has_value());
  CHECK(parse_room(repeated("名", 51)).error().text == "a room's name may have at most 50 characters");
  // The longest canonical decomposition there is: four code points that become one.
  CHECK(parse_name(repeated("\u03b1\u0313\u0300\u0345", 32)).has_value());
}

TEST_CASE("an endless name is refused before it is normalised") {
  std::string marks = "a";
  for (int i = 0; i < 1'000'000; ++i) marks += i % 2 == 0 ? "\u0301" : "\u0323";
  CHECK(parse_name(marks).error().text == "a name may have at most 32 characters");
}

TEST_CASE("a name that is no UTF-8 is refused as that") {
  CHECK(parse_name("a\xff").error().code == Code::bad_utf8);
  CHECK(parse_room("\xed\xa0\x80").error().code == Code::bad_utf8);
}

TEST_CASE("checking a name that has been checked changes nothing") {
  const auto name = parse_name(GENERATE("e\u0301", "ﬁ", "ΑΣ", "İstanbul", "ǰ", "ΐ", "ᾳ\u0301", "㍿"));
  if (!name) return;
  const auto again = parse_name(name->shown);
  REQUIRE(again.has_value());
  CHECK(again->shown == name->shown);
  CHECK(again->key == name->key);
}
