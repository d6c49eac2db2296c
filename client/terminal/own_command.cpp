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

Result<Any> read_query(const Row&, std::string_view rest) {
  const auto [name, text] = typed::split(rest);
  return Any(Query{std::string(name), std::string(text)});
}

Result<Any> read_around(const Row& row, std::string_view rest) {
  const auto hit = protocol::number_in<std::size_t>(rest);
  return hit.value_or(0) == 0 ? Result<Any>(misused(row)) : Any(Around{*hit});
}

/// Whether the first word is `-s`, and the words behind it.
std::pair<bool, std::string_view> split_keep(std::string_view rest) {
  const auto [first, others] = typed::split(rest);
  return first == "-s" ? std::pair(true, others) : std::pair(false, rest);
}

/// Reads a command with an optional name; `bare` strips the typed text to the name. Without a name the
/// command lists names, or has a meaning of its own.
template <class Command, std::string_view (*bare)(std::string_view) = typed::trimmed>
Result<Any> read_named(const Row& row, std::string_view rest) {
  const auto [keep, name] = split_keep(rest);
  if (keep && name.empty()) return misused(row);
  return Any(Command{{std::string(bare(name)), keep}});
}

Result<Any> read_unignore(const Row& row, std::string_view rest) {
  if (rest.empty()) return misused(row);
  return read_named<Unignore>(row, rest);
}

/// Reads `KEY VALUE`, or the printed form `KEY = VALUE`.
Result<Any> read_set(const Row& row, std::string_view rest) {
  const auto [keep, assignment] = split_keep(rest);
  if (keep && assignment.empty()) return misused(row);
  const std::size_t end = std::min(assignment.find_first_of(" \t="), assignment.size());
  std::string_view value = typed::trimmed(assignment.substr(end));
  if (value.starts_with('=')) value = typed::trimmed(value.substr(1));
  Set set{std::string(assignment.substr(0, end)), {}, keep};
  if (!value.empty()) set.value = value;
  return Any(std::move(set));
}

Result<Any> read_clear(const Row&, std::string_view) { return Any(Clear{}); }

Result<Any> read_help(const Row&, std::string_view rest) { return Any(Help{std::string(rest)}); }

constexpr std::array<Row, 11> rows = {{
    {"go", "[ROOM|N]", "look at another room, or at the most urgent", Argument::own_room, read_go},
    {"reply", "TEXT", "answer who wrote to you in private before you began to type", Argument::text,
     read_reply},
    {"query", "[NAME [TEXT]]", "open a private view of somebody, like a room; alone: close it, and turn back",
     Argument::name, read_query},
    {"around", "N", "show what was said around hit N of the last /search", Argument::none, read_around},
    {"ignore", "[-s] [NAME]", "hear nothing of somebody, for now or (-s) for good; alone: list them",
     Argument::name, read_named<Ignore>},
    {"unignore", "[-s] NAME", "hear somebody again", Argument::ignored, read_unignore},
    {"mute", "[-s] [ROOM]", "be left in peace by a room, for now or (-s) for good; alone: list them",
     Argument::own_room, read_named<Mute, typed::room>},
    {"unmute", "[-s] [ROOM]", "the opposite, for a room or this one", Argument::own_room,
     read_named<Unmute, typed::room>},
    {"set", "[-s] [KEY [VALUE]]", "show the settings, or change one, for now or (-s) for good",
     Argument::setting, read_set},
    {"clear", "", "empty the screen", Argument::none, read_clear},
    {"help", "[COMMAND|keys]", "show what there is to type, or more about one command", Argument::command,
     read_help},
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

/// Sentences and examples that /help COMMAND adds to the command's line.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> more = {{
    {"reply",
     "Somebody who writes while you type does not get what was meant for another.\n"
     "For example: /reply on my way"},
    {"set",
     "Without VALUE it tells how KEY is set, alone it tells that of all of them.\n"
     "For example:\n"
     "/set highlight outage deploy\n"
     "/set -s notify.bell off\n"
     "/set look.times"},
}};

