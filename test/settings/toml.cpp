#include "protocol/settings/toml.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::settings;

namespace {

Entry parsed(std::string_view text, bool fractions = true) {
  auto result = parse_toml(text, fractions);
  if (const auto* fault = std::get_if<Fault>(&result)) FAIL(fault->sentence);
  return std::get<Entry>(std::move(result));
}

Value value_of(const std::string& written, bool fractions = true) {
  return parsed("x = " + written, fractions).entries.at(0).value;
}

std::string with(std::string_view text, std::string_view section, std::string_view name,
                 std::string_view value) {
  return with_value(text, section, name, value).value_or("nothing");
}

}  // namespace

TEST_CASE("every type of TOML is a value") {
  CHECK(value_of("true") == Value(true));
  CHECK(value_of("0x10") == Value(std::int64_t{16}));
  CHECK(value_of("1.5") == Value(1.5));
  CHECK(value_of("1.5", false) == Value(Foreign{"a fraction"}));
  CHECK(value_of("'a'") == Value("a"));
  CHECK(value_of("['a', \"b\"]") == Value(Texts{"a", "b"}));
  CHECK(value_of("[]") == Value(Texts{}));
  CHECK(value_of("['a', 1]") == Value(Foreign{"a list of something other than text"}));
  CHECK(value_of("2026-11-21") == Value(Foreign{"a date or time"}));
  CHECK(value_of("12:00:00") == Value(Foreign{"a date or time"}));
  CHECK(value_of("{}") == Value(Foreign{"a table"}));
}

TEST_CASE("entries have their lines, tables their entries") {
  const auto root = parsed("z = 1\n[a]\ny = 2\n\n[a.b]\nx = 3\n");
  REQUIRE(root.entries.size() == 2);
  const auto& a = root.entries[0];
  CHECK((a.name == "a" && a.is_table && a.line == 2));
  REQUIRE(a.entries.size() == 2);
  CHECK((a.entries[0].name == "b" && a.entries[0].is_table && a.entries[0].entries.at(0).line == 6));
  CHECK((a.entries[1].name == "y" && !a.entries[1].is_table && a.entries[1].line == 3));
  CHECK((root.entries[1].name == "z" && root.entries[1].line == 1));
}

TEST_CASE("what is no TOML is a fault with its line") {
  const auto result = parse_toml("a = 1\nb = \n", true);
  REQUIRE(std::holds_alternative<Fault>(result));
  CHECK(std::get<Fault>(result).line == 2);
}

TEST_CASE("a value is replaced in its place") {
  CHECK(with("# чай\n[a] # b\n'ж' = 1\nx = \"é\"\t# c\n", "a", "x", "2") ==
        "# чай\n[a] # b\n'ж' = 1\nx = 2\t# c\n");
  CHECK(with("a = { y = 'жé', x = 1 }\n", "a", "x", "2") == "a = { y = 'жé', x = 2 }\n");
  CHECK(with("x = [1, # one\n 2] # two\n", "", "x", "[]") == "x = [] # two\n");
  CHECK(with("a.x = 1\n", "a", "x", "2") == "a.x = 2\n");
  CHECK(with("a = { x = 1, y = 2 }\n", "a", "x", "3") == "a = { x = 3, y = 2 }\n");
}

TEST_CASE("a new line goes behind the others of its section") {
  CHECK(with("", "", "x", "1") == "x = 1\n");
  CHECK(with("", "a", "x", "1") == "[a]\nx = 1\n");
  CHECK(with("y = 1", "a", "x", "1") == "y = 1\n\n[a]\nx = 1\n");
  CHECK(with("[a]\n\n[b]\n", "a", "x", "1") == "[a]\nx = 1\n\n[b]\n");
  CHECK(with("[a]\ny = 1\n\n# b\n[b]\n", "a", "x", "2") == "[a]\ny = 1\nx = 2\n\n# b\n[b]\n");
  CHECK(with("# of the file\n\n# a\n[a]\n", "", "x", "1") == "# of the file\n\nx = 1\n\n# a\n[a]\n");
}

TEST_CASE("an inline table takes no further line") {
  CHECK(with("a = { y = 1 }\n", "a", "x", "1") == "nothing");
}
