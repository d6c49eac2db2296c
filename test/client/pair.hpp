#pragma once

#include <string>

#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {

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
  /// In place of what stands in the line.
  void enter(const std::string& line) const { terminal.type("\x15" + line + "\r"); }
};

}  // namespace hubbub::test
