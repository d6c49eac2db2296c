#include "client/terminal/own_command.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "protocol/slash.hpp"
#include "protocol/suggestion.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::client::terminal::own {
namespace {

using protocol::Code;
using protocol::Result;
namespace slash = protocol::slash;
namespace suggestion = protocol::suggestion;
namespace typed = protocol::typed;

std::string usage(std::string_view name, std::string_view arguments) {
  std::string text = "/" + std::string(name);
  if (!arguments.empty()) text.append(" ").append(arguments);
  return text;
}

protocol::Error misused(const Row& row) {
  return {Code::bad_request, "use it as " + usage(row.name, row.arguments) + ": " + std::string(row.help)};
}

Result<Any> read_go(const Row&, std::string_view rest) { return Any(Go{std::string(typed::room(rest))}); }

Result<Any> read_reply(const Row& row, std::string_view rest) {
  if (rest.empty()) return misused(row);
  return Any(Reply{std::string(rest)});
}

Result<Any> read_ignore(const Row&, std::string_view rest) { return Any(Ignore{std::string(rest)}); }

Result<Any> read_unignore(const Row& row, std::string_view rest) {
  if (rest.empty()) return misused(row);
  return Any(Unignore{std::string(rest)});
}

Result<Any> read_mute(const Row&, std::string_view rest) { return Any(Mute{std::string(typed::room(rest))}); }

Result<Any> read_unmute(const Row&, std::string_view rest) {
  return Any(Unmute{std::string(typed::room(rest))});
}

Result<Any> read_set(const Row&, std::string_view rest) {
  const auto [key, value] = typed::split(rest);
  Set set{std::string(key), {}};
  if (!value.empty()) set.value = value;
  return Any(std::move(set));
}

Result<Any> read_clear(const Row&, std::string_view) { return Any(Clear{}); }

Result<Any> read_help(const Row&, std::string_view rest) { return Any(Help{std::string(rest)}); }

constexpr std::array<Row, 9> rows = {{
    {"go", "[ROOM|N]", "look at another room, or at the most urgent", Argument::own_room, read_go},
    {"reply", "TEXT", "answer who last wrote to you in private", Argument::text, read_reply},
    {"ignore", "[NAME]", "hear nothing of somebody, or list them", Argument::name, read_ignore},
    {"unignore", "NAME", "hear somebody again", Argument::ignored, read_unignore},
    {"mute", "[ROOM]", "be left in peace by a room, or by this one", Argument::own_room, read_mute},
    {"unmute", "[ROOM]", "the opposite", Argument::own_room, read_unmute},
    {"set", "[KEY [VALUE]]", "show the settings, or change one for this run", Argument::setting, read_set},
    {"clear", "", "empty the screen", Argument::none, read_clear},
    {"help", "[COMMAND]", "show what there is to type, or more about one command", Argument::command,
     read_help},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> keys = {{
    {"Tab", "complete a command, a room or a name"},
    {"Alt-1 … Alt-9", "look at your first, second, … room"},
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

const Row* find(std::string_view name) {
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& each) { return each.name == name; });
  return row == rows.end() ? nullptr : row;
}

}  // namespace

std::span<const Row> table() { return rows; }

std::optional<Result<Any>> parse(std::string_view line) {
  const auto given = typed::command(line);
  const Row* const row = given ? find(given->name) : nullptr;
  if (row == nullptr) return std::nullopt;
  return row->read(*row, given->rest);
}

protocol::Error unknown(std::string_view name) {
  const auto error = slash::unknown(name);
  if (suggestion::habit(name)) return error;
  std::vector<suggestion::Candidate> candidates;
  candidates.reserve(rows.size());
  // A text that is the first word is for somebody else to read.
  for (const Row& row : rows) candidates.push_back({row.name, row.completes == Argument::text});
  for (const auto& command : slash::commands()) slash::add_names(command, candidates);
  const auto* const near = suggestion::nearest(name, candidates);
  const Row* const row = near != nullptr ? find(near->name) : nullptr;
  if (row == nullptr) return error;
  return {error.code, "there is no such command; did you mean " + usage(row->name, row->arguments) + "?"};
}

std::string help() {
  static constexpr std::size_t column = 20;
  std::string text;
  const auto add = [&text](std::string left, std::string_view right) {
    const std::size_t width = protocol::code_points(left);
    left.append(std::max(column, width + 2) - width, ' ');
    text.append(left).append(right).append("\n");
  };
  for (const auto& command : slash::commands()) {
    if (!is_taken_over(command.name)) add(usage(command.name, command.arguments), command.help);
  }
  for (const Row& row : rows) add(usage(row.name, row.arguments), row.help);
  add("//TEXT", "say a line that begins with a slash");
  for (const auto& [key, does] : keys) add(std::string(key), does);
  text.pop_back();
  return text;
}

protocol::Result<std::string> help_on(std::string_view name) {
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  const auto given = typed::command("/" + std::string(name));
  const Row* const row = find(given->name);
  if (row != nullptr) return usage(row->name, row->arguments) + ": " + std::string(row->help);
  if (slash::find(given->name) == nullptr) return unknown(given->name);
  auto text = slash::help_on(given->name);
  if (text) text->pop_back();
  return text;
}

}  // namespace hubbub::client::terminal::own
