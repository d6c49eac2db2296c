#include "protocol/settings/kinds.hpp"

#include <limits>

#include "test/support/catch.hpp"

using namespace hubbub::settings;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

enum class Fruit { apple, pear };
Texts fruits() { return {"apple", "16"}; }

/// What is printed of what was read; the complaint, where nothing was read.
template <class Kind, class T>
std::string read(const Value& value, T into = {}) {
  const T before = into;
  const auto complaint = Kind::read(value, into);
  if (!complaint) return Kind::print(into);
  CHECK(into == before);
  return *complaint;
}

Value whole(std::int64_t number) { return number; }

}  // namespace

TEST_CASE("counts are whole and not negative") {
  CHECK(read<Count, std::size_t>(whole(0)) == "0");
  CHECK(read<Count, std::size_t>(whole(std::numeric_limits<std::int64_t>::max())) == "9223372036854775807");
  CHECK(read<Count, std::size_t>(whole(-1)) == "-1 is no count; write a whole number, 0 for no limit");
  for (const Value& wrong : {Value(1.0), Value("1"), Value(true), Value(Texts{}), Value(Foreign{"a table"})})
    CHECK_THAT((read<Count, std::size_t>(wrong)), ContainsSubstring(" is no count; "));
}

TEST_CASE("rates may be fractions") {
  CHECK(read<Rate, double>(0.5) == "0.5");
  CHECK(read<Rate, double>(whole(10)) == "10");
  for (const double wrong :
       {-0.5, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK_THAT((read<Rate, double>(wrong)), ContainsSubstring(" is no rate; "));
}

TEST_CASE("sizes have units of 1024") {
  const auto size = [](const Value& value) { return read<Size, std::size_t>(value); };
  CHECK(size(whole(1000)) == "1000");
  CHECK(size("12B") == "12");
  CHECK(size("64 KiB") == "\"64KiB\"");
  CHECK(size("1024MiB") == "\"1GiB\"");
  CHECK(size("8589934591GiB") == "\"8589934591GiB\"");
  for (const char* wrong : {"8589934592GiB", "KiB", "-1KiB", "", "1kib", "1 KiB "})
    CHECK_THAT(size(wrong), ContainsSubstring(" is no size; "));
  CHECK_THAT(size(whole(-1)), ContainsSubstring("-1 is no size; "));
}

TEST_CASE("time spans have units, and an end") {
  const auto span = [](const Value& value) { return read<Duration, std::chrono::milliseconds>(value, 1ms); };
  CHECK(span(whole(0)) == "0");
  CHECK(span("0s") == "0");
  CHECK(span("90s") == "\"90s\"");
  CHECK(span("120s") == "\"2m\"");
  CHECK(span("36500d") == "\"36500d\"");
  CHECK(span("36501d") == "\"36501d\" is more than 100 years; write 0 for no limit");
  CHECK_THAT(span(whole(30)), ContainsSubstring("30 is no time span; "));
  CHECK_THAT(span("5"), ContainsSubstring("\"5\" is no time span; "));
}

TEST_CASE("a choice is an enumerator or the word itself, and may be written as a number") {
  using Kind = Choice<fruits>;
  CHECK(read<Kind>("16", Fruit::apple) == "\"16\"");
  CHECK(read<Kind>(whole(16), Fruit::apple) == "\"16\"");
  CHECK(read<Kind>(whole(16), std::string()) == "\"16\"");
  CHECK(read<Kind>("plum", Fruit::pear) == R"("plum" is not known; there are "apple", "16")");
  CHECK(Kind::choices() == fruits());
}

TEST_CASE("flags are true or false") {
  CHECK(read<Flag>(true, false) == "true");
  CHECK(read<Flag>(whole(1), false) == "1 is no choice between true and false");
}

TEST_CASE("lists are read as a whole or not at all") {
  CHECK(read<Names, Texts>(Texts{"Bob", "小明"}) == R"(["Bob", "小明"])");
  CHECK_THAT((read<Names, Texts>(Texts{"bob", "a b"}, {"eve"})),
             ContainsSubstring("\"a b\" cannot be one: "));
  CHECK(read<Rooms, Texts>(Texts{"#lobby"}) == R"(["lobby"])");
  CHECK(read<Rooms, Texts>("lobby") == "\"lobby\" is no list of names; write [\"lobby\", \"dev\"]");
  CHECK(read<Phrases, Texts>(Texts{"release candidate"}) == R"(["release candidate"])");
  for (const char* wrong : {"", " , ", "a\nb", "a\tb", "a\x1b"})
    CHECK_THAT((read<Phrases, Texts>(Texts{wrong})), ContainsSubstring(" cannot be one"));
  CHECK_THAT((read<Phrases, Texts>(Texts{std::string(101, 'x')})), ContainsSubstring(" cannot be one: "));
}
