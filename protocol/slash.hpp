#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error.hpp"
#include "protocol/request.hpp"

/// What a person types: a line is said, or is a `/command`. One table serves the plain-text front
/// end, the terminal client, its completion and both their help texts.
namespace hubbub::protocol::slash {

/// What a word of a command stands for, for completion and for the help text.
enum class Argument { name, room, text, count };

struct Command {
  std::string_view name;       ///< without the slash
  std::string_view arguments;  ///< as the help shows them: "NAME TEXT"
  std::string_view help;
  std::span<const Argument> completes;  ///< what each word stands for, in order
};

std::span<const Command> commands();

/// What the typist has, which a command may leave out.
struct Context {
  std::string room;      ///< the current room; empty: none
};

/// The line asks for the help text.
struct Help {};
/// `/join ROOM` for a room one is already in, `/topic` without text, and the like are not requests
/// but questions that the front end answers from what it knows.
struct ShowTopic {
  std::string room;
};
/// Nothing to do: an empty line.
struct Nothing {};

using Parsed = std::variant<Nothing, request::Any, Help, ShowTopic>;

/// Reads a typed line: `//x` says "/x", `/me x` is an action, and the three words of the oldest such
/// servers work when they are the whole line: `who`, `exit`, `rename|NEW`. Errors are bad_request with
/// a sentence that says how the command is used, unknown_type for an unknown command (with the nearest
/// known one), and not_joined when there is no current room to speak in.
Result<Parsed> parse(std::string_view line, const Context& context);

/// The help text, a line per command, each ended by "\n".
std::string help();

}  // namespace hubbub::protocol::slash
