#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "protocol/timestamp.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::journal {

/// The ids that a room has accepted lately: at least those of the last protocol::dedupe_messages
/// messages and of the last protocol::dedupe_age, whatever retention drops of the messages themselves.
class DedupeWindow {
 public:
  struct Original {
    std::uint64_t seq = 0;
    protocol::Timestamp time;
  };

  /// The message that this sender's `id` was accepted with, or null.
  const Original* find(const std::string& sender, const std::string& id) const;
  /// Counts one more message of the room; an empty `id` is only counted.
  void add(const std::string& sender, const std::string& id, Original original);
  /// Forgets what is older than both bounds.
  void expire(protocol::Timestamp now);
  bool empty() const { return known_.empty(); }
  /// Whether every id was accepted before `time`.
  bool all_older_than(protocol::Timestamp time) const {
    return by_age_.empty() || by_age_.back()->second.original.time < time;
  }

 private:
  struct Known {
    Original original;
    std::uint64_t ordinal = 0;  ///< the message's position among all that the room has had
  };
  using Map = std::unordered_map<std::string, Known, KeyedHash>;

  Map known_;
  std::deque<const Map::value_type*> by_age_;  ///< nodes of the map stay where they are
  std::uint64_t messages_ = 0;
};

}  // namespace hubbub::journal
