#include "protocol/slash.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <vector>

#include "protocol/limits.hpp"
#include "protocol/text.hpp"

namespace hubbub::protocol::slash {
namespace {

constexpr std::string_view blanks = " \t";

// Hits of a search that are shown at once: what a screen holds.
constexpr std::uint64_t hits_at_once = 20;

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

std::string usage(const Command& command) {
  std::string text = "/" + std::string(command.name);
  if (!command.arguments.empty()) text.append(" ").append(command.arguments);
  return text;
}

Error misused(const Command& command) {
  return {Code::bad_request, "use it as " + usage(command) + ": " + std::string(command.help)};
}

Error no_room() { return {Code::not_joined, "you are in no room; /join ROOM takes you to one"}; }

Parsed request_of(request::Any request) { return request; }

Result<Parsed> say(std::string_view text, const Context& context, bool action) {
  if (context.room.empty()) return no_room();
  return request_of(
      request::Say{.room = context.room, .text = std::string(text), .id = {}, .action = action});
}

Result<Parsed> read_help(const Command&, std::string_view, const Context&) { return Parsed(Help{}); }

Result<Parsed> read_name(const Command& command, std::string_view rest, const Context&) {
  if (rest.empty()) return misused(command);
  return request_of(request::Rename{std::string(rest)});
}

Result<Parsed> read_join(const Command& command, std::string_view rest, const Context&) {
  if (rest.empty()) return misused(command);
  return request_of(request::Join{.room = std::string(rest), .since = {}, .replay = {}, .key = {}});
}

Result<Parsed> read_leave(const Command&, std::string_view rest, const Context& context) {
  if (rest.empty() && context.room.empty()) return no_room();
  return request_of(request::Leave{rest.empty() ? context.room : std::string(rest)});
}

Result<Parsed> read_rooms(const Command&, std::string_view, const Context&) {
  return request_of(request::Rooms{});
}

Result<Parsed> read_who(const Command&, std::string_view rest, const Context& context) {
  request::Who who;
  const std::string_view room = rest.empty() ? std::string_view(context.room) : rest;
  if (!room.empty()) who.room = room;
  return request_of(std::move(who));
}

Result<Parsed> read_msg(const Command& command, std::string_view rest, const Context&) {
  const auto [to, text] = split(rest);
  if (text.empty()) return misused(command);
  return request_of(request::Tell{.to = std::string(to), .text = std::string(text), .id = {}});
}

Result<Parsed> read_me(const Command& command, std::string_view rest, const Context& context) {
  if (rest.empty()) return misused(command);
  return say(rest, context, true);
}

Result<Parsed> read_topic(const Command&, std::string_view rest, const Context& context) {
  if (context.room.empty()) return no_room();
  if (rest.empty()) return Parsed(ShowTopic{context.room});
  return request_of(request::Topic{.room = context.room, .text = std::string(rest)});
}

Result<Parsed> read_history(const Command& command, std::string_view rest, const Context& context) {
  if (context.room.empty()) return no_room();
  request::History history{.room = context.room, .before = {}, .after = {}, .limit = {}, .search = {}};
  if (!rest.empty()) {
    std::uint64_t limit = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), limit);
    const bool whole = error == std::errc{} && end == rest.data() + rest.size();
    if (!whole || limit == 0 || limit > max_integer) return misused(command);
    history.limit = limit;
  }
  return request_of(std::move(history));
}

/// Takes `from:NAME` out of the words, wherever it stands.
request::History search_for(std::string_view words) {
  constexpr std::string_view from = "from:";
  request::History asked{.room = {}, .before = {}, .after = {}, .limit = hits_at_once, .search = {}};
  asked.count = true;
  while (!words.empty()) {
    const auto [word, rest] = split(words);
    words = rest;
    if (word.starts_with(from) && word.size() > from.size()) {
      asked.from = word.substr(from.size());
    } else {
      asked.search = asked.search ? *asked.search + ' ' + std::string(word) : std::string(word);
    }
  }
  return asked;
}

Result<Parsed> read_search(const Command& command, std::string_view rest, const Context& context) {
  if (rest.empty() && context.search_on) return request_of(*context.search_on);
  if (rest.empty()) {
    return Error{Code::bad_request,
                 "there is no search to go on with; /search WORDS looks for words in what was said here"};
  }
  const auto [first, others] = split(rest);
  const bool everywhere = first == "-a";
  request::History asked = search_for(everywhere ? others : rest);
  if (!asked.search && !asked.from) return misused(command);
  if (!everywhere && context.room.empty()) return no_room();
  if (!everywhere) asked.room = context.room;
  return request_of(std::move(asked));
}

