#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/limits.hpp"
#include "protocol/timestamp.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::journal::sqlite {

/// Where in a room to look for a message whose `id` comes again: about 13 bytes for each id of the dedupe
/// window. It keeps only a hash of sender and id, so a message that it finds has to be compared, and an id
/// that it does not find is new.
class RecentIds {
 public:
  using Hash = std::uint32_t;
  Hash hash_of(std::string_view sender, std::string_view id) const;

  /// `seq` must rise; `ordinal` counts all messages of the room.
  void add(Hash hash, std::uint64_t seq, std::uint64_t ordinal, protocol::Timestamp time);
  /// The messages that may have the id of that hash, the newest first. `out` is replaced.
  void find(Hash hash, std::vector<std::uint64_t>& out) const;
  /// Forgets ids outside the window of protocol::dedupe_age and protocol::dedupe_messages, if the room's
  /// newest message has this ordinal.
  void expire(std::uint64_t ordinal, protocol::Timestamp now);
  /// The same where the window is all that has a number above `old_up_to`.
  void expire_up_to(std::uint64_t ordinal, std::uint64_t old_up_to);
  /// Ids remembered.
  std::size_t size() const;

 private:
  struct Slot {
    Hash hash = 0;  ///< 0: free
    std::uint32_t offset = 0;
  };
  /// The ids of about a minute: an open hash table. They are dropped together.
  struct Generation {
    std::uint64_t base = 0;  ///< the seq that offsets are counted from
    std::uint64_t last = 0;  ///< the newest seq
    protocol::Timestamp oldest;
    protocol::Timestamp newest;
    std::uint64_t ordinal = 0;  ///< of the newest
    std::size_t used = 0;
    std::vector<Slot> slots;  ///< a power of two

    void insert(Slot slot);
    void grow();
  };

  Generation& generation_for(std::uint64_t seq, protocol::Timestamp time);

  KeyedHash hash_;
  std::vector<Generation> generations_;  ///< the oldest first; about twenty at most
};

}  // namespace hubbub::journal::sqlite
