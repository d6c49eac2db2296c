#include "protocol/settings/value.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::settings;

TEST_CASE("what is typed is read by the form of the key") {
  CHECK(typed_value(Form::flag, "on") == Value(true));
  CHECK(typed_value(Form::flag, "false") == Value(false));
  CHECK(typed_value(Form::flag, "1") == Value("1"));
  CHECK(typed_value(Form::number, "12") == Value(std::int64_t{12}));
  CHECK(typed_value(Form::number, "12 apples") == Value("12 apples"));
  CHECK(typed_value(Form::text, "12") == Value("12"));
  CHECK(typed_value(Form::text, R"("a \"b\" \\")") == Value(R"(a "b" \)"));
  CHECK(typed_value(Form::list, "bob, eve\t小明") == Value(Texts{"bob", "eve", "小明"}));
  CHECK(typed_value(Form::list, R"(["a b", c])") == Value(Texts{"a b", "c"}));
  CHECK(typed_value(Form::list, "\"open") == Value(Texts{"\"open"}));
  CHECK(typed_value(Form::list, "[]") == Value(Texts{}));
}

TEST_CASE("a list that is printed can be typed") {
  const Texts texts{"a \"b\" \\", "", "c, d", "[e]"};
  CHECK(typed_value(Form::list, in_quotes(texts)) == Value(texts));
}

TEST_CASE("a text that is printed can be typed, whatever is in it") {
  std::string text = "小明 \"says\" C:\\new\\u0041 😀 ";
  for (int byte = 0; byte < 0x20; ++byte) text += static_cast<char>(byte);
  text += '\x7f';
  CHECK(typed_value(Form::text, in_quotes(text)) == Value(text));
  CHECK(typed_value(Form::list, in_quotes(Texts{text, "b"})) == Value(Texts{text, "b"}));
}

TEST_CASE("what TOML writes with a backslash can be typed, and what it refuses means itself") {
  CHECK(typed_value(Form::text, R"("\b\t\n\f\r\"\\")") == Value("\b\t\n\f\r\"\\"));
  CHECK(typed_value(Form::text, R"("\u5C0F\u660e \U0001F600")") == Value("小明 😀"));
  for (const char* refused : {R"(\q)", R"(\u12)", R"(\uD800)", R"(\U00110000)", R"(C:\dir)", R"(a" = "b)"})
    CHECK(typed_value(Form::text, '"' + std::string(refused) + '"') == Value(refused));
  CHECK(typed_value(Form::text, R"("\")") == Value("\\"));
}

TEST_CASE("a value is shown as TOML writes it, and drives no terminal") {
  CHECK(shown(true) == "true");
  CHECK(shown(0.5) == "0.5");
  CHECK(shown(Value("say \"hi\"\n")) == R"("say \"hi\"\n")");
  CHECK(shown(Value("\x1b[31m\x7f")) == R"("\u001B[31m\u007F")");
  CHECK(shown(Value("a\u009b\u202eb\xff")) == "\"ab\uFFFD\"");
  CHECK(shown(Texts{"a"}) == "a list");
  CHECK(shown(Foreign{"a date or time"}) == "a date or time");
}

TEST_CASE("a long value is cut between two code points") {
  CHECK(shown(Value(std::string(60, 'x'))) == '"' + std::string(60, 'x') + '"');
  CHECK(shown(Value(std::string(59, 'x') + "é")) == '"' + std::string(59, 'x') + "\"…");
}
