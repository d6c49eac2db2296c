#pragma once

#include <string>
#include <utility>
#include <vector>

#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/daemon.hpp"

namespace hubbub::test {

using Strings = std::vector<std::string>;

inline const Strings xterm = {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"};
inline const Strings colourful = {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR="};

/// Alice at her terminal, in the lobby.
struct Alice {
  Daemon daemon;
  PseudoTerminal terminal;

  explicit Alice(const Strings& environment = xterm, Strings options = {})
      : terminal(command(std::move(options)), environment) {
    terminal.expect("you are in lobby");
    terminal.expect("lobby");
    terminal.expect("> ");
  }

  Strings command(Strings options) const {
    options.insert(options.begin(), hubbub_program);
    options.push_back("alice@" + target(daemon.address()));
    return options;
  }
};

}  // namespace hubbub::test
