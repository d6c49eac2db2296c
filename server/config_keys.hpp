#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/config_value.hpp"

/// The one table of the configuration's keys: reading, printing and suggesting all go by it.
namespace hubbub::config {

struct Key {
  std::string_view section;
  std::string_view name;
  Complaint (*read)(const Value& value, Config& into);
  std::string (*print)(const Config& config);
};

/// In the order in which they are printed; the keys of a section are together.
std::span<const Key> keys();

const Key* find_key(std::string_view section, std::string_view name);
bool is_section(std::string_view section);

/// "limits.line", the way sentences name a key; the bare name when it stands outside any section.
std::string dotted(std::string_view section, std::string_view name);

/// What somebody who wrote an unknown key or section most likely meant, as the end of a sentence: the
/// nearest by edit distance, or else what there is to choose from.
std::string suggestion_for_key(std::string_view section, std::string_view name);
std::string suggestion_for_section(std::string_view section);

}  // namespace hubbub::config
