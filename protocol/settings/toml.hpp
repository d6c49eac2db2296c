#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/settings/value.hpp"

/// TOML 1.0 as plain values. toml.cpp alone knows the library that reads it.
namespace hubbub::settings {

/// What stands behind a name, in the order of the names.
struct Entry {
  std::string name;
  std::uint32_t line = 0;
  Value value;  ///< of a table: Foreign
  bool is_table = false;
  std::vector<Entry> entries;  ///< of a table
};

/// A sentence about a line of the file.
struct Fault {
  std::uint32_t line = 0;
  std::string sentence;
};

/// The whole as a table without a name. A fraction is a double, or with `fractions` false a Foreign one.
std::variant<Entry, Fault> parse_toml(std::string_view text, bool fractions);

/// The text, which must be TOML, with that value, as TOML writes it, for the key, and everything else as it
/// is: comments, other keys, their order. Nothing: the key's section has a form that takes no further line.
/// Where the section has another unusual form, the result may say something else: read it before it is used.
std::optional<std::string> with_value(std::string_view text, std::string_view section, std::string_view name,
                                      std::string_view value);

}  // namespace hubbub::settings
