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

/// What a person types: a line is said, or is a `/command`. One table serves the plain-text front
/// end, the terminal client, its completion and both their help texts.
namespace hubbub::protocol::slash {

/// What the typist has, which a command may leave out.
struct Context {
  std::string room;  ///< the current room; empty: none
  /// What `/search` without words asks for: see older_hits. Without it there is nothing to go on with.
  std::optional<request::History> search_on{};
  /// A search was answered: without `search_on` that was all that it finds.
  bool has_searched = false;
  suggestion::FrontEnd where = suggestion::FrontEnd::text;
};

/// Nothing to do: an empty line, or one of blanks.
struct Nothing {};
/// The line asks for the help text, or for what there is to tell about one command.
struct Help {
  std::string about;  ///< as typed, for help_on; empty: all of them
};
/// `/whoami` is a question that the front end answers from what it knows.
struct WhoAmI {};
/// `/topic` without a text is a question that the front end answers from what it knows.
struct ShowTopic {
  std::string room;
};

using Parsed = std::variant<Nothing, request::Any, Help, ShowTopic, WhoAmI>;

/// What a word of a command stands for, for completion.
enum class Argument { name, room, text, count, command };

/// A row of the table. A new command is a new row; the help text, the completion and the suggestion
/// for a mistyped command follow from it. `also` are the words that people know from elsewhere; the help
/// lists the main one.
struct Command {
  std::string_view name;       ///< without the slash
  std::string_view arguments;  ///< as the help shows them: "NAME TEXT"; in brackets: may be left out
  std::string_view help;
  std::span<const Argument> completes;  ///< what each word stands for, in order; the last takes the rest
  /// Makes a request of what follows the name, blanks around it removed.
  Result<Parsed> (*read)(const Command& command, std::string_view rest, const Context& context);
  std::array<std::string_view, 2> also{};  ///< empty: no more
  bool is_heard = false;                   ///< see suggestion::Candidate
};

/// As people are told to type it, under one of its names: "/msg NAME TEXT".
std::string usage(const Command& command, std::string_view name);

/// Every command, in the order of the help text.
std::span<const Command> commands();

/// The command of that name, or with it as another name; in small letters. nullptr: there is none.
const Command* find(std::string_view name);

/// Adds all names of a command to those that a mistyped one may have been meant for.
void add_names(const Command& command, std::vector<suggestion::Candidate>& to);

/// Reads a typed line, without its line ending: `//x` says "/x", `/me x` is an action, and in plain text the
/// three words of the oldest such servers work when they are the whole line: `who`, `exit`, `rename|NEW`.
/// `/who` without a room asks for the current room, and where there is none for everybody. Names of
/// commands are read whatever their case, and behind blanks too (typed::command); one that a blank parts from
/// its slash is refused. A "#" before the name of a room is ignored. Errors are bad_request with a sentence
/// that says how the command is used, unknown_type for an unknown command (with what does the same, or the
/// nearest known one), and not_joined when a room is needed and there is no current one. Of what `/search`
/// looks for, `-a` before anything else is every room that one is in, and `from:NAME` is who has said it.
/// Texts are passed on as typed: cleaning them is for whoever carries the request out.
Result<Parsed> parse(std::string_view line, const Context& context);

/// What to ask for to see the hits that are older than those of `answer`; nothing when there are none.
std::optional<request::History> older_hits(const request::History& asked, const event::History& answer);

/// What a search has found, in a few words: "3 found", "42 found, the newest 20 shown", "at least 1000 older
/// found, the newest 20 shown". Of what it has found, `hidden` are not shown.
std::string tally(const request::History& asked, const event::History& answer, std::size_t hidden = 0);

/// The help text, a line per command, each ended by "\n".
std::string help();

/// What there is to tell about one command, whose name may have its slash, each line ended by "\n"; or
/// unknown(). Of its other names those that the front end `has` for something else are left out.
Result<std::string> help_on(std::string_view name, bool (*has)(std::string_view other) = nullptr);

/// What people are told who typed a command that there is not, without its slash: what does the same there,
/// or which one was meant.
Error unknown(std::string_view name, suggestion::FrontEnd where = suggestion::FrontEnd::text);

/// What people are told who typed a blank between the slash and the command (typed::parted), by what follows
/// that.
Error parted_from_slash(std::string_view rest);

}  // namespace hubbub::protocol::slash
