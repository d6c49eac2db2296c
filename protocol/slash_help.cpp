// What people are told about the commands.
#include <algorithm>
#include <array>
#include <utility>

#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::protocol::slash {
namespace {

/// Sentences that /help COMMAND adds to the command's line.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> more = {{
    {"name", "NEW may have letters, marks and numbers of any script, '-', '_' and '.', and no blanks."},
    {"join",
     "A room that there is not is made. A # before its name is ignored. You stay in your other rooms."},
    {"who", "Without ROOM: in the room where you are; where you are in none, on the whole server."},
    {"msg",
     "Private messages are not kept: only somebody who is here gets them, and nobody is shown them again."},
    {"history", "Private messages are not among them: they are not kept."},
    {"search",
     "What holds all of WORDS is found in the room where you are, the newest first. When there is more, "
     "/search alone shows what is older."},
    {"quit", "The others in your rooms are shown TEXT."},
}};

}  // namespace

std::string usage(const Command& command, std::string_view name) {
  std::string text = "/" + std::string(name);
  if (!command.arguments.empty()) text.append(" ").append(command.arguments);
  return text;
}

void add_names(const Command& command, std::vector<suggestion::Candidate>& to) {
  to.push_back({command.name, command.is_heard});
  for (const std::string_view other : command.also) {
    if (!other.empty()) to.push_back({other, command.is_heard});
  }
}

std::string help() {
  static constexpr std::size_t column = 18;
  std::string text;
  const auto add = [&text](std::string left, std::string_view right) {
    left.resize(std::max(left.size() + 2, column), ' ');
    text.append(left).append(right).append("\n");
  };
  for (const Command& command : commands()) add(usage(command, command.name), command.help);
  add("//TEXT", "say a line that begins with a slash");
  return text;
}

Result<std::string> help_on(std::string_view name, bool (*has)(std::string_view other)) {
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  const std::string key = typed::command("/" + std::string(name))->name;
  const Command* const command = find(key);
  if (command == nullptr) return unknown(key);
  std::string text = usage(*command, command->name) + ": " + std::string(command->help) + "\n";
  const auto* const told =
      std::ranges::find(more, command->name, [](const auto& each) { return each.first; });
  if (told != more.end()) text.append(told->second).append("\n");
  for (const std::string_view other : command->also) {
    const bool is_another = has != nullptr && has(other);
    if (!other.empty() && !is_another) text += usage(*command, other) + " is the same\n";
  }
  return text;
}

Error parted_from_slash(std::string_view rest) {
  constexpr std::size_t enough = 60;
  const std::string meant = for_terminal(prefix(rest, enough));
  return {Code::bad_request, "there is a blank behind the slash; did you mean /" + meant + "?"};
}

Error unknown(std::string_view name, suggestion::FrontEnd where) {
  constexpr std::size_t enough = 20;
  std::string text = "there is no command /" + for_terminal(prefix(name, enough)) + "; ";
  if (const auto answer = suggestion::habit(name, where)) return {Code::unknown_type, text.append(*answer)};
  std::vector<suggestion::Candidate> candidates;
  for (const Command& command : commands()) add_names(command, candidates);
  const auto* const near = suggestion::nearest(name, candidates);
  text += near != nullptr ? "did you mean " + usage(*find(near->name), near->name) + "?"
                          : "/help lists them, and // says a line that begins with a slash";
  return {Code::unknown_type, text};
}

}  // namespace hubbub::protocol::slash
