// The only file that knows the TOML library.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config.hpp"
#include "server/config_check.hpp"
#include "server/config_keys.hpp"

namespace hubbub::config {
namespace {

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list of something other than text";
    default:
      return "a date or time";
  }
}

Value value_of(const toml::array& array) {
  Texts texts;
  for (const auto& element : array) {
    const auto* text = element.as_string();
    if (text == nullptr) return Foreign{kind_of(array)};
    texts.push_back(text->get());
  }
  return texts;
}

Value value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) return value_of(*array);
  return Foreign{kind_of(node)};
}

/// Walks the tree that the library made of the file. The library keeps it sorted by name; people read from
/// the top: so faults are gathered, and the first in the file's order is told.
class Reader {
 public:
  explicit Reader(Config base) : config_(std::move(base)) {}

  void read_root(const toml::table& root) {
    for (const auto& [name, node] : root) read_section(name, node);
    if (faults_.empty()) {
      if (auto fault = settle(config_, lines_)) faults_.push_back(std::move(*fault));
    }
  }

  std::variant<Config, Invalid> result(const std::string& path) const {
    if (faults_.empty()) return config_;
    const auto first = std::min_element(faults_.begin(), faults_.end(),
                                        [](const Fault& a, const Fault& b) { return a.line < b.line; });
    return Invalid{path + ":" + std::to_string(first->line) + ": " + first->sentence};
  }

 private:
  void read_section(const toml::key& name, const toml::node& node) {
    const auto line = name.source().begin.line;
    const std::string section(name.str());
    const auto* table = node.as_table();
    if (is_section(section)) {
      if (table == nullptr) {
        return fault(line, section + " is a section; write [" + section + "] and its keys below");
      }
      for (const auto& [key, value] : *table) read_key(section, key, value);
    } else if (table != nullptr) {
      fault(line, "unknown section [" + section + "]; " + suggestion_for_section(section));
    } else {
      fault(line, "unknown key " + section + "; " + suggestion_for_key("", section));
    }
  }

  void read_key(std::string_view section, const toml::key& name, const toml::node& node) {
    const auto line = name.source().begin.line;
    const auto dotted_name = dotted(section, name.str());
    const auto* key = find_key(section, name.str());
    if (key == nullptr) {
      return fault(line, "unknown key " + dotted_name + "; " + suggestion_for_key(section, name.str()));
    }
    lines_[key] = line;
    if (const auto complaint = key->read(value_of(node), config_)) {
      fault(line, dotted_name + ": " + *complaint);
    }
  }

  void fault(std::uint32_t line, std::string sentence) { faults_.push_back({line, std::move(sentence)}); }

  Config config_;
  Lines lines_;
  std::vector<Fault> faults_;
};

}  // namespace

std::variant<Config, Invalid> parse(std::string_view toml, const std::string& path, Config base) {
  const auto parsed = toml::parse(toml, path);
  if (!parsed) {
    const auto& error = parsed.error();
    return Invalid{path + ":" + std::to_string(error.source().begin.line) + ": " +
                   std::string(error.description())};
  }
  Reader reader(std::move(base));
  reader.read_root(parsed.table());
  return reader.result(path);
}

}  // namespace hubbub::config
