#include "server/tools/ctl_command.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "protocol/settings/kinds.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"
#include "server/tools/ctl.hpp"

namespace hubbub::tools {
namespace {

namespace request = protocol::request;
using CommandWords = std::vector<std::string>;

struct CommandOption {
  std::string_view name;
  std::string_view value{};  ///< what it takes, for the help; empty: nothing
};

/// What has been written behind the words of a command.
class GivenWords {
 public:
  std::vector<std::string> words;  ///< the arguments
  std::vector<std::pair<std::string_view, std::string>> options;

  bool has(std::string_view name) const { return value(name).has_value(); }
  std::optional<std::string> value(std::string_view name) const {
    const auto found =
        std::find_if(options.begin(), options.end(), [name](const auto& each) { return each.first == name; });
    return found == options.end() ? std::nullopt : std::optional(found->second);
  }
  /// A whole number of 1 or more.
  std::optional<std::uint64_t> number(std::string_view name) const {
    const auto text = value(name);
    return text ? std::optional(whole(*text, name)) : std::nullopt;
  }
  /// A span of time, in milliseconds.
  std::optional<std::uint64_t> span(std::string_view name) const {
    const auto text = value(name);
    if (!text) return std::nullopt;
    std::chrono::milliseconds time{};
    const auto complaint = settings::Duration::read(*text, time);
    if (complaint)
      throw Misuse(std::string(name) + " takes a span of time such as 30m, 12h or 7d: " + *complaint);
    if (time.count() <= 0) throw Misuse(std::string(name) + " takes a span of time, such as 30m, 12h or 7d");
    return static_cast<std::uint64_t>(time.count());
  }

