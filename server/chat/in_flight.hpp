#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "server/chat/answer.hpp"
#include "server/chat/counters.hpp"
#include "server/chat/rooms.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

/// Messages, and attributes of rooms, on their way through the journal: they go in through append() and come
/// out where the journal hands a batch back. There is no other way to a room.
class InFlight {
 public:
  /// All outlive it. The journal delivers to it.
  InFlight(journal::Journal& journal, Rooms& rooms, Counters& counters);

  /// `draft`: a message, or a record of the room's state; its room, sender and ticket are filled in here.
  void append(Answer&& answer, const Rooms::RoomPtr& room, journal::Draft draft);
  /// Whether the journal's backlog is full. If so, the request that the session refuses now is offered again
  /// when it is not full any more.
  bool must_wait(Session& session);

 private:
  /// Of a message or record in flight: its answer and its room.
  struct Origin {
    Answer answer;  ///< to nobody: said on another node
    Rooms::RoomPtr room;
    bool has_failed = false;
  };

  Origin take(const journal::Committed& committed);
  void on_commit(std::span<const journal::Committed> batch);
  void deliver_state(Origin& origin, const journal::StateRecord& record);
  void settle(std::vector<Origin>& origins);

  journal::Journal& journal_;
  Rooms& rooms_;
  Counters& counters_;
  std::deque<Origin> origins_;                   ///< by ticket; the ones already taken have no room
  std::uint64_t first_ = 1;                      ///< ticket of the first of them
  std::vector<std::weak_ptr<Session>> waiting_;  ///< for the journal to take more
};

}  // namespace hubbub::chat
