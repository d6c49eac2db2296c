// Private views, opened and closed.
#include "test/client/pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

TEST_CASE("a private view of one whom nobody knows, or whom one ignores, is opened with a word of warning") {
  Pair pair;
  pair.enter("/query bob");
  pair.terminal.expect("@bob > ");
  CHECK(pair.terminal.text().find("nobody of that name") == std::string::npos);
  pair.enter("/query bobb");
  pair.terminal.expect("nobody of that name has been here");
  pair.terminal.expect("did you mean bob?");
  pair.terminal.expect("@bobb > ");
  pair.enter("/ignore bob");
  pair.terminal.expect("bob is ignored");
  pair.enter("/query bob");
  pair.terminal.expect("you ignore bob: what they write is not shown");
}

TEST_CASE("a reply that is typed faster than it is read answers who had written before it") {
  Pair pair;
  for (const char* const text : {"psst", "again"}) {
    pair.bob.send({{"type", "tell"}, {"to", "alice"}, {"text", text}});
    pair.terminal.expect(std::string("[bob → you] ") + text);
    pair.enter("/reply yes?");
    pair.terminal.expect("[you → bob] yes?");
  }
}

TEST_CASE("a private view that is closed leads back to where one was") {
  Pair pair;
  pair.enter("/join dev");
  pair.terminal.expect("dev > ");
  pair.enter("/query bob");
  pair.terminal.expect("@bob > ");
  pair.enter("/query bobb");
  pair.terminal.expect("@bobb > ");
  pair.enter("/query");
  pair.terminal.expect("the private view of bobb is closed");
  pair.terminal.expect("@bob > ");
  pair.enter("/query");
  pair.terminal.expect("the private view of bob is closed");
  pair.terminal.expect("dev > ");
}

TEST_CASE("among the rooms a private view is what it is") {
  Pair pair;
  pair.enter("/query bob");
  pair.terminal.expect("@bob > ");
  pair.enter("/list");
  pair.terminal.expect("lobby, 2 people");
  pair.terminal.expect("@bob (here), a private view");
}

}  // namespace hubbub::test
