#include "client/settings.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "client/settings_keys.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

protocol::Error unknown(std::string_view key) {
  if (key.starts_with("servers.") || key == "servers")
    return {protocol::Code::bad_request, "servers are read at the start; change them in the file"};
  const std::size_t dot = key.find('.');
  const bool bare = dot == std::string_view::npos;
  const std::string_view section = bare ? "" : key.substr(0, dot);
  const std::string_view name = bare ? key : key.substr(dot + 1);
  return {protocol::Code::bad_request, "there is no setting " +
                                           protocol::for_terminal(protocol::prefix(key, 60)) + "; " +
                                           setting::suggestion_for_key(section, name)};
}

}  // namespace

std::string settings_path() {
  const std::string config = protocol::base_directory("XDG_CONFIG_HOME", ".config");
  return config.empty() ? config : config + "/hubbub/config.toml";
}

std::variant<PersonalSettings, BadSettings> load_settings(const std::string& path) {
  if (path.empty()) return PersonalSettings{};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open() && (errno == ENOENT || errno == ENOTDIR)) return PersonalSettings{};
  std::ostringstream text;
  // An empty file sets failbit on the left side only; a folder opens, and fails when it is read.
  if (file) text << file.rdbuf();
  if (!file.is_open() || file.bad() || errno != 0)
    return BadSettings{"cannot read the settings " + path + ": " + std::strerror(errno)};
  return parse_settings(text.str(), path);
}

std::vector<std::string> setting_keys() {
  std::vector<std::string> names;
  for (const setting::Key& key : setting::keys()) names.push_back(setting::dotted(key.section, key.name));
  return names;
}

std::vector<std::string> setting_choices(std::string_view key) {
  const setting::Key* found = setting::find_key(key);
  return found == nullptr || found->choices == nullptr ? std::vector<std::string>() : found->choices();
}

protocol::Result<std::string> get_setting(const PersonalSettings& settings, std::string_view key) {
  const setting::Key* found = setting::find_key(key);
  if (found == nullptr) return unknown(key);
  return found->print(settings);
}

std::optional<protocol::Error> set_setting(PersonalSettings& settings, std::string_view key,
                                           std::string_view typed) {
  const setting::Key* found = setting::find_key(key);
  if (found == nullptr) return unknown(key);
  const auto complaint = found->read(setting::typed_value(found->kind, typed), settings);
  if (!complaint) return std::nullopt;
  return protocol::Error{protocol::Code::bad_request, std::string(key) + ": " + *complaint};
}

}  // namespace hubbub::client
