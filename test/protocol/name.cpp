#include "protocol/name.hpp"

#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "test/protocol/repeated.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using hubbub::test::repeated;
using namespace std::string_literals;

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
  const auto example =
      GENERATE(values<Example>({{"two words", "a space; did you mean two-words?"},
                                {"a\u00a0b", "a no-break space; did you mean a-b?"},
                                {"a\u3000b", "a wide space; did you mean a-b?"},
                                {"a\u2003b", "a space (U+2003); did you mean a-b?"},
                                {"tab\t", "a tab; did you mean tab?"},
                                {"line\n", "a line feed; did you mean line?"},
                                {"nul\0"s, "a control character (U+0000); did you mean nul?"},
                                {"\x1b[31m", "a control character (U+001B); did you mean 31m?"},
                                {"del\x7f", "a control character (U+007F); did you mean del?"},
                                {"c1\u009b", "a control character (U+009B); did you mean c1?"},
                                {"a/b", "'/'; did you mean a-b?"},
                                {"#room", "'#'; did you mean room?"},
                                {"@me", "'@'; did you mean me?"},
                                {"a|b", "'|'; did you mean a-b?"},
                                {"it's", "an apostrophe; did you mean its?"},
                                {"😀", "'😀' (U+1F600)"},
                                {"a😀", "'😀' (U+1F600); did you mean a?"},
                                {"a€", "'€' (U+20AC); did you mean a?"},
                                {"a\u2028", "a line separator (U+2028); did you mean a?"},
                                {"a\ue000", "U+E000; did you mean a?"},
                                {"a\uffff", "U+FFFF; did you mean a?"},
                                {"a\u0378", "U+0378; did you mean a?"}}));
  CAPTURE(example.name);
  const auto parsed = parse_name(example.name);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == Code::name_invalid);
  CHECK(parsed.error().text ==
        "a name may hold letters, marks, numbers, '-', '_' and '.', but not " + example.named);
  CHECK(parse_room(example.name).error().code == Code::room_invalid);
}

TEST_CASE("what is offered instead of a text is a name") {
  CHECK(parse_name("-_.a").error().text ==
        "a name must begin with a letter or a number, not with '-'; did you mean a?");
  CHECK_THAT(parse_name("a\u200db").error().text,
             Catch::Matchers::EndsWith("such as a zero-width joiner (U+200D); did you mean ab?"));
  CHECK_THAT(parse_name("\u0301a").error().text,
             Catch::Matchers::EndsWith("not with a combining mark (U+0301); did you mean a?"));
  const std::string hopeless = GENERATE("", "#", "- -", "\u200b", "\u0301 \u0301");
  CHECK_THAT(parse_name(hopeless).error().text, !Catch::Matchers::ContainsSubstring("did you mean"));
  const std::string long_words = repeated("name ", 10);
  CHECK_THAT(parse_name(long_words).error().text, !Catch::Matchers::ContainsSubstring("did you mean"));
  CHECK_THAT(parse_room(long_words).error().text, Catch::Matchers::EndsWith("name-name-name?"));
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