  static std::uint64_t whole(std::string_view text, std::string_view what) {
    const auto number = protocol::number_in<std::uint64_t>(text);
    if (!number || *number == 0) throw Misuse(std::string(what) + " takes a whole number of 1 or more");
    return *number;
  }
};

constexpr CommandOption for_how_long{"--for", "SPAN"};
constexpr CommandOption why{"--reason", "TEXT"};
constexpr CommandOption in_room{"--room", "ROOM"};
constexpr CommandOption password_descriptor{"--password-fd", "N"};

/// One thing that can be asked for.
struct CommandRow {
  std::string_view words;      ///< "account add"
  std::string_view arguments;  ///< "NAME", one word each
  std::array<CommandOption, 5> options;
  std::string_view help;
  void (*fill)(CtlCommand& command, const GivenWords& given);
};

/// Neither, one or the other.
std::optional<std::string> role_given(const GivenWords& given) {
  if (given.has("--admin") && given.has("--moderator"))
    throw Misuse("an account is --admin or --moderator, not both");
  if (given.has("--admin")) return "admin";
  return given.has("--moderator") ? std::optional<std::string>("moderator") : std::nullopt;
}

void take_password(CtlCommand& command, const GivenWords& given) {
  command.needs_password = true;
  if (const auto descriptor = given.value("--password-fd")) {
    command.password_from = protocol::number_in<int>(*descriptor);
    if (!command.password_from || *command.password_from < 0)
      throw Misuse("--password-fd takes the number of an open descriptor, such as 0 for standard input");
  }
}

/// A rule as people type it behind /room.
request::Any rule_given(const CommandWords& words) {
  const auto parsed = protocol::slash::parse("/room " + words[1] + ' ' + words[2], {.room = words[0]});
  if (!parsed) throw Misuse(parsed.error().text);
  const auto* const asked = std::get_if<request::Any>(&*parsed);
  if (asked == nullptr) throw Misuse("write hubbubd ctl room set ROOM RULE VALUE");
  return *asked;
}

constexpr std::array rows{
    CommandRow{"status",
               "",
               {},
               "how the server is",
               [](CtlCommand& command, const GivenWords&) { command.asked = request::Status{}; }},
    CommandRow{"nodes",
               "",
               {},
               "the nodes of the cluster that are there",
               [](CtlCommand& command, const GivenWords&) {
                 command.asked = request::Status{};
                 command.nodes = true;
               }},
    CommandRow{"account add",
               "NAME",
               {CommandOption{"--admin"}, CommandOption{"--moderator"}, password_descriptor},
               "make an account; also where no daemon runs",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked =
                     request::AddAccount{.name = given.words[0], .password = {}, .role = role_given(given)};
                 take_password(command, given);
               }},
    CommandRow{"account list",
               "",
               {},
               "all accounts",
               [](CtlCommand& command, const GivenWords&) { command.asked = request::Accounts{}; }},
    CommandRow{"account show",
               "NAME",
               {},
               "one account, with its devices",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::ShowAccount{given.words[0]};
               }},
    CommandRow{"account passwd",
               "NAME",
               {password_descriptor},
               "give it a new password, and log all its devices out",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked =
                     request::ChangeAccount{.name = given.words[0], .rename = {}, .password = "", .role = {}};
                 take_password(command, given);
               }},
    CommandRow{"account role",
               "NAME ROLE",
               {},
               "make it an admin's, a moderator's, or none",
               [](CtlCommand& command, const GivenWords& given) {
                 const auto& role = given.words[1];
                 if (role != "admin" && role != "moderator" && role != "none")
                   throw Misuse("a role is admin, moderator or none");
                 command.asked = request::ChangeAccount{
                     .name = given.words[0], .rename = {}, .password = {}, .role = role};
               }},
    CommandRow{"account suspend",
               "NAME",
               {for_how_long, why},
               "log it out, and let nobody in to it",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Suspend{.account = given.words[0],
                                                  .for_ms = given.span("--for"),
                                                  .reason = given.value("--reason")};
               }},
    CommandRow{"account resume",
               "NAME",
               {},
               "end that",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Resume{given.words[0]};
               }},
    CommandRow{"account rename",
               "NAME NEW",
               {},
               "give it another name",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::ChangeAccount{
                     .name = given.words[0], .rename = given.words[1], .password = {}, .role = {}};
               }},
    CommandRow{"account erase",
               "NAME",
               {CommandOption{"--yes"}},
               "erase it; its name is nobody's for 90 days",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::EraseAccount{given.words[0]};
                 if (!given.has("--yes")) command.confirm = given.words[0];
               }},
    CommandRow{"account export",
               "NAME",
               {},
               "what is kept of it, as lines of the protocol",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::ExportAccount{.name = given.words[0], .next = {}};
                 command.lines = true;
               }},
    CommandRow{
        "token make",
        "NAME",
        {CommandOption{"--label", "TEXT"}, CommandOption{"--scopes", "WORDS"}},
        "a token for a program that logs in as NAME, and may do what WORDS say (read say moderate account "
        "admin), or all",
        [](CtlCommand& command, const GivenWords& given) {
          command.asked = request::MakeToken{
              .account = given.words[0], .device = given.value("--label"), .scopes = given.value("--scopes")};
        }},
    CommandRow{"token list",
               "NAME",
               {},
               "the devices that have a token of NAME",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::ShowAccount{given.words[0]};
               }},
    CommandRow{"token revoke",
               "NAME ID",
               {},
               "take one back; ID is all for all of them",
               [](CtlCommand& command, const GivenWords& given) {
                 request::RevokeToken revoke{
                     .account = given.words[0], .id = {}, .all = given.words[1] == "all"};
                 if (!revoke.all) revoke.id = GivenWords::whole(given.words[1], "ID");
                 command.asked = revoke;
               }},
    CommandRow{"invite make",
               "",
               {CommandOption{"--uses", "N"}, for_how_long},
               "an invitation to register with",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked =
                     request::Invite{.uses = given.number("--uses"), .for_ms = given.span("--for")};
               }},
    CommandRow{"invite list",
               "",
               {},
               "those that are open",
               [](CtlCommand& command, const GivenWords&) { command.asked = request::Invites{}; }},
    CommandRow{"invite revoke",
               "ID",
               {},
               "take one back",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Uninvite{GivenWords::whole(given.words[0], "ID")};
               }},
    CommandRow{"who",
               "",
               {},
               "who is connected",
               [](CtlCommand& command, const GivenWords&) { command.asked = request::Sessions{}; }},
    CommandRow{"disconnect",
               "NAME",
               {why},
               "close all connections of NAME, or one by its number: #7",
               [](CtlCommand& command, const GivenWords& given) {
                 const auto& whom = given.words[0];
                 request::Disconnect disconnect{.name = {}, .session = {}, .reason = given.value("--reason")};
                 if (whom.starts_with('#')) {
                   disconnect.session = GivenWords::whole(std::string_view(whom).substr(1), "#");
                 } else {
                   disconnect.name = whom;
                 }
                 command.asked = disconnect;
               }},
    CommandRow{"ban",
               "WHOM",
               {in_room, for_how_long, why, CommandOption{"--mute"}, CommandOption{"--dry-run"}},
               "keep a name, name:PATTERN, account:NAME or address:RANGE out, of the server or a room",
               [](CtlCommand& command, const GivenWords& given) {
                 request::Ban ban{.room = given.value("--room"),
                                  .of = given.words[0],
                                  .for_ms = given.span("--for"),
                                  .reason = given.value("--reason"),
                                  .dry_run = given.has("--dry-run")};
                 if (given.has("--mute")) ban.action = "mute";
                 command.asked = std::move(ban);
               }},
    CommandRow{"unban",
               "ID",
               {},
               "end a ban",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Unban{GivenWords::whole(given.words[0], "ID")};
               }},
    CommandRow{"bans",
               "",
               {in_room},
               "those of the server, or of a room",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Bans{.room = given.value("--room")};
               }},
    CommandRow{"room list",
               "",
               {},
               "all rooms",
               [](CtlCommand& command, const GivenWords&) { command.asked = request::Rooms{}; }},
    CommandRow{"room show",
               "ROOM",
               {},
               "its owner, topic and rules",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Room{.room = given.words[0]};
               }},
    CommandRow{"room set",
               "ROOM RULE VALUE",
               {},
               "change a rule, as /room does: moderated on, slow_mode 10s, key -",
               [](CtlCommand& command, const GivenWords& given) { command.asked = rule_given(given.words); }},
    CommandRow{"room close",
               "ROOM",
               {why, CommandOption{"--yes"}},
               "put everybody out, and keep nothing of it",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Close{.room = given.words[0], .reason = given.value("--reason")};
                 if (!given.has("--yes")) command.confirm = given.words[0];
               }},
    CommandRow{"webhook make",
               "ROOM NAME",
               {},
               "an address at which programs post into the room as NAME",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Webhook{.room = given.words[0], .name = given.words[1]};
               }},
    CommandRow{"webhook list",
               "",
               {in_room},
               "those of all rooms, or of one",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Webhooks{.room = given.value("--room")};
               }},
    CommandRow{"webhook revoke",
               "ID",
               {},
               "take one back",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::RevokeWebhook{GivenWords::whole(given.words[0], "ID")};
               }},
    CommandRow{"lockdown",
               "LEVEL",
               {for_how_long, why},
               "1: guests only read, and nobody is new; 2: no guests come in; 0: as usual",
               [](CtlCommand& command, const GivenWords& given) {
                 const auto level = protocol::number_in<std::uint64_t>(given.words[0]);
                 if (!level || *level > 2) throw Misuse("LEVEL is 0, 1 or 2");
                 command.asked = request::Lockdown{
                     .level = *level, .for_ms = given.span("--for"), .reason = given.value("--reason")};
               }},
    CommandRow{"announce",
               "TEXT",
               {},
               "tell it to all who are connected",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Announce{given.words[0]};
               }},
    CommandRow{"reports",
               "",
               {in_room},
               "messages that people have reported",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Reports{.room = given.value("--room")};
               }},
    CommandRow{"resolve",
               "ID",
               {CommandOption{"--note", "TEXT"}},
               "a report has been dealt with",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Resolve{.id = GivenWords::whole(given.words[0], "ID"),
                                                  .note = given.value("--note")};
               }},
    CommandRow{"audit",
               "",
               {in_room},
               "who has done what to whom, the newest first",
               [](CtlCommand& command, const GivenWords& given) {
                 command.asked = request::Audit{.room = given.value("--room")};
               }},
    CommandRow{"reload",
               "",
               {},
               "read the configuration again, as SIGHUP does",
               [](CtlCommand& command, const GivenWords&) { command.asked = request::Reload{}; }},
    CommandRow{
        "log",
        "LEVEL",
        {},
        "write the log from that level on: trace, debug, info, warning, error",
        [](CtlCommand& command, const GivenWords& given) {
          constexpr std::array<std::string_view, 5> levels{"trace", "debug", "info", "warning", "error"};
          if (std::find(levels.begin(), levels.end(), given.words[0]) == levels.end())
            throw Misuse("a level of the log is trace, debug, info, warning or error");
          command.asked = request::Log{given.words[0]};
        }},
};

