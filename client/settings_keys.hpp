#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/settings.hpp"
#include "client/settings_value.hpp"

/// The one table of the settings: reading the file, /set and its completion all go by it.
namespace hubbub::client::setting {

struct Key {
  std::string_view section;  ///< empty: at the top of the file
  std::string_view name;
  Kind kind = Kind::word;
  Complaint (*read)(const Value& value, PersonalSettings& into) = nullptr;
  std::string (*print)(const PersonalSettings& settings) = nullptr;
  std::vector<std::string> (*choices)() = nullptr;  ///< nullptr: anything
};

/// In the order of the file; the keys of a section are together.
std::span<const Key> keys();
/// nullptr: there is none.
const Key* find_key(std::string_view section, std::string_view name);
const Key* find_key(std::string_view dotted);
bool is_section(std::string_view section);

/// "notify.bell", the way sentences name a key; the bare name at the top of the file.
std::string dotted(std::string_view section, std::string_view name);

/// What somebody who wrote an unknown key or section most likely meant, as the end of a sentence: the
/// nearest one, or else what there is to choose from.
std::string suggestion_for_key(std::string_view section, std::string_view name);
std::string suggestion_for_section(std::string_view section);

}  // namespace hubbub::client::setting