Result<Parsed> read_quit(const Command&, std::string_view rest, const Context&) {
  request::Quit quit;
  if (!rest.empty()) quit.text = rest;
  return request_of(std::move(quit));
}

constexpr std::array one_room = {Argument::room};
constexpr std::array one_text = {Argument::text};
constexpr std::array one_count = {Argument::count};
constexpr std::array name_and_text = {Argument::name, Argument::text};

constexpr std::array<Command, 12> table = {{
    {"help", "", "show what there is to type", {}, read_help},
    {"name", "NEW", "go by another name", one_text, read_name},
    {"join", "ROOM", "enter a room, or turn to one that you are in", one_room, read_join},
    {"leave", "[ROOM]", "leave a room, or the one that you are in", one_room, read_leave},
    {"rooms", "", "list the rooms", {}, read_rooms},
    {"who", "[ROOM]", "list who is in a room", one_room, read_who},
    {"msg", "NAME TEXT", "say something to one person alone", name_and_text, read_msg},
    {"me", "TEXT", "tell the room what you do: /me waves", one_text, read_me},
    {"topic", "[TEXT]", "show what the room is about, or change it", one_text, read_topic},
    {"history", "[N]", "show the last messages of the room again", one_count, read_history},
    {"search", "[-a] [WORDS]",
     "find words, or what from:NAME said, here or (-a) in all your rooms; alone: older hits", one_text,
     read_search},
    {"quit", "[TEXT]", "go, with a word of farewell if you like", one_text, read_quit},
}};

const Command& row(std::string_view name) {
  return *std::find_if(table.begin(), table.end(),
                       [&](const Command& command) { return command.name == name; });
}

/// How many letters have to be added, dropped or changed to make one word of another (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> costs(to.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(costs[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({changed, diagonal + 1, costs[j] + 1});
    }
  }
  return costs.back();
}

Error unknown(std::string_view typed) {
  constexpr std::size_t enough = 20;
  const std::string name = for_terminal(prefix(typed, enough));
  std::string text = "there is no command /" + name + "; ";
  const auto nearer = [&](const Command& a, const Command& b) {
    return distance(name, a.name) < distance(name, b.name);
  };
  const Command& nearest = *std::min_element(table.begin(), table.end(), nearer);
  const bool near = !name.empty() && distance(name, nearest.name) <= 2;
  text += near ? "did you mean " + usage(nearest) + "?"
               : "/help lists them, and // says a line that begins with a slash";
  return {Code::unknown_type, text};
}

}  // namespace

std::span<const Command> commands() { return table; }

Result<Parsed> parse(std::string_view line, const Context& context) {
  constexpr std::string_view rename = "rename|";
  if (trimmed(line).empty()) return Parsed(Nothing{});
  if (line == "who") return read_who(row("who"), {}, context);
  if (line == "exit") return read_quit(row("quit"), {}, context);
  if (line.starts_with(rename)) return read_name(row("name"), trimmed(line.substr(rename.size())), context);
  if (!line.starts_with('/')) return say(line, context, false);
  if (line.starts_with("//")) return say(line.substr(1), context, false);
  const auto [typed, rest] = split(line.substr(1));
  const std::string name = lower(typed);
  const auto* const command =
      std::find_if(table.begin(), table.end(), [&](const Command& each) { return each.name == name; });
  if (command == table.end()) return unknown(name);
  return command->read(*command, rest, context);
}

std::optional<request::History> older_hits(const request::History& asked, const event::History& answer) {
  if (answer.complete || answer.messages.empty()) return std::nullopt;
  request::History older = asked;
  older.before = answer.messages.front()->seq;
  return older;
}

std::string tally(const request::History& asked, const event::History& answer, std::size_t hidden) {
  const std::size_t shown = answer.messages.size() - std::min(hidden, answer.messages.size());
  const std::string these = std::to_string(shown);
  std::string text;
  if (answer.count) {
    text = *answer.count >= most_counted ? "at least " : "";
    text += std::to_string(*answer.count) + (asked.before ? " older found" : " found");
    if (*answer.count != shown) text += answer.complete ? ", " : ", the newest ";
    if (*answer.count != shown) text += these + " shown";
  } else {
    text = these + (answer.complete ? " found" : " shown, and there are more");
  }
  if (hidden > 0) text += ", " + std::to_string(hidden) + " of people whom you ignore";
  return text;
}

std::string help() {
  static constexpr std::size_t column = 18;
  std::string text;
  const auto add = [&text](std::string left, std::string_view right) {
    left.resize(std::max(left.size() + 2, column), ' ');
    text.append(left).append(right).append("\n");
  };
  for (const Command& command : table) add(usage(command), command.help);
  add("//TEXT", "say a line that begins with a slash");
  return text;
}

}  // namespace hubbub::protocol::slash
