#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/connection/addresses.hpp"

namespace hubbub::client {

struct PersonalSettings;

/// What the program does; talk, when the command line names no command.
enum class Mode { talk, say, tail, who, rooms, login, logout };

/// Which messages of a room `tail` prints.
struct TailOptions {
  std::uint64_t lines = 10;            ///< old messages to print, unless `since` is given
  std::optional<std::uint64_t> since;  ///< everything after this sequence number
  bool follow = true;
};

/// How `login` and `logout` go about it.
struct LoginOptions {
  bool is_new = false;          ///< registers an account
  std::optional<int> password;  ///< the descriptor to read it from; nothing: it is asked for
  std::optional<int> invite;    ///< the same for the invitation
  bool forget = false;          ///< logs out here alone, without a word to the server
};

/// What the command line asks for.
struct Options {
  Mode mode = Mode::talk;
  /// As typed: addresses for parse_addresses, or [NAME@]ALIAS. Nothing: no server was typed.
  std::optional<std::string> server;
  /// Read from `server`; find_server fills it in when `server` is nothing or an alias. Without names.
  Addresses servers;
  std::string name;  ///< to use there; empty: the server picks one
  /// The name was typed, so that no other name is acceptable. A name from the environment, from settings or
  /// of the user (find_name) is only a preference.
  bool name_typed = false;
  bool tls = false;                       ///< always with TLS, whatever the addresses say
  std::string ca_file;                    ///< goes before the trust of the addresses; empty: not given
  std::vector<std::string> fingerprints;  ///< the same; for `pin`
  std::vector<std::string> rooms;         ///< empty: the server's default room
  /// The text to send; nothing: read from standard input.
  std::optional<std::string> say;
  std::string said_option;   ///< a word of `say` that may have been meant as an option
  bool new_room = false;     ///< the room is allowed to be new
  bool one_message = false;  ///< the whole input is one message, instead of one message for each line
  TailOptions tail;
  LoginOptions login;
  std::optional<int> token_descriptor;
  std::string token;       ///< see find_token; empty: none
  std::string token_from;  ///< FoundToken::from
  bool json = false;
  bool color = true;
};

/// Text to print before the program ends: --help, --version.
struct Information {
  std::string text;
};

/// A command line that makes no sense; one sentence.
struct Misuse {
  std::string sentence;
};

std::variant<Options, Information, Misuse> parse_options(int argc, const char* const* argv);

/// Puts the servers' addresses into the options: the typed ones, else those in the environment
/// (HUBBUB_SERVER, empty: none), else the settings' default, else the server on this machine. The first two
/// may name an alias of the settings; a NAME@ before the alias overrides the alias's own name. Without rooms
/// on the command line, talk enters those of the alias. TLS and trust of the command line go before those of
/// the alias.
std::optional<Misuse> find_server(Options& options, std::string_view environment,
                                  const PersonalSettings& settings);

/// The servers as they were typed, without NAME@; empty: none was.
std::string typed_server(const Options& options);

/// Puts the user's login name (empty: not known) into the options if no name was typed and the alias has
/// none. An invalid name is left out, and the server picks a name.
void find_name(Options& options, std::string_view user);

/// What --help prints for a command; `options` is the table of its options.
std::string help(Mode mode, std::string_view options);

}  // namespace hubbub::client
