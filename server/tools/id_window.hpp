#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/journal/keyed_hash.hpp"

namespace hubbub::tools {

/// The ids of one room that must still be known when its next message comes, as somebody sees who reads its
/// messages in order: those of the last protocol::dedupe_messages and of the last protocol::dedupe_age.
class IdWindow {
 public:
  struct Place {
    std::int64_t seq = 0;
    std::int64_t ordinal = 0;  ///< counts the room's messages, those without an id too
    std::chrono::milliseconds time{0};
  };

  /// Adds the id of the next message. Returns the `seq` of the message that had it before, if it was still to
  /// be known.
  std::optional<std::int64_t> add(std::string_view sender, std::string_view id, Place place);

 private:
  using Map = std::unordered_map<std::string, std::int64_t, journal::KeyedHash>;  ///< by id_key()

  void expire(std::int64_t ordinal);

  Map known_;
  std::deque<std::pair<Place, std::string>> by_age_;
  std::chrono::milliseconds now_{0};  ///< the latest time seen: the wall clock may have been set back
};

}  // namespace hubbub::tools
