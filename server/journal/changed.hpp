#pragma once

#include <cstdint>
#include <vector>

#include "server/journal/journal.hpp"

namespace hubbub::journal {

/// Puts Page::changed together, for every engine in the same way: where a page ends, and what that takes off
/// it.
class Changed {
 public:
  /// The next message that was changed, in the order of the numbers of the changes. False: there is no place
  /// for it, nor for any after it.
  bool take(const Query& query, std::uint64_t number, protocol::MessagePtr message);
  /// `last`: the newest number of the room. The page has its messages already, and is cut where changes are
  /// missing from there on.
  void finish(const Query& query, std::uint64_t last, Page& page);

 private:
  std::vector<protocol::MessagePtr> messages_;
  bool is_cut_ = false;
};

}  // namespace hubbub::journal
