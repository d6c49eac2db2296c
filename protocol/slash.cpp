#include "protocol/slash.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::protocol::slash {
namespace {

// Hits of a search that are shown at once: about a screenful.
constexpr std::uint64_t hits_at_once = 20;

Error misused(const Command& command) {
  return {Code::bad_request, "use it as " + usage(command, command.name) + ": " + std::string(command.help)};
}

Error no_room() { return {Code::not_joined, "you are in no room; /join ROOM takes you to one"}; }

Parsed request_of(request::Any request) { return request; }

Result<Parsed> say(std::string_view text, const Context& context, bool action) {
  if (context.room.empty()) return no_room();
  return request_of(
      request::Say{.room = context.room, .text = std::string(text), .id = {}, .action = action});
}

Result<Parsed> read_help(const Command&, std::string_view rest, const Context&) {
  return Parsed(Help{std::string(rest)});
}

Result<Parsed> read_name(const Command& command, std::string_view rest, const Context&) {
  if (rest.empty()) return misused(command);
  return request_of(request::Rename{std::string(rest)});
}

Result<Parsed> read_join(const Command& command, std::string_view rest, const Context&) {
  const std::string_view room = typed::room(rest);
  if (room.empty()) return misused(command);
  return request_of(request::Join{.room = std::string(room), .since = {}, .replay = {}, .key = {}});
}

Result<Parsed> read_leave(const Command&, std::string_view rest, const Context& context) {
  if (rest.empty() && context.room.empty()) return no_room();
  return request_of(request::Leave{rest.empty() ? context.room : std::string(typed::room(rest))});
}

Result<Parsed> read_rooms(const Command&, std::string_view, const Context&) {
  return request_of(request::Rooms{});
}

Result<Parsed> read_who(const Command&, std::string_view rest, const Context& context) {
  request::Who who;
  const std::string_view room = rest.empty() ? std::string_view(context.room) : typed::room(rest);
  if (!room.empty()) who.room = room;
  return request_of(std::move(who));
}

/// What an erased account is called in lists of conversations.
bool is_of_erased(std::string_view name) {
  constexpr std::size_t most_digits = 20;
  const std::string_view digits = name.substr(std::min<std::size_t>(name.size(), 1));
  return name.starts_with('#') && !digits.empty() && digits.size() <= most_digits && typed::is_digits(digits);
}

Result<Parsed> read_msg(const Command& command, std::string_view rest, const Context&) {
  const auto [to, text] = typed::split(rest);
  if (is_of_erased(to)) {
    return Error{Code::no_such_user, "the account " + std::string(to) +
                                         " has been erased, and nothing can be said to it any more"};
  }
  if (const auto room = typed::room(to); room.size() < to.size()) {
    constexpr std::size_t enough = 60;  // bytes
    return Error{Code::bad_request,
                 "this says something to one person alone; to speak in a room, enter it with /join " +
                     for_terminal(prefix(room, enough)) + " and type without a command"};
  }
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

/// One word of digits alone is the number.
Result<Parsed> read_history(const Command& command, std::string_view rest, const Context& context) {
  request::History history{.room = {}, .before = {}, .after = {}, .limit = {}, .search = {}};
  auto [first, number] = typed::split(rest);
  if (number.empty() && typed::is_digits(first)) std::swap(first, number);
  if (!number.empty()) {
    const auto limit = number_in<std::uint64_t>(number);
    if (!limit || *limit == 0 || *limit > max_integer) return misused(command);
    history.limit = limit;
  }
  if (!first.empty()) {
    if (!is_of_erased(first) && !parse_name(first)) return misused(command);
    history.with = first;
  } else if (!context.with.empty()) {
    history.with = context.with;
  } else if (context.room.empty()) {
    return no_room();
  } else {
    history.room = context.room;
  }
  return request_of(std::move(history));
}

Result<Parsed> read_conversations(const Command&, std::string_view, const Context&) {
  return request_of(request::Conversations{});
}

/// Takes `from:NAME` out of the words, wherever it stands.
Result<request::History> search_for(std::string_view words) {
  constexpr std::string_view from = "from:";
  request::History asked{.room = {}, .before = {}, .after = {}, .limit = hits_at_once, .search = {}};
  asked.count = true;
  while (!words.empty()) {
    const auto [word, rest] = typed::split(words);
    words = rest;
    if (word == from) {
      return Error{Code::bad_request,
                   "from: needs the name of somebody right behind it, without a blank, as in from:anna"};
    }
    if (word.starts_with(from)) {
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
    return Error{
        Code::bad_request,
        context.has_searched
            ? "there are no older hits; /search WORDS looks for something else"
            : "there is no search to go on with; /search WORDS looks for words in what was said here"};
  }
  const bool everywhere = typed::first_word(rest) == "-a";
  auto asked = search_for(everywhere ? typed::split(rest).second : rest);
  if (!asked) return asked.error();
  if (!asked->search && !asked->from) return misused(command);
  if (everywhere) return request_of(*std::move(asked));
  if (!context.with.empty()) {
    asked->with = context.with;
  } else if (context.room.empty()) {
    return no_room();
  } else {
    asked->room = context.room;
  }
  return request_of(*std::move(asked));
}

Result<Parsed> read_whoami(const Command&, std::string_view, const Context&) { return Parsed(WhoAmI{}); }

Result<Parsed> read_register(const Command& command, std::string_view rest, const Context&) {
  const auto [password, invite] = typed::split(rest);
  if (password.empty()) return misused(command);
  request::Register asked{.password = std::string(password), .invite = {}, .device = {}};
  if (!invite.empty()) asked.invite = invite;
  return request_of(std::move(asked));
}

/// One word is the password for the name that one bears.
Result<Parsed> read_login(const Command& command, std::string_view rest, const Context&) {
  const auto [first, second] = typed::split(rest);
  if (first.empty()) return misused(command);
  request::Login asked{
      .account = {}, .password = std::string(second.empty() ? first : second), .token = {}, .device = {}};
  if (!second.empty()) asked.account = first;
  return request_of(std::move(asked));
}

Result<Parsed> read_logout(const Command&, std::string_view, const Context&) {
  return request_of(request::Logout{});
}

Result<Parsed> read_password(const Command& command, std::string_view rest, const Context&) {
  const auto [before, after] = typed::split(rest);
  if (after.empty()) return misused(command);
  return request_of(request::Password{.before = std::string(before), .after = std::string(after)});
}

Result<Parsed> read_devices(const Command&, std::string_view, const Context&) {
  return request_of(request::Devices{});
}

Result<Parsed> read_revoke(const Command& command, std::string_view rest, const Context& context) {
  if (rest == "others") return request_of(request::Revoke{.id = {}, .others = true});
  const auto number = number_in<std::size_t>(rest);
  if (!number || *number == 0) return misused(command);
  if (*number > context.devices.size()) {
    return Error{Code::bad_request, "there is no device " + std::to_string(*number) +
                                        " in what /devices has listed; it numbers them"};
  }
  return request_of(request::Revoke{.id = context.devices[*number - 1]});
}

Result<Parsed> read_quit(const Command&, std::string_view rest, const Context&) {
  request::Quit quit;
  if (!rest.empty()) quit.text = rest;
  return request_of(std::move(quit));
}

constexpr std::array one_command = {Argument::command};
constexpr std::array one_room = {Argument::room};
constexpr std::array one_text = {Argument::text};
constexpr std::array one_count = {Argument::count};
constexpr std::array name_and_text = {Argument::name, Argument::text};
constexpr std::array name_and_count = {Argument::name, Argument::count};

constexpr std::array<Command, 20> table = {{
    {"help", "[COMMAND]", "show what there is to type, or more about one command", one_command, read_help},
    {"name", "NEW", "go by another name", one_text, read_name, {"nick"}},
    {"join", "ROOM", "enter a room, or turn to one that you are in", one_room, read_join, {"j"}},
    {"leave", "[ROOM]", "leave a room, or the one that you are in", one_room, read_leave, {"part"}},
    {"rooms", "", "list the rooms", {}, read_rooms, {"list"}},
    {"who", "[ROOM]", "list who is in a room", one_room, read_who, {"names"}},
    {"whoami", "", "tell your name and your rooms", {}, read_whoami},
    {"msg", "NAME TEXT", "say something to one person alone", name_and_text, read_msg, {"query"}, true},
    {"me", "TEXT", "tell the room what you do: /me waves", one_text, read_me, {}, true},
    {"topic", "[TEXT]", "show what the room is about, or change it", one_text, read_topic},
    {"history", "[NAME] [N]",
     "show the last N messages of the room again, or of a conversation, 50 unless given", name_and_count,
     read_history},
    {"conversations",
     "",
     "list the people with whom you have exchanged private messages",
     {},
     read_conversations,
     {"inbox"}},
    {"search", "[-a] [WORDS]",
     "find words, or what from:NAME said, here or (-a) in all your rooms; alone: older hits", one_text,
     read_search},
    {"register", "PASSWORD [INVITE]", "make the name that you bear your own", one_text, read_register},
    {"login",
     "[NAME] PASSWORD",
     "log in to an account: yours for that name",
     one_text,
     read_login,
     {"identify"}},
    {"logout", "", "go on as a guest", {}, read_logout, {"logoff"}},
    {"password", "OLD NEW", "change the password of your account", one_text, read_password, {"passwd"}},
    {"devices", "", "list the devices that can log in by themselves", {}, read_devices},
    {"revoke", "N|others", "log device N of that list out, or all others", one_count, read_revoke},
    {"quit", "[TEXT]", "go, with a word of farewell if you like", one_text, read_quit, {"exit"}, true},
}};

bool goes_by(const Command& command, std::string_view name) {
  return !name.empty() &&
         (command.name == name || std::ranges::find(command.also, name) != command.also.end());
}

const Command& row(std::string_view name) { return *find(name); }

/// The commands of the oldest such servers, without a slash. Nothing: the line is none of them.
std::optional<Result<Parsed>> old_word(std::string_view line, const Context& context) {
  constexpr std::string_view rename = "rename|";
  if (line == "who") return read_who(row("who"), {}, context);
  if (line == "exit") return read_quit(row("quit"), {}, context);
  if (!line.starts_with(rename)) return std::nullopt;
  return read_name(row("name"), typed::trimmed(line.substr(rename.size())), context);
}

/// Sentences that /help COMMAND adds to the command's line.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> more = {{
    {"name", "NEW may have letters, marks and numbers of any script, '-', '_' and '.', and no blanks."},
    {"join",
     "A room that there is not is made. A # before its name is ignored. You stay in your other rooms."},
    {"who", "Without ROOM: in the room where you are; where you are in none, on the whole server."},
    {"msg",
     "Between two accounts they are kept, and wait for one who is away. With a guest they are not: only "
     "somebody who is here gets them, and nobody is shown them again."},
    {"history",
     "With NAME: of your private messages with that account, if you have one. N alone is a number of "
     "messages."},
    {"search",
     "What holds all of WORDS is found in the room where you are, the newest first. When there is more, "
     "/search alone shows what is older."},
    {"register",
     "PASSWORD needs 8 characters or more, and no blanks here. Nobody else sees it. Some servers ask for an "
     "invitation."},
    {"login", "Without NAME: to the account of the name that you bear."},
    {"quit", "The others in your rooms are shown TEXT."},
}};

}  // namespace

std::span<const Command> commands() { return table; }

const Command* find(std::string_view name) {
  const auto* const found = std::find_if(table.begin(), table.end(),
                                         [&](const Command& command) { return goes_by(command, name); });
  return found == table.end() ? nullptr : found;
}

Result<Parsed> parse(std::string_view line, const Context& context) {
  if (typed::trimmed(line).empty()) return Parsed(Nothing{});
  if (context.where == suggestion::FrontEnd::text) {
    if (auto asked = old_word(line, context)) return *std::move(asked);
  }
  if (const auto parted = typed::parted(line); parted && find(typed::first_word(*parted)) != nullptr)
    return parted_from_slash(*parted);
  const auto given = typed::command(line);
  if (!given) return say(line.starts_with("//") ? line.substr(1) : line, context, false);
  const Command* const command = find(given->name);
  if (command == nullptr) return unknown(given->name, context.where);
  return command->read(*command, given->rest, context);
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

// --- what people are told about the commands

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
  // Not what follows: it may be a password.
  constexpr std::size_t enough = 20;
  const std::string meant = for_terminal(prefix(typed::first_word(rest), enough));
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
