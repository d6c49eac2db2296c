#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/name.hpp"

namespace hubbub::client {

/// What a person wants to hear of.
struct Preferences {
  enum class Presence {
    smart,  ///< who comes and goes, where it may matter: see Doorway
    all,
    none
  };

  std::vector<std::string> highlight;  ///< words that count as mentions, as the person's name does
  std::vector<std::string> ignore;     ///< people who are not heard
  std::vector<std::string> mute;       ///< rooms that are counted, but never urgent
  Presence presence = Presence::smart;
};

/// A few names of people or rooms, each found by any of its spellings, in the order in which they came.
class NameSet {
 public:
  NameSet() = default;
  explicit NameSet(const std::vector<std::string>& names) {
    for (const std::string& name : names) add(name);
  }

  /// False: it was there already.
  bool add(std::string_view name) {
    std::string key = protocol::key_of(name);
    if (std::ranges::find(keys_, key) != keys_.end()) return false;
    keys_.push_back(std::move(key));
    shown_.emplace_back(name);
    return true;
  }
  /// False: it was not there.
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
