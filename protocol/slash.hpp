#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/request.hpp"
#include "protocol/suggestion.hpp"

/// Reads a line that a person types: a message or a `/command`. One table of commands serves the plain-text
/// front end, the terminal client, its completion and both help texts.
namespace hubbub::protocol::slash {

/// What a command may leave out, and is taken from the typist's state.
struct Context {
  std::string room;    ///< the current room; empty: none
  std::string with{};  ///< with whom the current conversation is, instead of a room; empty: there is none
  /// What `/search` without words asks for (see older_hits); nothing: no search can be continued.
  std::optional<request::History> search_on{};
  /// A search was answered. If `search_on` is empty, that search has no older hits.
  bool has_searched = false;
  suggestion::FrontEnd where = suggestion::FrontEnd::text;
  // In the order of the last list of them (Listed): `/revoke 1` is the first device.
  std::span<const std::uint64_t> devices{};
  std::span<const std::uint64_t> bans{};
  std::span<const std::uint64_t> reports{};
  std::span<const std::uint64_t> webhooks{};
};

/// An empty line, or one of blanks only.
struct Nothing {};
/// The line asks for the help text, or for help on one command.
struct Help {
  std::string about;  ///< as typed, for help_on; empty: all commands
};
/// `/whoami`, which the front end answers from its own state.
struct WhoAmI {};
/// `/topic` without a text, which the front end answers from its own state.
struct ShowTopic {
  std::string room;
};

using Parsed = std::variant<Nothing, request::Any, Help, ShowTopic, WhoAmI>;

/// What a word of a command stands for, for completion. `name`: of somebody to write to; `member`: of
/// somebody in the room; `rule`: the name of a room's rule, and `value` what the rule before it may be.
enum class Argument { name, member, room, text, count, command, rule, value, role };

/// A row of the table. A new command needs only a new row; the help text, the completion and the suggestions
/// for mistyped commands follow from the table. `also` lists names that people know from other systems; the
/// help lists only the main name.
struct Command {
  std::string_view name;       ///< without the slash
  std::string_view arguments;  ///< as the help shows them: "NAME TEXT"; optional ones in brackets
  std::string_view help;
  std::span<const Argument> completes;  ///< each word's kind, in order; the last is repeated
  /// Makes a request from the rest of the line, without the blanks around it.
  Result<Parsed> (*read)(const Command& command, std::string_view rest, const Context& context);
  std::array<std::string_view, 2> also{};  ///< empty: no more
  bool is_heard = false;                   ///< see suggestion::Candidate
};

/// How to type the command, by one of its names: "/msg NAME TEXT".
std::string usage(const Command& command, std::string_view name);

/// Every command, in the order of the help text.
std::span<const Command> commands();

/// The command with that main or other name, in lower case. nullptr: there is none.
const Command* find(std::string_view name);

/// Adds all names of a command to the candidates for a mistyped name.
void add_names(const Command& command, std::vector<suggestion::Candidate>& to);

/// The names of the rules of a room, and what one of them may be as far as there is a choice, for completion.
std::vector<std::string> rule_names();
std::vector<std::string> rule_values(std::string_view rule);

/// Reads a typed line, without its line ending: `//x` says "/x", `/me x` is an action, and in plain text a
/// line that is nothing but `who`, `exit` or `rename|NEW`, the three commands of the oldest such servers,
/// works without a slash. `/who` without a room asks for the current room, or for the whole server if there
/// is none. Names of commands may have any case and blanks before them (typed::command); a blank between
/// slash and name is refused. A "#" before the name of a room is ignored. Errors: bad_request, with a
/// sentence on how to use the command; unknown_type for an unknown command, with an equivalent or the nearest
/// known command; not_joined when a room is needed and none is current. In `/search`, a first word `-a`
/// searches all rooms that the session is in, and `from:NAME` restricts the sender. Texts stay as typed: the
/// module that carries the request out cleans them. In commands about rooms, roles and bans `-a` stands for
/// the whole server, and a first word that looks like a span of time (duration.hpp) is one.
Result<Parsed> parse(std::string_view line, const Context& context);

/// The request for the hits older than those of `answer`; nothing: there are none.
std::optional<request::History> older_hits(const request::History& asked, const event::History& answer);

/// The result of a search in a few words: "3 found", "42 found, the newest 20 shown", "at least 1000 older
/// found, the newest 20 shown". `hidden`: hits of the answer that are not shown, because their senders are
/// ignored.
std::string tally(const request::History& asked, const event::History& answer, std::size_t hidden = 0);

/// The help text, a line per command, each ended by "\n".
std::string help();

/// Help on one command, whose name may have its slash, each line ended by "\n"; or unknown(). Other names
/// that the front end uses for something else (`has`) are left out.
Result<std::string> help_on(std::string_view name, bool (*has)(std::string_view other) = nullptr);

/// The error for an unknown command, given without its slash: names an equivalent, or suggests a known
/// command.
Error unknown(std::string_view name, suggestion::FrontEnd where = suggestion::FrontEnd::text);

/// The error for a blank between slash and command (typed::parted); `rest` is the text behind the blank.
Error parted_from_slash(std::string_view rest);

}  // namespace hubbub::protocol::slash
