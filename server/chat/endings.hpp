#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "protocol/timestamp.hpp"

namespace hubbub::chat {

/// When which attribute ends: bans, invitations, a lockdown. Each is here once, as long as it holds.
class Endings {
 public:
  struct Ending {
    std::string room;  ///< its key
    std::string attribute;
    auto operator<=>(const Ending&) const = default;
  };

  /// It ends then, whatever was known of it; nothing: not by itself.
  void set(Ending ending, std::optional<protocol::Timestamp> until) {
    if (const auto known = until_.find(ending); known != until_.end()) {
      due_.erase({known->second, ending});
      until_.erase(known);
    }
    if (!until) return;
    due_.emplace(*until, ending);
    until_.emplace(std::move(ending), *until);
  }

  /// One that ends now, or should have before, the earliest first; it is here no more.
  std::optional<Ending> take_due(protocol::Timestamp now) {
    if (due_.empty() || due_.begin()->first > now) return std::nullopt;
    auto ending = due_.begin()->second;
    set(ending, std::nullopt);
    return ending;
  }

 private:
  std::map<Ending, protocol::Timestamp> until_;
  std::set<std::pair<protocol::Timestamp, Ending>> due_;
};

}  // namespace hubbub::chat
