#include "protocol/slash.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/slash_readers.hpp"
#include "protocol/text.hpp"
#include "protocol/typed.hpp"

namespace hubbub::protocol::slash {

Error misused(const Command& command) {
  return {Code::bad_request, "use it as " + usage(command, command.name) + ": " + std::string(command.help)};
}

Error no_room() { return {Code::not_joined, "you are in no room; /join ROOM takes you to one"}; }

Result<std::uint64_t> listed_id(std::span<const std::uint64_t> ids, std::string_view number,
                                std::string_view noun, std::string_view lists) {
  // The server's numbers are microseconds since 1970, or more.
  constexpr std::uint64_t least_id = 1'000'000;
  const auto given = number_in<std::uint64_t>(number);
  if (given && *given >= least_id && *given <= max_integer) return *given;
  if (given && *given > 0 && *given <= ids.size()) return ids[*given - 1];
  constexpr std::size_t enough = 40;  // bytes
  return Error{Code::bad_request, "there is no " + std::string(noun) + ' ' +
                                      for_terminal(prefix(number, enough)) + " in what " +
                                      std::string(lists) + " has listed; it numbers them"};
}

namespace {

// Hits of a search that are shown at once: about a screenful.
constexpr std::uint64_t hits_at_once = 20;

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
  const auto [room, key] = typed::split(typed::room(rest));
  if (room.empty()) return misused(command);
  request::Join join{.room = std::string(room), .since = {}, .replay = {}, .key = {}};
  if (!key.empty()) join.key = key;
  return request_of(std::move(join));
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
  const auto number = number_in<std::uint64_t>(rest);
  if (!number || *number == 0) return misused(command);
  const auto id = listed_id(context.devices, rest, "device", "/devices");
  if (!id) return id.error();
  return request_of(request::Revoke{.id = *id});
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
constexpr std::array room_and_text = {Argument::room, Argument::text};
constexpr std::array one_member = {Argument::member};
constexpr std::array member_and_text = {Argument::member, Argument::text};
constexpr std::array member_and_role = {Argument::member, Argument::role};
constexpr std::array rule_and_value = {Argument::rule, Argument::value};
constexpr std::array count_and_text = {Argument::count, Argument::text};

constexpr std::array<Command, 46> table = {{
    {"help", "[COMMAND]", "show what there is to type, or more about one command", one_command, read_help},
    {"name", "NEW", "go by another name", one_text, read_name, {"nick"}},
    {"join", "ROOM [KEY]", "enter a room, or turn to one that you are in", room_and_text, read_join, {"j"}},
    {"leave", "[ROOM]", "leave a room, or the one that you are in", one_room, read_leave, {"part"}},
    {"rooms", "", "list the rooms", {}, read_rooms, {"list"}},
    {"who", "[ROOM]", "list who is in a room", one_room, read_who, {"names"}},
    {"whoami", "", "tell your name and your rooms", {}, read_whoami},
    {"msg", "NAME TEXT", "say something to one person alone", name_and_text, read_msg, {"query"}, true},
    {"me", "TEXT", "tell the room what you do: /me waves", one_text, read_me, {}, true},
    {"edit", "TEXT", "put TEXT in the place of what you said last", one_text, read_edit, {}, true},
    {"delete", "[SEQ]", "take back what you said last", count_and_text, read_delete, {"del", "unsend"}, true},
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
    {"room", "[RULE VALUE]", "show how the room is, or change a rule of it", rule_and_value, read_room},
    {"role", "NAME ROLE", "make somebody owner, moderator or voice of the room, or none", member_and_role,
     read_role},
    {"op", "NAME", "make somebody a moderator of the room", one_member, read_op},
    {"voice", "NAME", "let somebody speak in a moderated room", one_member, read_voice},
    {"deop", "NAME", "take the role in the room from somebody", one_member, read_deop, {"devoice"}},
    {"claim", "", "become the owner of a room that has none", {}, read_claim},
    {"invite", "NAME|link [7d] [USES]", "let somebody into the room, or make a token that does", one_member,
     read_invite},
    {"redeem", "TOKEN", "take an invitation", one_text, read_redeem},
    {"report", "[SEQ] WHY", "tell the moderators of what was said last", one_text, read_report, {}, true},
    {"kick", "NAME [WHY]", "put somebody out of the room", member_and_text, read_kick, {"remove"}, true},
    {"ban",
     "[-a] NAME [2h] [WHY]",
     "put somebody out of the room, or (-a) the server, and keep them out",
     member_and_text,
     read_ban,
     {},
     true},
    {"silence",
     "[-a] NAME [10m] [WHY]",
     "let somebody read and not speak",
     member_and_text,
     read_silence,
     {"mute", "timeout"},
     true},
    {"bans", "[-a]", "list who is kept out or silent, and numbers them", one_text, read_bans, {"banlist"}},
    {"unban", "N", "end what /bans has listed as N", one_count, read_unban, {"unmute", "unsilence"}},
    {"reports", "[-a]", "list what was reported in the room, or (-a) anywhere", one_text, read_reports},
    {"resolve", "N [NOTE]", "note that report N of that list has been dealt with", count_and_text,
     read_resolve},
    {"audit", "[-a]", "list who has used which right in the room, or (-a) anywhere", one_text, read_audit},
    {"webhook", "NAME", "let a program speak in the room as NAME; revoke N ends one", one_text, read_webhook},
    {"webhooks", "", "list these programs", {}, read_webhooks},
    {"close",
     "ROOM [WHY]",
     "end a room for good, with all that was said there",
     room_and_text,
     read_close,
     {},
     true},
    {"announce", "TEXT", "tell everybody on the server", one_text, read_announce, {"broadcast"}, true},
    {"lockdown",
     "LEVEL [30m] [WHY]",
     "shut the server to new people: 1 or 2; off ends it",
     count_and_text,
     read_lockdown,
     {},
     true},
    {"suspend",
     "ACCOUNT [2d] [WHY]",
     "let nobody log in to an account",
     name_and_text,
     read_suspend,
     {},
     true},
    {"disconnect",
     "NAME [WHY]",
     "put somebody off the server",
     name_and_text,
     read_disconnect,
     {"kill"},
     true},
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
constexpr std::array more = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"name", "NEW may have letters, marks and numbers of any script, '-', '_' and '.', and no blanks."},
    {"join",
     "A room that there is not is made. A # before its name is ignored. You stay in your other rooms. Some "
     "rooms ask for a KEY, a word that their people know."},
    {"who", "Without ROOM: in the room where you are; where you are in none, on the whole server."},
    {"msg",
     "Between two accounts they are kept, and wait for one who is away. With a guest they are not: only "
     "somebody who is here gets them, and nobody is shown them again."},
    {"edit", "The others are told, and see the new text from then on."},
    {"delete",
     "SEQ is the number that a report or a program gives for a message: moderators take back what others "
     "have "
     "said so. Nothing of the text is kept."},
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
    {"room",
     "moderated, invite_only and secret are on or off; key is a word, and - takes it away; topic_for is "
     "members or moderators; accounts_only no, speak or enter; history_for members or since_join; limit and "
     "keep_messages are numbers, slow_mode and keep_age spans of time such as 30s, 10m or 7d, and off is for "
     "none. For example: /room slow_mode 30s"},
    {"role", "Voice speaks in a moderated room, a moderator keeps order, an owner makes the rules."},
    {"invite",
     "link makes a token for whoever has it: /invite link 7d 10 is for seven days and ten people. Without a "
     "number it is for one."},
    {"report", "SEQ is the number of the message, if it is not the last that somebody else has said."},
    {"ban",
     "NAME may be a mask: name:ann*, account:ann, host:… as /bans shows it, and for the server "
     "address:192.0.2.0/24. Without a span of time such as 30m, 2h or 7d it is for good."},
    {"silence", "NAME may be a mask, as for /ban. Without a span of time such as 10m it is for good."},
    {"unban", "N may also be the number that programs know it by."},
    {"close", "ROOM has to be named, as there is no way back. /leave leaves a room."},
    {"lockdown",
     "1: nobody makes an account, and guests only read; 2: no new guest comes in, either. With a span of "
     "time "
     "such as 30m it ends by itself."},
    {"quit", "The others in your rooms are shown TEXT."},
});

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
