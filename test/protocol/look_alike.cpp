#include "protocol/look_alike.hpp"

#include "protocol/text.hpp"
#include "test/support/catch.hpp"

using namespace hubbub::protocol;

namespace {

Name name(std::string_view text) {
  auto parsed = parse_name(text);
  INFO(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

bool alike(std::string_view one, std::string_view other) {
  return skeleton(name(one)) == skeleton(name(other));
}
bool mixed(std::string_view text) { return mixes_alphabets(name(text)); }

}  // namespace

TEST_CASE("a name mixes alphabets when letters of two scripts that can look alike are in it") {
  CHECK(mixed("\u0430lice"));          // CYRILLIC SMALL LETTER A
  CHECK(mixed("b\u03BFb"));            // GREEK SMALL LETTER OMICRON
  CHECK(mixed("\u0441\u03BF\u0440"));  // Cyrillic and Greek
  CHECK(mixed("Иван-bot"));
  CHECK(mixed("\u0430\uFF42"));                // FULLWIDTH LATIN SMALL LETTER B
  CHECK(mixed("b\u0585b"));                    // ARMENIAN SMALL LETTER OH
  CHECK(mixed("b\u2C9Fb"));                    // COPTIC SMALL LETTER O
  CHECK(mixed("b\u13CFob"));                   // CHEROKEE LETTER SI
  CHECK(mixed("\u13DF\u0585\u13E2"));          // Cherokee and Armenian
  CHECK(mixed("\uA4D0ob"));                    // LISU LETTER BA
  CHECK(mixed("b\U0001042Cb"));                // DESERET SMALL LETTER LONG O
  CHECK(mixed("b\u0647b"));                    // ARABIC LETTER HEH
  CHECK(mixed("b\u0966b"));                    // DEVANAGARI DIGIT ZERO
  CHECK(mixed("\U00010282\u0D20\U00010282"));  // Lycian and Malayalam
  CHECK(mixed("\u03E9\u03BF"));                // Coptic, in the block of Greek, and Greek
  for (const std::string_view text :
       {"Արամ", "ᏣᎳᎩ", "Ⲡⲉⲧⲣⲟⲥ", "ꓡꓲ-ꓢꓴ", "გიორგი", "משה", "محمد٢", "राम०", "राम_bob", "小明〇"}) {
    INFO(text);
    CHECK_FALSE(mixed(text));
  }
  for (const std::string_view text : {"alice", "Алиса", "Ελένη", "Jos\u00E9", "小明", "小明bob", "alice-2",
                                      "Борис_7", "42", "Владимир1", "ĸöln", "Ёж"}) {
    INFO(text);
    CHECK_FALSE(mixed(text));
  }
}

TEST_CASE("what looks like a name has its skeleton") {
  CHECK(alike("\u0430lice", "alice"));
  CHECK(alike("\u0410LICE", "alice"));
  CHECK(alike("al\u0456ce", "alice"));  // CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I
  CHECK(alike("a\u0406ice", "alice"));  // its capital, like a small L
  CHECK(alike("a\u04CFice", "alice"));  // CYRILLIC SMALL LETTER PALOCHKA
  CHECK(alike("\u0412ob", "Bob"));      // CYRILLIC CAPITAL LETTER VE
  CHECK(alike("\u041Dugo", "hugo"));    // CYRILLIC CAPITAL LETTER EN
  CHECK(alike("J\u043Es\u00E9", "JOSE\u0301"));
  CHECK(alike("\u0441\u043E\u0440", "cop"));  // wholly Cyrillic
  CHECK(alike("\u039Da\u03BD\u03B9n", "Navin"));
  CHECK(alike("\U0001D6C2lice", "alice"));    // MATHEMATICAL BOLD SMALL ALPHA
  CHECK(alike("\u0430d\u0433nin", "admin"));  // CYRILLIC SMALL LETTER GHE, and rn for m
  CHECK(alike("fran\u04ABois", "fran\u00E7ois"));
  CHECK(alike("\u0413\u03B5", "\u0393\u0454"));
}

TEST_CASE("what looks like a name in letters of other scripts has its skeleton") {
  CHECK(alike("b\u0585b", "bob"));  // Armenian
  CHECK(alike("\u057D\u0570\u0578\u0566\u0584\u0581", "uhnqfg"));
  CHECK(alike("\u0575ohn", "John"));                         // without its dot
  CHECK(alike("\u0555\u054D\u054F", "ous"));                 // capitals
  CHECK(alike("\u13DF\u13AA\u13D2\u13DE", "Carl"));          // Cherokee, folded to capitals
  CHECK(alike("\uABAF\uAB7A\uABA2\uABAE", "Carl"));          // … and its small letters
  CHECK(alike("\u2CA3\u2C9F\u2CA3", "pop"));                 // Coptic
  CHECK(alike("\u2CA4\u2C9E\u2CA2", "\u0441\u043E\u0440"));  // … and Cyrillic
  CHECK(alike("\uA4D0\uA4F3\uA4D0", "bob"));                 // Lisu
  CHECK(alike("b\U00010404\U0001042Cb", "boob"));            // Deseret
  CHECK(alike("b\u0647b\u09E6", "bobo"));                    // Arabic, Bengali
  CHECK(alike("a\u05D5ice", "alice"));                       // Hebrew
  CHECK(alike("\u15C5lice", "alice"));                       // Canadian
  CHECK_FALSE(alike("b\u0562b", "bob"));                     // ARMENIAN SMALL LETTER BEN
}

TEST_CASE("every letter has a look") {
  std::size_t count = 0;
  for (char32_t letter = 'A'; letter < 0x1F000; ++letter) {
    std::string text;
    if (letter < 0x80) {
      text += static_cast<char>(letter);
    } else if (letter < 0x800) {
      text += static_cast<char>(0xC0U | (letter >> 6U));
      text += static_cast<char>(0x80U | (letter & 0x3FU));
    } else {
      if (letter < 0x10000) {
        text += static_cast<char>(0xE0U | (letter >> 12U));
      } else {
        text += static_cast<char>(0xF0U | (letter >> 18U));
        text += static_cast<char>(0x80U | ((letter >> 12U) & 0x3FU));
      }
      text += static_cast<char>(0x80U | ((letter >> 6U) & 0x3FU));
      text += static_cast<char>(0x80U | (letter & 0x3FU));
    }
    const auto parsed = parse_name(text);
    if (!parsed) continue;
    const std::string look = skeleton(*parsed);
    INFO(text);
    if (look.empty() || !is_utf8(look) || mixes_alphabets(*parsed)) FAIL("no look of its own");
    ++count;
  }
  CHECK(count > 50'000);
}

TEST_CASE("what does not look like a name has another skeleton") {
  CHECK_FALSE(alike("alice", "alica"));
  CHECK_FALSE(alike("\u0430lice", "\u0430licia"));
  CHECK_FALSE(alike("Jos\u00E9", "Jose"));
  CHECK_FALSE(alike("Алиса", "alisa"));
  CHECK_FALSE(alike("Иван", "ivan"));
  CHECK_FALSE(alike("小明", "小红"));
  CHECK_FALSE(alike("a-b", "a_b"));
}
