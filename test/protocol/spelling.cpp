#include "protocol/spelling.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

TEST_CASE("the distance counts what is added, dropped, changed") {
  for (const std::size_t exchange : {1U, 2U}) {
    CHECK(edit_distance("", "", exchange) == 0);
    CHECK(edit_distance("", "abc", exchange) == 3);
    CHECK(edit_distance("abc", "", exchange) == 3);
    CHECK(edit_distance("kitten", "sitting", exchange) == 3);
    CHECK(edit_distance("limits", "limits", exchange) == 0);
  }
}

TEST_CASE("neighbours that are exchanged count as one or as two") {
  CHECK(edit_distance("ab", "ba", 1) == 1);
  CHECK(edit_distance("ab", "ba", 2) == 2);
  CHECK(edit_distance("jion", "join", 1) == 1);
  CHECK(edit_distance("jion", "join", 2) == 2);
  // The restricted distance: what has been exchanged is not changed again.
  CHECK(edit_distance("ca", "abc", 1) == 3);
}

TEST_CASE("the nearest word is the first with the least distance, and not a riddle") {
  const std::vector<std::string> words{"room", "rooms", "root"};
  const auto of = [&](std::string_view word, std::size_t bytes_per_slip = 3) {
    const auto* found = nearest(word, words, bytes_per_slip);
    return found == nullptr ? "" : *found;
  };
  CHECK(of("rooms") == "rooms");
  CHECK(of("roon") == "room");
  CHECK(of("ro") == "room");
  CHECK(of("who").empty());
  CHECK(of("roomab", 3) == "room");
  CHECK(of("roomabc", 3).empty());
  CHECK(of("roomabc", 2) == "room");
  CHECK(of(std::string(65, 'x'), 1).empty());
}