std::size_t count_of(std::string_view words) {
  if (words.empty()) return 0;
  return static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')) + 1;
}

std::string call_of(const CommandRow& row) {
  std::string call(row.words);
  if (!row.arguments.empty()) call.append(" ").append(row.arguments);
  for (const auto& option : row.options) {
    if (option.name.empty()) continue;
    call.append(" [").append(option.name);
    if (!option.value.empty()) call.append(" ").append(option.value);
    call += ']';
  }
  return call;
}

/// The row that the first words name.
const CommandRow& row_of(const CommandWords& words) {
  const auto fits = [&](const CommandRow& row, std::size_t count) {
    std::string begin;
    for (std::size_t i = 0; i < count && i < words.size(); ++i) begin += (i == 0 ? "" : " ") + words[i];
    return row.words == begin;
  };
  for (const auto& row : rows) {
    if (fits(row, count_of(row.words))) return row;
  }
  std::string there;
  for (const auto& row : rows) {
    const auto subject = row.words.substr(0, row.words.find(' '));
    if (subject != words.front()) continue;
    there.append(there.empty() ? "" : ", ").append(row.words.substr(subject.size() + 1));
  }
  if (there.empty())
    throw Misuse("there is no command " + words.front() + "; hubbubd ctl --help lists those that there are");
  throw Misuse("behind " + words.front() + " there must be one of " + there);
}

