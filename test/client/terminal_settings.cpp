// What cannot be kept in the settings.
#include <filesystem>

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

TEST_CASE("what cannot be kept holds for this run, and one is told so") {
  Pair pair;
  std::filesystem::create_directories(pair.terminal.home().path() / "hubbub" / "config.toml");
  const std::string told = "kept\r\n";
  pair.enter("/ignore -s bob");
  pair.terminal.expect(told);
  pair.enter("/ignore");
  pair.terminal.expect("you ignore bob (until the client ends)");
  pair.enter("/mute -s lobby");
  pair.terminal.expect(told);
  pair.enter("/mute");
  pair.terminal.expect("muted: lobby (until the client ends)");
  pair.enter("/set -s notify.bell off");
  pair.terminal.expect(told);
}

}  // namespace hubbub::test
