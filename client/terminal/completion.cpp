#include "client/terminal/completion.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "client/settings.hpp"
#include "client/terminal/own_command.hpp"
#include "protocol/name.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::terminal {

using protocol::key_of;
namespace {

namespace slash = protocol::slash;
using Strings = std::vector<std::string>;

constexpr std::string_view blanks = " \t\n";

/// The candidates that begin with the word, in any case.
Strings beginning_with(std::string_view word, const Strings& candidates) {
  const std::string key = key_of(word);
  Strings found;
  for (const std::string& candidate : candidates) {
    if (key_of(candidate).starts_with(key)) found.push_back(protocol::for_terminal(candidate));
  }
  return found;
}

/// As beginning_with, but a "#" before the word, as before a room's name, is ignored in the comparison and
/// kept in the results.
Strings behind_sign(std::string_view word, const Strings& candidates) {
  const std::string_view bare = protocol::typed::room(word);
  Strings found = beginning_with(bare, candidates);
  for (std::string& each : found) each.insert(0, word.substr(0, word.size() - bare.size()));
  return found;
}

/// The rooms other than the current one, those with unread messages first.
Strings room_names(const Model& model) {
  Strings names;
  Strings others;
  for (const Glance& room : model.glance()) {
    if (!room.current) (room.unread > 0 ? names : others).push_back(room.name);
  }
  names.insert(names.end(), others.begin(), others.end());
  if (!model.current().empty()) names.push_back(model.current());
  return names;
}

/// All names of commands in both tables, other names included.
Strings command_names() {
  Strings found;
  std::vector<protocol::suggestion::Candidate> names;
  for (const slash::Command& command : slash::commands()) slash::add_names(command, names);
  for (const auto& each : names) found.emplace_back(each.name);
  for (const own::Row& row : own::table()) found.emplace_back(row.name);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// The commands that begin with the word, which has a slash.
Strings commands(std::string_view word) {
  Strings found;
  for (const std::string& name : command_names()) {
    if (name.starts_with(word.substr(1))) found.push_back("/" + name);
  }
  return found;
}

/// Completions for the `nth` word (from 1) behind one of the client's own commands; `first`: the first of
/// these words.
Strings of_own(const own::Row& row, std::size_t nth, std::string_view first, const Model& model) {
  if (nth == 2 && row.completes == own::Argument::setting) return setting_choices(first);
  if (row.completes == own::Argument::text) return model.people();
  if (nth > 1 || row.completes == own::Argument::none) return {};
  switch (row.completes) {
    case own::Argument::own_room:
      return room_names(model);
    case own::Argument::ignored:
      return model.ignored();
    case own::Argument::setting:
      return setting_keys();
    case own::Argument::command:
      return command_names();
    default:
      return model.people();
  }
}

/// `first`: the first word behind the command.
Strings of_shared(const slash::Command& command, std::size_t nth, std::string_view first,
                  const Model& model) {
  if (command.completes.empty()) return {};
  switch (command.completes[std::min(nth, command.completes.size()) - 1]) {
    case slash::Argument::room:
      return nth == 1 ? room_names(model) : Strings();
    case slash::Argument::name:
      return nth == 1 ? model.people_to_write_to() : Strings();
    case slash::Argument::member:
      return nth == 1 ? model.people() : Strings();
    case slash::Argument::rule:
      return nth == 1 ? slash::rule_names() : Strings();
    case slash::Argument::value:
      return nth == 2 ? slash::rule_values(first) : Strings();
    case slash::Argument::role:
      return nth == 2 ? Strings{"owner", "moderator", "voice", "none"} : Strings();
    case slash::Argument::count:
      return {};
    case slash::Argument::command:
      return nth == 1 ? command_names() : Strings();
    default:
      return model.people();
  }
}

/// `before`: the line before the word that is being completed; it begins with a command.
Strings arguments(std::string_view before, const Model& model) {
  std::istringstream line{std::string(before)};
  Strings words(std::istream_iterator<std::string>(line), {});
  const std::string_view name = std::string_view(words.front()).substr(1);
  const auto rows = own::table();
  if (const auto row = std::ranges::find(rows, name, &own::Row::name); row != rows.end()) {
    if (words.size() > 1 && words[1] == "-s") words.erase(words.begin() + 1);
    return of_own(*row, words.size(), words.size() > 1 ? words[1] : std::string(), model);
  }
  const slash::Command* const shared = slash::find(name);
  if (shared == nullptr) return {};
  if (words.size() > 1 && words[1] == "-a") words.erase(words.begin() + 1);
  return of_shared(*shared, words.size(), words.size() > 1 ? words[1] : std::string(), model);
}

}  // namespace

Strings completions(std::string_view before, const Model& model) {
  const std::string_view text = protocol::typed::trimmed(before);
  if (text.starts_with('/')) before.remove_prefix(before.find('/'));  // a command may stand behind blanks
  const std::size_t blank = before.find_last_of(blanks);
  const bool first = blank == std::string_view::npos;
  const std::string_view word = first ? before : before.substr(blank + 1);
  const bool is_command = before.starts_with('/') && !before.starts_with("//");
  if (is_command && first) return commands(word);
  if (is_command) return behind_sign(word, arguments(before.substr(0, blank), model));
  const bool at_sign = word.starts_with('@');
  Strings found = beginning_with(at_sign ? word.substr(1) : word, model.people());
  for (std::string& name : found) {
    if (at_sign) name.insert(0, 1, '@');
    if (first && !at_sign) name += ':';
  }
  return found;
}

}  // namespace hubbub::client::terminal
