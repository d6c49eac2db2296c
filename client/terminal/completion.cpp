#include "client/terminal/completion.hpp"

#include <algorithm>

#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {
namespace {

namespace slash = protocol::slash;
using Strings = std::vector<std::string>;

std::string key_of(std::string_view text) {
  const auto name = protocol::parse_room(text);
  return name ? name->key : std::string(text);
}

/// Those that the word begins, whatever its case.
Strings beginning_with(std::string_view word, const Strings& candidates) {
  const std::string key = key_of(word);
  Strings found;
  for (const std::string& candidate : candidates) {
    if (key_of(candidate).starts_with(key)) found.push_back(protocol::for_terminal(candidate));
  }
  return found;
}

Strings room_names(const Roster& roster) {
  Strings names;
  for (const Roster::Room& room : roster.rooms()) names.push_back(room.name);
  return names;
}

Strings commands(std::string_view word) {
  Strings found;
  for (const slash::Command& command : slash::commands()) {
    std::string typed = "/" + std::string(command.name);
    if (typed.starts_with(word)) found.push_back(std::move(typed));
  }
  return found;
}

/// What the word stands for: the arguments are counted by the blanks before it, and the last of a
/// command's goes on to the end of the line.
slash::Argument argument_at(std::string_view before) {
  const std::string_view name = before.substr(1, before.find(' ') - 1);
  const auto& table = slash::commands();
  const auto command =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.name == name; });
  if (command == table.end() || command->completes.empty()) return slash::Argument::text;
  const auto blanks = static_cast<std::size_t>(std::count(before.begin(), before.end(), ' '));
  return command->completes[std::min(blanks, command->completes.size()) - 1];
}

}  // namespace

Strings completions(std::string_view before, const Roster& roster) {
  const std::size_t blank = before.find_last_of(" \t");
  const bool first = blank == std::string_view::npos;
  const std::string_view word = first ? before : before.substr(blank + 1);
  const bool is_command = before.starts_with('/') && !before.starts_with("//");
  if (is_command && first) return commands(word);
  if (is_command && argument_at(before) == slash::Argument::room)
    return beginning_with(word, room_names(roster));
  Strings found = beginning_with(word, roster.people());
  if (first) {
    for (std::string& name : found) name += ':';
  }
  return found;
}

}  // namespace hubbub::client::terminal
