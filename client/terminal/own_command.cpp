#include "client/terminal/own_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "client/spelling.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal::own {
namespace {

using protocol::Code;
using protocol::Result;

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The first word, and what follows it.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of(blanks), text.size());
  return {text.substr(0, end), trimmed(text.substr(end))};
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return result;
}

std::string usage(std::string_view name, std::string_view arguments) {
  std::string text = "/" + std::string(name);
  if (!arguments.empty()) text.append(" ").append(arguments);
  return text;
}

protocol::Error misused(const Row& row) {
  return {Code::bad_request, "use it as " + usage(row.name, row.arguments) + ": " + std::string(row.help)};
}

Result<Any> read_go(const Row&, std::string_view rest) { return Any(Go{std::string(rest)}); }

Result<Any> read_reply(const Row& row, std::string_view rest) {
  if (rest.empty()) return misused(row);
  return Any(Reply{std::string(rest)});
}

Result<Any> read_query(const Row&, std::string_view rest) {
  const auto [name, text] = split(rest);
  return Any(Query{std::string(name), std::string(text)});
}

Result<Any> read_around(const Row& row, std::string_view rest) {
  std::size_t hit = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), hit);
  if (error != std::errc() || end != rest.data() + rest.size() || hit == 0) return misused(row);
  return Any(Around{hit});
}

/// Whether `-s` stands in front, and what follows it.
std::pair<bool, std::string_view> split_keep(std::string_view rest) {
  const auto [first, others] = split(rest);
  return first == "-s" ? std::pair(true, others) : std::pair(false, rest);
}

/// Of a command that takes a name, and alone lists what there is, or has a meaning of its own.
template <class Command>
Result<Any> read_named(const Row& row, std::string_view rest) {
  const auto [keep, name] = split_keep(rest);
  if (keep && name.empty()) return misused(row);
  return Any(Command{std::string(name), keep});
}

Result<Any> read_unignore(const Row& row, std::string_view rest) {
  if (rest.empty()) return misused(row);
  return read_named<Unignore>(row, rest);
}

/// `KEY VALUE`, or as it is printed: `KEY = VALUE`.
Result<Any> read_set(const Row& row, std::string_view rest) {
  const auto [keep, assignment] = split_keep(rest);
  if (keep && assignment.empty()) return misused(row);
  const std::size_t end = std::min(assignment.find_first_of(" \t="), assignment.size());
  std::string_view value = trimmed(assignment.substr(end));
  if (value.starts_with('=')) value = trimmed(value.substr(1));
  Set set{std::string(assignment.substr(0, end)), {}, keep};
  if (!value.empty()) set.value = value;
  return Any(std::move(set));
}

Result<Any> read_clear(const Row&, std::string_view) { return Any(Clear{}); }

Result<Any> read_help(const Row&, std::string_view) { return Any(Help{}); }

constexpr std::array<Row, 11> rows = {{
    {"go", "[ROOM|N]", "look at another room, or at the most urgent", Argument::own_room, read_go},
    {"reply", "TEXT", "answer who wrote to you in private before you began to type", Argument::text,
     read_reply},
    {"query", "[NAME [TEXT]]", "open a private view of somebody, like a room; alone: close it",
     Argument::name, read_query},
    {"around", "N", "show what was said around hit N of the last /search", Argument::none, read_around},
    {"ignore", "[-s] [NAME]", "hear nothing of somebody, for now or (-s) for good; alone: list them",
     Argument::name, read_named<Ignore>},
    {"unignore", "[-s] NAME", "hear somebody again", Argument::ignored, read_unignore},
    {"mute", "[-s] [ROOM]", "be left in peace by a room, for now or (-s) for good; alone: list them",
     Argument::own_room, read_named<Mute>},
    {"unmute", "[-s] [ROOM]", "the opposite, for a room or this one", Argument::own_room, read_named<Unmute>},
    {"set", "[-s] [KEY [VALUE]]", "show the settings, or change one, for now or (-s) for good",
     Argument::setting, read_set},
    {"clear", "", "empty the screen", Argument::none, read_clear},
    {"help", "", "show what there is to type", Argument::none, read_help},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> keys = {{
    {"Tab", "complete a command, a room or a name"},
    {"2:dev 3 new", "in the prompt: Alt-2 turns to dev, where 3 messages are unread"},
    {"3:ops 1 for you", "and one in ops names you; short: 3:ops @1, 3:@1, and @2 for all rooms"},
    {"Alt-1 … Alt-9", "look at the room with that number"},
    {"Alt-a", "look at the most urgent room"},
    {"Alt-n, Alt-p", "look at the next room, or the one before"},
    {"Ctrl-R", "search what you typed before"},
    {"Ctrl-L", "draw the screen again"},
    {"Ctrl-C", "drop what you are typing; else leave"},
    {"Ctrl-D", "leave"},
    {"Enter", "on an empty line, when offline: try again"},
}};

/// The shared table has a /help of its own, which ours takes the place of.
bool is_taken_over(std::string_view name) { return name == "help"; }

}  // namespace

std::span<const Row> table() { return rows; }

std::optional<Result<Any>> parse(std::string_view line) {
  if (!line.starts_with('/') || line.starts_with("//")) return std::nullopt;
  const auto [typed, rest] = split(line.substr(1));
  const std::string name = lower(typed);
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& each) { return each.name == name; });
  if (row == rows.end()) return std::nullopt;
  return row->read(*row, rest);
}

std::string nearest(std::string_view typed) {
  if (typed.size() < 3) return {};  // that would be a riddle
  std::vector<std::string> names;
  std::vector<std::string> usages;
  const auto add = [&](const auto& command) {
    names.emplace_back(command.name);
    usages.push_back(usage(command.name, command.arguments));
  };
  for (const auto& command : protocol::slash::commands()) add(command);
  for (const Row& row : rows) add(row);
  const std::string* const found = client::nearest(lower(protocol::prefix(typed, 20)), names);
  return found == nullptr ? std::string() : usages[static_cast<std::size_t>(found - names.data())];
}

std::string help() {
  static constexpr std::size_t column = 25;
  std::string text;
  const auto add = [&text](std::string left, std::string_view right) {
    const std::size_t width = protocol::code_points(left);
    left.append(std::max(column, width + 2) - width, ' ');
    text.append(left).append(right).append("\n");
  };
  for (const auto& command : protocol::slash::commands()) {
    if (!is_taken_over(command.name)) add(usage(command.name, command.arguments), command.help);
  }
  for (const Row& row : rows) add(usage(row.name, row.arguments), row.help);
  add("//TEXT", "say a line that begins with a slash");
  for (const auto& [key, does] : keys) add(std::string(key), does);
  text.pop_back();
  return text;
}

}  // namespace hubbub::client::terminal::own
