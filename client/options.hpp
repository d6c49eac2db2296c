#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/connection/address.hpp"

namespace hubbub::client {

struct PersonalSettings;

/// What is to be done: talk is what happens where no command is named.
enum class Mode { talk, say, tail, who, rooms };

/// What of a room is printed by `tail`.
struct TailOptions {
  std::uint64_t lines = 10;            ///< messages of the past, unless `since` is given
  std::optional<std::uint64_t> since;  ///< everything after this sequence number
  bool follow = true;
};

/// What the command line asks for.
struct Options {
  Mode mode = Mode::talk;
  /// As it was typed: what parse_address reads, or [NAME@]ALIAS. Nothing: none was.
  std::optional<std::string> server;
  /// Read from `server`; where that is nothing or an alias, find_server puts in the right one.
  Address address;
  /// Whether the address's name was typed, and so no other will do. One from the environment, from settings
  /// or of the user (find_name) is only a preference.
  bool name_typed = false;
  std::vector<std::string> rooms;  ///< empty: the server's default room
  /// To be said; nothing: what comes from standard input.
  std::optional<std::string> say;
  std::string said_option;   ///< a word of it that is an option elsewhere, and may have been meant as one
  bool new_room = false;     ///< the room may well be new
  bool one_message = false;  ///< all of the input, instead of one for each line
  TailOptions tail;
  bool json = false;
  bool color = true;
};

/// To be printed, and nothing else done: --help, --version.
struct Information {
  std::string text;
};

/// A command line that makes no sense; one sentence.
struct Misuse {
  std::string sentence;
};

std::variant<Options, Information, Misuse> parse_options(int argc, const char* const* argv);

/// Puts the address of the server into the options: the one that was typed, or else the one in the
/// environment (HUBBUB_SERVER, empty: none), or else the settings' default, or else the one on this machine.
/// The first two may name an alias of the settings; a NAME@ before the alias takes precedence over the
/// alias's own name. Without rooms on the command line, talk enters those of the alias.
std::optional<Misuse> find_server(Options& options, std::string_view environment,
                                  const PersonalSettings& settings);

/// Puts the user's name on this machine (empty: not known) into the options where none was typed and the
/// alias has none. A user name that is no valid name is left out: then the server picks one.
void find_name(Options& options, std::string_view user);

/// What --help prints for a command; `options` is the table of its options.
std::string help(Mode mode, std::string_view options);

}  // namespace hubbub::client
