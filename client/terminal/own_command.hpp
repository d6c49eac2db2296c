#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error.hpp"

/// The commands that the client carries out by itself, in addition to the table of protocol/slash.
namespace hubbub::client::terminal::own {

/// Empty `where`: to the most urgent room (Model::most_urgent).
struct Go {
  std::string where;
};
struct Reply {
  std::string text;
};
/// Empty `name`: closes the current private view. Empty `text`: only opens the view.
struct Query {
  std::string name;
  std::string text;
};
/// The number of a hit of the last search, from 1.
struct Around {
  std::size_t hit = 0;
};
// With `keep` (-s), the change is saved in the settings file, for later runs.
struct Named {
  std::string name;
  bool keep = false;
};
struct Ignore : Named {};  ///< empty: lists the ignored people
struct Unignore : Named {};
struct Mute : Named {};    ///< empty: lists the muted rooms
struct Unmute : Named {};  ///< empty: the current room
/// Empty `key`: shows all settings. Without `value`: shows that setting.
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

/// Reads a typed line. Nothing: none of these commands. An error is a sentence on how to use the command.
std::optional<protocol::Result<Any>> parse(std::string_view line);

/// The error for a command, given without its slash, that neither table has: names an equivalent, or suggests
/// a command of either table.
protocol::Error unknown(std::string_view name);

/// The help text: a line for each command of both tables and for each key.
std::string help();

/// Help on one command of either table, whose name may have its slash, or on the "keys"; or unknown().
protocol::Result<std::string> help_on(std::string_view name);

}  // namespace hubbub::client::terminal::own
