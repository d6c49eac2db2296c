#pragma once

#include <string>
#include <string_view>
#include <vector>

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
  explicit NameSet(const std::vector<std::string>& names);

  /// False: it was there already.
  bool add(std::string_view name);
  /// False: it was not there.
  bool remove(std::string_view name);
  bool contains(std::string_view name) const;
  /// As they were written.
  const std::vector<std::string>& shown() const { return shown_; }
  bool empty() const { return keys_.empty(); }

 private:
  std::vector<std::string> shown_;
  std::vector<std::string> keys_;
};

}  // namespace hubbub::client
