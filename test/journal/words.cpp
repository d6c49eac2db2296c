#include "server/journal/words.hpp"

#include <random>
#include <string>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

using namespace sqlite;  // NOLINT(google-build-using-namespace): the table that is compared with

/// FTS5 itself, with one text in it.
class Fts5 {
 public:
  Fts5() {
    database_.execute("CREATE VIRTUAL TABLE word USING fts5(text, content='', tokenize='ascii')");
    insert_ = Statement(database_, "INSERT INTO word(rowid, text) VALUES (1, ?)");
    match_ = Statement(database_, "SELECT count(*) FROM word WHERE word MATCH ?");
  }

  bool finds(std::string_view query, std::string_view text) {
    const auto expression = match_expression(query);
    if (!expression) return false;
    database_.execute("INSERT INTO word(word) VALUES ('delete-all')");
    insert_.run(index_form(text));
    auto rows = match_.query(*expression);
    rows.next();
    return rows.number(0) == 1;
  }

 private:
  Database database_{":memory:", Database::Access::create};
  Statement insert_;
  Statement match_;
};

struct Sample {
  const char* query;
  const char* text;
};

}  // namespace

TEST_CASE("what the words of a text are") {
  struct Example {
    const char* text;
    const char* words;
  };
  const auto example = GENERATE(values<Example>({
      {"", ""},
      {" ,.!?\n\t\"'", ""},
      {"Hello, World", "hello world"},
      {"don't snake_case a-b", "don t snake case a b"},
      {"Straße STRASSE", "strasse strasse"},
      {"Ёлка ёлка е\u0308лка", "елка елка елка"},
      {"Żółw café cafe\u0301", "zołw cafe cafe"},
      {"ＡＢ\uFB01t ½", "abfit 1 2"},
      {"ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"},
      {"你好，世界", "你 好 世 界"},
      {"用C语言写", "用 c 语 言 写"},
      {"ガッツ ｶﾞｯﾂ か\u3099", "ガ ッ ツ ガ ッ ツ が"},
      {"한국어 \u1112\u1161\u11ab", "한 국 어 한"},
      {"ที่นี่", "ที่ นี่"},
      {"हिन्दी", "हिन्दी"},
      {"كِتَابٌ كتـاب", "كتاب كتاب"},
      {"שָׁלוֹם", "שלום"},
      {"ok👍🏽👍", "ok 👍 🏽 👍"},
      {"❤\uFE0F ❤", "❤ ❤"},
      {"👩\u200D💻", "👩 💻"},
      {"soft\u00ADhyphen", "softhyphen"},
      {"a\xFFz", "a z"},
      {"a\u0300\u0301", "a"},
  }));
  CAPTURE(example.text);
  CHECK(index_form(example.text) == example.words);
  CHECK(index_form(index_form(example.text)) == example.words);
}

TEST_CASE("an endless word is cut into words") {
  const std::string letters(150, 'x');
  const std::string cut = std::string(64, 'x') + ' ' + std::string(64, 'x') + ' ' + std::string(22, 'x');
  CHECK(index_form(letters) == cut);
  CHECK(Matcher(letters).matches("so: " + letters));
  CHECK(Matcher(std::string(100, 'x')).matches(letters));
  CHECK_FALSE(Matcher(std::string(151, 'x')).matches(letters));
}

TEST_CASE("what a query asks of FTS5") {
  CHECK(match_expression("") == std::nullopt);
  CHECK(match_expression(" \t -- \" ") == std::nullopt);
  CHECK(match_expression("tea") == "\"tea\" *");
  CHECK(match_expression("Go") == "\"go\"");
  CHECK(match_expression("tea  Kuchen") == "\"tea\" * AND \"kuchen\" *");
  CHECK(match_expression("你好\u3000世界") == "\"你 好\" AND \"世 界\"");
  CHECK(match_expression("don't") == "\"don t\"");
  CHECK(match_expression("404") == "\"404\"");
  CHECK(match_expression("v2beta") == "\"v2beta\" *");
  CHECK(match_expression("NEAR(a OR \"b\") text:c*") == "\"near a\" AND \"or\" AND \"b\" AND \"text c\"");
}

