// What one is told of a search that has nothing to show.
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

/// Alice at her terminal, and bob, both in the lobby.
struct Pair {
  Daemon daemon;
  PseudoTerminal terminal{{hubbub_program, "alice@" + target(daemon.address())},
                          {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"}};
  JsonClient bob;

  Pair() : bob(in_front_of(terminal, daemon)) {}

  static JsonClient in_front_of(PseudoTerminal& terminal, const Daemon& daemon) {
    terminal.expect("lobby > ");
    JsonClient bob = member(daemon.address(), "bob");
    terminal.expect("bob has joined lobby");
    return bob;
  }
  void enter(const std::string& line) const { terminal.type("\x15" + line + "\r"); }
};

}  // namespace

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
