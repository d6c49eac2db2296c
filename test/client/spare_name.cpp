#include "client/script/spare_name.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::client;

TEST_CASE("a spare name is made of the one that was wanted") {
  CHECK(spare_name("alice", 2) == "alice-2");
  CHECK(derived_name("小明", "tail") == "小明-tail");
  CHECK(derived_name("", "tail").empty());
}

TEST_CASE("spare names are tried in turn, from the first on when it begins again, and not without end") {
  SpareNames names("alice");
  CHECK(names.wanted() == "alice");
  CHECK(names.next() == "alice-2");
  CHECK(names.next() == "alice-3");
  names.begin_again();
  CHECK(names.next() == "alice-2");
  int count = 2;
  while (names.next()) ++count;
  CHECK(count == 99);
  CHECK_FALSE(SpareNames().next());
}

TEST_CASE("a spare name is no longer than a name may be") {
  const std::string longest(32, 'x');
  CHECK(spare_name(longest, 12) == std::string(29, 'x') + "-12");
  std::string wide;
  for (int number = 0; number < 32; ++number) wide += "ж";
  const std::string tail = derived_name(wide, "tail");
  CHECK(tail.size() == 27 * 2 + 5);
  CHECK(tail.ends_with("ж-tail"));
}
