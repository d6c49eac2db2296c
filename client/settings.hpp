#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/connection/addresses.hpp"
#include "client/model/preferences.hpp"
#include "client/view/look.hpp"
#include "protocol/error.hpp"
#include "protocol/settings/table.hpp"

/// A person's settings file, config.toml. Each module of the client defines its own settings; this module
/// collects them and gives them keys.
namespace hubbub::client {

/// A server that has an alias.
struct Server {
  Addresses addresses;               ///< several are nodes of one chat; without names
  std::string name{};                ///< the user's there; empty: none is given
  std::vector<std::string> rooms{};  ///< empty: the server's default room
};

/// When the terminal notifies its user.
struct Notify {
  bool bell = true;
  bool desktop = true;  ///< OSC 9 and OSC 777, for terminals that know them
  bool on_mention = true;
  bool on_private = true;
};

struct InputSettings {
  std::size_t paste_confirm_lines = 10;  ///< pasting more lines than this asks for confirmation; 0: never
};

struct PersonalSettings : settings::Whole {
  std::string default_server;  ///< an alias; empty: none
  std::map<std::string, Server, std::less<>> servers;
  Look look;
  Notify notify;
  Preferences preferences;
  InputSettings input;
};

/// Why there are no settings: one sentence that names file, line and key, for stderr.
struct BadSettings {
  std::string sentence;
};

/// Reads TOML. Unknown keys, for which the nearest known key is suggested, and values of the wrong type are
/// errors. `path` is for the sentence only.
std::variant<PersonalSettings, BadSettings> parse_settings(std::string_view toml, const std::string& path);

/// Reads the file; a missing file counts as an empty one.
std::variant<PersonalSettings, BadSettings> load_settings(const std::string& path);

/// hubbub/FILE in $XDG_CONFIG_HOME, or else in ~/.config (XDG Base Directory Specification 0.8: a path that
/// is not absolute does not count). Empty: neither is set.
std::string in_config_directory(std::string_view file);
/// Of config.toml.
std::string settings_path();

// For /set: by dotted key, such as "notify.bell".

/// Every key that can be set while the program runs, in the order of the file.
std::vector<std::string> setting_keys();
/// The possible values of a key, for completion; empty: any value.
std::vector<std::string> setting_choices(std::string_view key);
/// The value, as the file would have it. The error is a sentence.
protocol::Result<std::string> get_setting(const PersonalSettings& settings, std::string_view key);
/// Sets a key to a typed value: `on`, `12`, `text`, a list separated by blanks or commas, or what
/// get_setting() returns. Returns a sentence on failure.
std::optional<protocol::Error> set_setting(PersonalSettings& settings, std::string_view key,
                                           std::string_view typed);

// For /set -s, which saves a setting in the file.

/// The text of a settings file with a new value for the key; comments, other keys and their order stay.
/// `value` is written as TOML. The error is a sentence: the text is broken, or the key's section has a form
/// that takes no further line. `path` is for the sentence only.
protocol::Result<std::string> with_setting(std::string_view toml, std::string_view key,
                                           std::string_view value, const std::string& path);
/// Saves the key's value in the file, which is created if it is missing and replaced in one step. Returns a
/// sentence on failure.
std::optional<protocol::Error> keep_setting(const std::string& path, const PersonalSettings& settings,
                                            std::string_view key);

}  // namespace hubbub::client
