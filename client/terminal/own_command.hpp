#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error.hpp"

/// The commands that the client carries out by itself: a table beside that of protocol/slash, whose
/// commands work here too.
namespace hubbub::client::terminal::own {

/// Empty `where`: to the room where one should look first.
struct Go {
  std::string where;
};
struct Reply {
  std::string text;
};
/// Empty `name`: the private view that is looked at is closed. Empty `text`: nothing is said yet.
struct Query {
  std::string name;
  std::string text;
};
/// The number of a hit of the last search, from 1.
struct Around {
  std::size_t hit = 0;
};
// What is kept (-s) stands in the settings' file, and holds in later runs too.
struct Named {
  std::string name;
  bool keep = false;
};
struct Ignore : Named {};  ///< empty: who is ignored?
struct Unignore : Named {};
struct Mute : Named {};    ///< empty: what is muted?
struct Unmute : Named {};  ///< empty: the current room
/// Empty `key`: how is everything set? Without `value`: how is that set?
struct Set {
  std::string key;
  std::optional<std::string> value;
  bool keep = false;
};
struct Clear {};
struct Help {
  std::string about;  ///< a command; empty: all
};

using Any = std::variant<Go, Reply, Query, Around, Ignore, Unignore, Mute, Unmute, Set, Clear, Help>;

/// What the first word of a command stands for, for completion.
enum class Argument { none, text, own_room, name, ignored, setting, command };

struct Row {
  std::string_view name;  ///< without the slash
  std::string_view arguments;
  std::string_view help;
  Argument completes;
  protocol::Result<Any> (*read)(const Row& row, std::string_view rest);
};

std::span<const Row> table();

/// Reads a typed line. Nothing: it is none of these. Errors are a sentence that says how it is used.
std::optional<protocol::Result<Any>> parse(std::string_view line);

/// What a person is told who typed a command that neither table has, without its slash: what does the same
/// here, or the command of either table that was meant.
protocol::Error unknown(std::string_view name);

/// All commands of both tables and the keys, a line each.
std::string help();

/// What there is to tell about one command of either table, whose name may have its slash, or about the
/// "keys"; or unknown().
protocol::Result<std::string> help_on(std::string_view name);

}  // namespace hubbub::client::terminal::own
