#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/connection/address.hpp"
#include "client/model/preferences.hpp"
#include "client/view/look.hpp"
#include "protocol/error.hpp"
#include "protocol/settings/table.hpp"

/// What a person has settled for good: config.toml. Each module of the client keeps its own settings;
/// here they meet and get their keys.
namespace hubbub::client {

/// A server by a short name.
struct Server {
  Address address;                 ///< with the name that one goes by there, if it is given
  std::vector<std::string> rooms;  ///< empty: the server's default room
};

/// When to make oneself heard.
struct Notify {
  bool bell = true;
  bool desktop = true;  ///< OSC 9 and OSC 777, for terminals that know them
  bool on_mention = true;
  bool on_private = true;
};

struct InputSettings {
  std::size_t paste_confirm_lines = 10;  ///< more pasted lines than this are asked about; 0: never
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

/// Reads TOML. Unknown keys are errors that suggest the nearest known one; so are values of the wrong type.
/// `path` is for the sentence only.
std::variant<PersonalSettings, BadSettings> parse_settings(std::string_view toml, const std::string& path);

/// Reads the file; one that is not there is as good as an empty one.
std::variant<PersonalSettings, BadSettings> load_settings(const std::string& path);

/// hubbub/config.toml in $XDG_CONFIG_HOME, or else in ~/.config (XDG Base Directory Specification 0.8: a
/// path that is not absolute does not count). Empty: neither is set.
std::string settings_path();

// For /set: by dotted key, such as "notify.bell".

/// Every key that can be set while the program runs, in the order of the file.
std::vector<std::string> setting_keys();
/// What can be chosen for a key, for completion; empty: anything.
std::vector<std::string> setting_choices(std::string_view key);
/// The value, as it is written in the file, or a sentence.
protocol::Result<std::string> get_setting(const PersonalSettings& settings, std::string_view key);
/// As typed: `on`, `12`, `text`, or a list separated by blanks or commas; and as get_setting() gives it. A
/// sentence when that cannot be.
std::optional<protocol::Error> set_setting(PersonalSettings& settings, std::string_view key,
                                           std::string_view typed);

// For /set -s: what is kept in the file.

/// The text of a file in which the key has that value, as TOML writes it, and everything else stays as it is:
/// comments, other keys, their order. A sentence where that cannot be, because the text is broken or has the
/// key's section in a form that takes no further line. `path` is for the sentence only.
protocol::Result<std::string> with_setting(std::string_view toml, std::string_view key,
                                           std::string_view value, const std::string& path);
/// Puts the key's value into the file, which is made if it is not there; at any moment there is a whole one.
/// A sentence where that cannot be.
std::optional<protocol::Error> keep_setting(const std::string& path, const PersonalSettings& settings,
                                            std::string_view key);

}  // namespace hubbub::client