/// What all commands take.
constexpr std::array common{CommandOption{"--json"}, CommandOption{"--socket", "PATH"},
                            CommandOption{"--help"}};

/// A command line, taken apart, before it is known which command it is: options may stand anywhere.
struct WrittenWords {
  struct Option {
    std::string name;
    std::optional<std::string> value;
  };
  CommandWords plain;
  std::vector<Option> options;
};

template <class Options>
const CommandOption* option_in(const Options& options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [name](const CommandOption& each) { return each.name == name; });
  return found == options.end() ? nullptr : &*found;
}

/// Whether the option takes a value, which it does in all commands or in none.
bool takes_value(std::string_view name) {
  const auto does = [name](const auto& options) {
    const auto* const option = option_in(options, name);
    return option != nullptr && !option->value.empty();
  };
  return does(common) ||
         std::any_of(rows.begin(), rows.end(), [&](const CommandRow& row) { return does(row.options); });
}

void refuse_flag(const std::string& name) {
  constexpr std::array<std::string_view, 4> flags{"--state-dir", "--config", "--log-level", "--listen"};
  if (std::find(flags.begin(), flags.end(), name) != flags.end())
    throw Misuse(name + " stands before ctl: hubbubd " + name + " … ctl …");
}

WrittenWords take_apart(const CommandWords& words) {
  WrittenWords written;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == "--") {
      written.plain.insert(written.plain.end(), word + 1, words.end());
      break;
    }
    if (!word->starts_with("--")) {
      written.plain.push_back(*word);
      continue;
    }
    const auto equals = word->find('=');
    WrittenWords::Option option{.name = word->substr(0, equals), .value = {}};
    refuse_flag(option.name);
    if (equals != std::string::npos) {
      option.value = word->substr(equals + 1);
    } else if (takes_value(option.name) && word + 1 != words.end()) {
      option.value = *++word;
    }
    written.options.push_back(std::move(option));
  }
  return written;
}

/// The options that the row takes, or every command; `row` is null where no command is named.
void take_options(std::vector<WrittenWords::Option> options, const CommandRow* row, GivenWords& given) {
  for (auto& each : options) {
    const auto* option = option_in(common, each.name);
    if (option == nullptr && row != nullptr) option = option_in(row->options, each.name);
    if (option == nullptr) {
      throw Misuse(each.name + " is not taken here" +
                   (row == nullptr ? "" : "; write hubbubd ctl " + call_of(*row)));
    }
    if (option->value.empty() && each.value) throw Misuse(each.name + " takes no value");
    if (!option->value.empty() && !each.value)
      throw Misuse(each.name + " takes a value: " + std::string(option->value));
    given.options.emplace_back(option->name, std::move(each.value).value_or(""));
  }
}

}  // namespace

CtlCommand parse_ctl(const CommandWords& words) {
  CtlCommand command;
  GivenWords given;
  auto written = take_apart(words);
  const auto& plain = written.plain;
  const CommandRow* const row = plain.empty() ? nullptr : &row_of(plain);
  take_options(std::move(written.options), row, given);
  command.json = given.has("--json");
  command.socket = given.value("--socket");
  command.help = given.has("--help");
  if (command.help) return command;
  if (row == nullptr) throw Misuse("say what to do; hubbubd ctl --help lists what there is");
  const auto behind = static_cast<std::ptrdiff_t>(count_of(row->words));
  given.words.assign(plain.begin() + behind, plain.end());
  if (given.words.size() != count_of(row->arguments)) throw Misuse("write hubbubd ctl " + call_of(*row));
  row->fill(command, given);
  return command;
}

std::string ctl_usage() {
  constexpr std::size_t column = 56;
  std::string text =
      "hubbubd ctl asks a running hubbubd something. Usage: hubbubd [FLAGS] ctl COMMAND\n\n"
      "  --json         print the daemon's own lines of JSON\n"
      "  --socket PATH  where it is served, if not where FLAGS and the configuration say\n\n";
  for (const auto& row : rows) {
    auto call = call_of(row);
    call.resize(std::max(call.size() + 2, column), ' ');
    text.append("  ").append(call).append(row.help).append("\n");
  }
  text +=
      "\nA password is asked for at the terminal, or is the first line of the descriptor that --password-fd "
      "names.\nSee hubbubd-ctl(8).\n";
  return text;
}

}  // namespace hubbub::tools
