#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/settings/value.hpp"

/// TOML 1.0 as plain values. Only toml.cpp uses the TOML library.
namespace hubbub::settings {

/// A key or table of TOML; entries are sorted by name.
struct Entry {
  std::string name;
  std::uint32_t line = 0;
  Value value;  ///< Foreign for a table
  bool is_table = false;
  bool is_series = false;      ///< a list of tables, which are its entries, without names
  std::vector<Entry> entries;  ///< the table's
};

/// A sentence about a line of the file.
struct Fault {
  std::uint32_t line = 0;
  std::string sentence;
};

/// The whole text as a table without a name. A fraction is a double, or Foreign when `fractions` is false.
std::variant<Entry, Fault> parse_toml(std::string_view text, bool fractions);

/// The text with a new value for the key; comments, other keys and their order stay. `text` must be valid
/// TOML, and `value` must be written as TOML. Nothing: the key's section has a form that takes no further
/// line. With other unusual forms of a section the result may be wrong: parse and check it before use.
std::optional<std::string> with_value(std::string_view text, std::string_view section, std::string_view name,
                                      std::string_view value);

}  // namespace hubbub::settings
