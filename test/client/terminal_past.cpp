// What one is told of a search that has nothing to show.
#include "test/client/pair.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

TEST_CASE("a hit that is not there is answered with why it is not") {
  Pair pair;
  pair.enter("/around 1");
  pair.terminal.expect("nothing has been searched for");
  pair.bob.say("lobby", "tea");
  pair.terminal.expect("bob │ tea");
  pair.enter("/search cake");
  pair.terminal.expect("nothing was found in lobby");
  pair.enter("/around 1");
  pair.terminal.expect("the last search has shown nothing");
  pair.enter("/ignore bob");
  pair.terminal.expect("bob is ignored");
  pair.enter("/search tea");
  pair.terminal.expect("1 of people whom you ignore");
  pair.enter("/around 1");
  pair.terminal.expect("found is of people whom you ignore;");
}

}  // namespace hubbub::test
