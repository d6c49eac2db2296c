#include "client/model/preferences.hpp"

#include <algorithm>

#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::key_of;

NameSet::NameSet(const std::vector<std::string>& names) {
  for (const std::string& name : names) add(name);
}

bool NameSet::add(std::string_view name) {
  std::string key = key_of(name);
  if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return false;
  keys_.push_back(std::move(key));
  shown_.emplace_back(name);
  return true;
}

bool NameSet::remove(std::string_view name) {
  const auto found = std::find(keys_.begin(), keys_.end(), key_of(name));
  if (found == keys_.end()) return false;
  shown_.erase(shown_.begin() + (found - keys_.begin()));
  keys_.erase(found);
  return true;
}

bool NameSet::contains(std::string_view name) const {
  return !empty() && std::find(keys_.begin(), keys_.end(), key_of(name)) != keys_.end();
}

}  // namespace hubbub::client