TEST_CASE("what is found, by FTS5 and without it") {
  const auto [query, found, missed] =
      GENERATE(table<std::string, std::vector<std::string>, std::vector<std::string>>({
          {"привет", {"Привет!", "приветы всем", "ПРИВЕТ"}, {"при", "непривет", "прив ет"}},
          {"ёлка", {"елка", "Ёлка", "ёлками"}, {"елку"}},
          {"cafe", {"Café", "CAFÉS", "cafe\u0301"}, {"caf"}},
          {"go", {"let us go!", "GO"}, {"good"}},
          {"世界", {"你好世界", "世界", "新世界里"}, {"世 人界", "界世"}},
          {"世", {"世界", "在世"}, {"界"}},
          {"ひら", {"ひらがな", "これひらく"}, {"ひ、から"}},
          {"국어", {"한국어", "국어를"}, {"국", "어국"}},
          {"你 界", {"你好世界", "界你"}, {"你好"}},
          {"👍", {"ok👍", "👍🏽"}, {"👎"}},
          {"green build", {"build is green", "Builds: greener"}, {"green", "build"}},
          {"e-mail", {"E-Mail", "e mails"}, {"email"}},
          {"http请求", {"HTTP请求失败"}, {"http的请求"}},
          {"请http", {"请HTTPS"}, {"请 ht"}},
          {"C++", {"c", "C#"}, {"cpp"}},
          {"1 000", {"000 1"}, {"1000"}},
          {"...", {}, {"...", "", "a"}},
          {"", {}, {"", "a"}},
      }));
  CAPTURE(query);
  Fts5 fts5;
  const Matcher matcher(query);
  for (const auto& text : found) {
    CAPTURE(text);
    CHECK(fts5.finds(query, text));
    CHECK(matcher.matches(text));
  }
  for (const auto& text : missed) {
    CAPTURE(text);
    CHECK_FALSE(fts5.finds(query, text));
    CHECK_FALSE(matcher.matches(text));
  }
}

TEST_CASE("both agree on everything, and no query is too odd for FTS5") {
  const std::vector<std::string> pieces = {
      "a",     "ab",   "abc",    "ABCD",  "é",      "e",    "\u0301",   "ж",      "ё",  "и",      "й",
      "好",    "你",   "が",     "か",    "한",     "ก",    "ี",         "👍",     "🏽", "1",      "23",
      "²",     "ﬁ",    "ß",      "ς",     " ",      " ",    " ",        "\t",     "\n", "\u3000", "\u00A0",
      "\"",    "'",    "*",      "(",     ")",      ":",    "^",        "-",      "+",  "{",      "}",
      " AND ", " OR ", "NOT ",   "NEAR(", "\u200D", "\xFF", "\xE4\xBD", "_",      "◌",  "\u0345", "İ",
      "ı",     "ﷺ",    "\u115F", "𐐀",     "क",      "्",     "ष",        "\u0E33", "ｶﾞ", "\u1100"};
  std::mt19937 random(20261121);
  const auto draw = [&](std::size_t most) {
    std::string text;
    const std::size_t count = std::uniform_int_distribution<std::size_t>(0, most)(random);
    std::uniform_int_distribution<std::size_t> piece(0, pieces.size() - 1);
    for (std::size_t i = 0; i < count; ++i) text += pieces[piece(random)];
    return text;
  };
  Fts5 fts5;
  int found = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = draw(12);
    // Half of the queries are cut out of the text, so that there is something to find.
    std::string query = draw(4);
    if (round % 2 == 0 && !text.empty()) query = text.substr(random() % text.size(), 1 + random() % 9);
    const bool matches = Matcher(query).matches(text);
    if (matches) ++found;
    if (fts5.finds(query, text) != matches || index_form(index_form(text)) != index_form(text)) {
      CAPTURE(query, text, index_form(text), match_expression(query).value_or("none"), matches);
      FAIL("they do not agree");
    }
  }
  CHECK(found > 2'000);
}

TEST_CASE("a query of more words than are looked for still means something") {
  std::string query;
  for (int word = 0; word < 5'000; ++word) query += std::to_string(word) + ' ';
  std::string first;
  for (std::size_t word = 0; word < most_query_words; ++word) first += std::to_string(word) + ' ';
  CHECK(match_expression(query) == match_expression(first));
  Fts5 fts5;
  CHECK(fts5.finds(query, query));
  std::string phrase;
  for (int character = 0; character < 5'000; ++character) phrase += "好";
  CHECK(fts5.finds(phrase, phrase));
  CHECK(Matcher(phrase).matches(phrase));
}

TEST_CASE("a phrase has no more words than are looked for") {
  std::string query;
  for (int i = 0; i < 5000; ++i) query += "的";
  const auto expression = match_expression(query).value();
  CHECK(expression.size() < most_query_words * 4 + 2);
  std::string text;
  for (std::size_t i = 0; i < most_query_words; ++i) text += "的";
  CHECK(Matcher(query).matches(text));
  CHECK_FALSE(Matcher(query).matches(text.substr(3)));
  CHECK(match_expression("a " + query).value().starts_with("\"a\" AND \"的 的"));
}

TEST_CASE("a long run of marks takes no time that could be noticed") {
  std::string marks = "か";
  for (int i = 0; i < 20'000; ++i) marks += i % 2 == 0 ? "\u302A" : "\u3099";
  CHECK_FALSE(index_form(marks).empty());
}

}  // namespace hubbub::journal
