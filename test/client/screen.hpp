#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "test/client/program.hpp"
#include "test/client/tmux.hpp"
#include "test/support/daemon.hpp"

/// What a person sees, in tmux, with the real daemon.
namespace hubbub::test {

using Strings = std::vector<std::string>;

/// Alice and Boris at their terminals, in three rooms.
struct ThreeRooms {
  Daemon daemon;
  Tmux tmux;

  explicit ThreeRooms(int columns = 80, int rows = 24) {
    enter("alice", columns, rows);
    enter("Борис", columns, rows);
  }

  void enter(const std::string& name, int columns = 80, int rows = 24, const Strings& more = {}) {
    Strings command = {hubbub_program, name + "@" + target(daemon.address())};
    for (const char* room : {"lobby", "dev", "ops"}) {
      command.emplace_back("-r");
      command.emplace_back(room);
    }
    command.insert(command.end(), more.begin(), more.end());
    tmux.open(name, command, columns, rows);
    tmux.expect(name, columns < 40 ? "│ ops with" : "you are in ops");
  }

  Strings alice(std::string_view text) const { return tmux.expect("alice", text); }
};

/// How many of the lines hold the text.
inline std::size_t count(const Strings& lines, std::string_view text) {
  const auto holds = [&](const std::string& line) { return line.find(text) != std::string::npos; };
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), holds));
}

/// The place of the first line that holds the text.
inline std::size_t place(const Strings& lines, std::string_view text) {
  const auto holds = [&](const std::string& line) { return line.find(text) != std::string::npos; };
  return static_cast<std::size_t>(std::find_if(lines.begin(), lines.end(), holds) - lines.begin());
}

}  // namespace hubbub::test