/// What /help COMMAND adds for a command of the shared table that asks for its passwords here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> asking = {{
    {"register",
     "Here it is typed alone, and asks for the password, twice, and shows nothing of it; it may have blanks, "
     "too."},
    {"login",
     "Here it is typed as /login NAME or /login alone, and asks for the password, and shows nothing of it."},
    {"password", "Here it is typed alone, and asks for both, and shows nothing of them."},
}};

/// How it is typed here.
std::string asking_usage(std::string_view name, const slash::Command& command) {
  return usage(name, command.name == "login" ? "NAME" : "");
}

/// Whether a command of the shared table is replaced here: /help covers both tables.
bool is_taken_over(std::string_view name) { return name == "help"; }

const Row* find(std::string_view name) {
  const auto* const row = std::ranges::find(rows, name, &Row::name);
  return row == rows.end() ? nullptr : row;
}

std::string in_columns(std::string left, std::string_view right) {
  static constexpr std::size_t column = 25;
  const std::size_t width = protocol::code_points(left);
  left.append(std::max(column, width + 2) - width, ' ');
  return left.append(right).append("\n");
}

std::string help_on_keys() {
  std::string text;
  for (const auto& [key, does] : keys) text += in_columns(std::string(key), does);
  text.pop_back();
  return text;
}

std::string help_on(const Row& row) {
  std::string text = usage(row.name, row.arguments) + ": " + std::string(row.help);
  const auto* const told = std::ranges::find(more, row.name, [](const auto& each) { return each.first; });
  if (told != more.end()) text.append("\n").append(told->second);
  return text;
}

}  // namespace

std::span<const Row> table() { return rows; }

std::optional<Result<Any>> parse(std::string_view line) {
  if (const auto parted = typed::parted(line); parted && find(typed::first_word(*parted)) != nullptr)
    return slash::parted_from_slash(*parted);
  const auto given = typed::command(line);
  const Row* const row = given ? find(given->name) : nullptr;
  if (row == nullptr) return std::nullopt;
  return row->read(*row, given->rest);
}

protocol::Error unknown(std::string_view name) {
  constexpr auto here = suggestion::FrontEnd::terminal;
  const auto error = slash::unknown(name, here);
  if (suggestion::habit(name, here)) return error;
  std::vector<suggestion::Candidate> candidates;
  candidates.reserve(rows.size());
  // Commands whose first argument is a text send it to other people.
  for (const Row& row : rows) candidates.push_back({row.name, row.completes == Argument::text});
  for (const auto& command : slash::commands()) slash::add_names(command, candidates);
  const auto* const near = suggestion::nearest(name, candidates);
  const auto* const shared = near != nullptr ? slash::find(near->name) : nullptr;
  const bool asks = shared != nullptr && std::ranges::any_of(asking, [shared](const auto& each) {
                      return each.first == shared->name;
                    });
  if (asks) {
    return {error.code, "there is no such command; did you mean " + asking_usage(near->name, *shared) + "?"};
  }
  const Row* const row = near != nullptr ? find(near->name) : nullptr;
  if (row == nullptr) return error;
  return {error.code, "there is no such command; did you mean " + usage(row->name, row->arguments) + "?"};
}

std::string help() {
  std::string text;
  for (const auto& command : slash::commands()) {
    if (!is_taken_over(command.name))
      text += in_columns(usage(command.name, command.arguments), command.help);
  }
  for (const Row& row : rows) text += in_columns(usage(row.name, row.arguments), row.help);
  text += in_columns("PASSWORD", "is not typed here: /register, /login and /password ask for it");
  text += in_columns("//TEXT", "say a line that begins with a slash");
  return text + help_on_keys();
}

protocol::Result<std::string> help_on(std::string_view name) {
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  const auto given = typed::command("/" + std::string(name));
  const Row* const row = find(given->name);
  if (row != nullptr) return help_on(*row);
  if (given->name == "keys") return help_on_keys();
  const slash::Command* const shared = slash::find(given->name);
  if (shared == nullptr) return unknown(given->name);
  auto text = slash::help_on(given->name, [](std::string_view other) { return find(other) != nullptr; });
  if (!text) return text;
  const auto* const asks =
      std::ranges::find(asking, shared->name, [](const auto& each) { return each.first; });
  asks == asking.end() ? text->pop_back() : void(text->append(asks->second));
  return text;
}

}  // namespace hubbub::client::terminal::own
