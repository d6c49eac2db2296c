#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/name.hpp"

namespace hubbub::client {

/// Which messages and presence a person wants to see.
struct Preferences {
  enum class Presence {
    smart,  ///< joins and departures that may matter: see Doorway
    all,
    none
  };

  std::vector<std::string> highlight;  ///< words that count as mentions, as the person's name does
  std::vector<std::string> ignore;     ///< people whose messages are not shown
  std::vector<std::string> mute;       ///< rooms that are counted, but never urgent
  Presence presence = Presence::smart;
};

/// A small set of names of people or rooms, found by any spelling, in the order in which they were added.
class NameSet {
 public:
  NameSet() = default;
  explicit NameSet(const std::vector<std::string>& names) {
    for (const std::string& name : names) add(name);
  }

  /// False: the name was there already.
  bool add(std::string_view name) {
    std::string key = protocol::key_of(name);
    if (std::ranges::find(keys_, key) != keys_.end()) return false;
    keys_.push_back(std::move(key));
    shown_.emplace_back(name);
    return true;
  }
  /// False: the name was not there.
  bool remove(std::string_view name) {
    const auto found = std::ranges::find(keys_, protocol::key_of(name));
    if (found == keys_.end()) return false;
    shown_.erase(shown_.begin() + (found - keys_.begin()));
    keys_.erase(found);
    return true;
  }
  bool contains(std::string_view name) const {
    return !empty() && std::ranges::find(keys_, protocol::key_of(name)) != keys_.end();
  }
  /// As they were written.
  const std::vector<std::string>& shown() const { return shown_; }
  bool empty() const { return keys_.empty(); }

 private:
  std::vector<std::string> shown_;
  std::vector<std::string> keys_;
};

}  // namespace hubbub::client
