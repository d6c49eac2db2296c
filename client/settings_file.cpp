// With settings_edit.cpp the only file of the client that knows the TOML library.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/settings.hpp"
#include "client/settings_keys.hpp"
#include "protocol/name.hpp"
#include "protocol/spelling.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

using setting::Foreign;
using setting::Texts;
using setting::Value;

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list of something other than text";
    case toml::node_type::floating_point:
      return "a fraction";
    default:
      return "a date or time";
  }
}

Value value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  const auto* array = node.as_array();
  if (array == nullptr) return Foreign{kind_of(node)};
  Texts texts;
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) return Foreign{kind_of(node)};
    texts.push_back(text->get());
  }
  return texts;
}

std::string safe(std::string_view name) { return protocol::for_terminal(protocol::prefix(name, 60)); }

/// Walks the tree that the library made of the file. The library keeps it sorted by name; people read from
/// the top: so faults are gathered, and the first in the file's order is told.
class Reader {
 public:
  std::variant<PersonalSettings, BadSettings> read(const toml::table& root, const std::string& path) {
    for (const auto& [name, node] : root) read_top(name, node);
    const std::string& chosen = settings_.default_server;
    if (faults_.empty() && !chosen.empty() && !settings_.servers.contains(chosen)) {
      const std::string sentence = "there is no server " + setting::shown(chosen) + " in the file";
      fault(default_server_line_, "default_server: " + sentence);
    }
    if (faults_.empty()) return std::move(settings_);
    const auto first = std::min_element(faults_.begin(), faults_.end(),
                                        [](const Fault& a, const Fault& b) { return a.line < b.line; });
    return BadSettings{path + ":" + std::to_string(first->line) + ": " + first->sentence};
  }

 private:
  struct Fault {
    std::uint32_t line = 0;
    std::string sentence;
  };

  void fault(std::uint32_t line, std::string sentence) { faults_.push_back({line, std::move(sentence)}); }

  void read_top(const toml::key& name, const toml::node& node) {
    const auto line = name.source().begin.line;
    const std::string section(name.str());
    const auto* table = node.as_table();
    const bool known = section == "servers" || setting::is_section(section);
    if (known && table == nullptr) {
      return fault(line, section + " is a section; write [" + section + "] and its keys below");
    }
    if (section == "servers") {
      for (const auto& [alias, server] : *table) read_server(alias, server);
    } else if (known) {
      for (const auto& [key, value] : *table) read_key(section, key, value);
    } else if (table != nullptr && setting::find_key("", section) == nullptr) {
      fault(line, "unknown section [" + safe(section) + "]; " + setting::suggestion_for_section(section));
    } else {
      read_key("", name, node);
    }
  }

  void read_key(std::string_view section, const toml::key& name, const toml::node& node) {
    const auto line = name.source().begin.line;
    const std::string whole = setting::dotted(section, name.str());
    const setting::Key* key = setting::find_key(section, name.str());
    if (key == nullptr) {
      return fault(line,
                   "unknown key " + safe(whole) + "; " + setting::suggestion_for_key(section, name.str()));
    }
    if (whole == "default_server") default_server_line_ = line;
    if (const auto complaint = key->read(value_of(node), settings_)) fault(line, whole + ": " + *complaint);
  }

  void read_server(const toml::key& alias, const toml::node& node) {
    const auto line = alias.source().begin.line;
    const std::string where = "servers." + safe(alias.str());
    const auto* table = node.as_table();
    if (table == nullptr)
      return fault(line, where + " is a section; write [" + where + "] and its keys below");
    if (alias.str().empty() || alias.str().find_first_of("@:/ \t\n") != std::string_view::npos)
      return fault(line, where + ": a short name without blanks, '@', ':' and '/' is wanted");
    Server server;
    // The name of its own counts more than the one in the address, wherever it stands.
    std::string name;
    for (const auto& [key, value] : *table) {
      const auto complaint = read_server_key(key.str(), value_of(value), server, name);
      if (complaint) fault(key.source().begin.line, where + "." + safe(key.str()) + ": " + *complaint);
    }
    if (!table->contains("address")) fault(line, where + " has no address; write address = \"HOST:PORT\"");
    if (!name.empty()) server.address.name = name;
    settings_.servers.emplace(std::string(alias.str()), std::move(server));
  }

  static setting::Complaint read_server_key(std::string_view key, const Value& value, Server& server,
                                            std::string& name) {
    const auto* text = std::get_if<std::string>(&value);
    if (key == "rooms") return setting::read_rooms(value, server.rooms);
    if (key == "address") {
      if (text == nullptr)
        return setting::shown(value) + " is no address; write \"HOST:PORT\" or \"unix:/PATH\"";
      const auto address = parse_address(*text);
      if (!address) return protocol::for_terminal(address.error().text);
      server.address = *address;
      return std::nullopt;
    }
    if (key == "name") {
      const auto parsed = text == nullptr ? protocol::Error{} : protocol::parse_name(*text);
      if (text == nullptr) return setting::shown(value) + " is no name; write text, such as \"alice\"";
      if (!parsed)
        return setting::shown(value) + " cannot be a name: " + protocol::for_terminal(parsed.error().text);
      name = parsed->shown;
      return std::nullopt;
    }
    const std::vector<std::string> known = {"address", "name", "rooms"};
    const std::string* near = protocol::nearest(key, known);
    return near == nullptr ? "is not known; a server has address, name and rooms"
                           : "is not known; did you mean " + *near + "?";
  }

  PersonalSettings settings_;
  std::uint32_t default_server_line_ = 0;
  std::vector<Fault> faults_;
};

}  // namespace

std::variant<PersonalSettings, BadSettings> parse_settings(std::string_view toml, const std::string& path) {
  const auto parsed = toml::parse(toml, path);
  if (!parsed) {
    const auto& error = parsed.error();
    return BadSettings{path + ":" + std::to_string(error.source().begin.line) + ": " +
                       protocol::for_terminal(error.description())};
  }
  return Reader().read(parsed.table(), path);
}

}  // namespace hubbub::client
