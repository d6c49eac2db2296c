#pragma once

#include <cstddef>
#include <cstdint>

#include "server/chat/wire.hpp"

namespace hubbub::protocol::event {
struct Joined;
}

namespace hubbub::chat {

class Feed;
class Person;
class Room;

/// The place among a feed's messages of a line that is for one participant alone.
struct Place {
  Feed* feed = nullptr;   ///< null: the line may come at any time
  std::uint64_t seq = 0;  ///< the line comes behind the message with that number
  bool instead = false;   ///< the line replaces that message: the sender's own copy
};

/// What a room needs of a participant on this node: the delivery of a session.
class Participant {
 public:
  Participant() = default;
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  virtual ~Participant() = default;

  virtual const Person& person() const = 0;
  /// The index in that room's list of participants, which the room keeps here.
  virtual std::uint32_t& index_in(const Room& room) = 0;
  /// The wire format that the participant reads.
  virtual const Format& format() const = 0;
  /// Adds to what the participant is told of that room, in which it is, what is about it alone.
  virtual void add_own(const Room& room, protocol::event::Joined& joined) const = 0;
  /// Delivers lines that others get too; `feed` is where they belong, null: in several rooms.
  /// Never suspends, never throws, and never destroys, closes or removes a participant, because the room is
  /// walking its list.
  virtual void share(Slice lines, Feed* feed) = 0;
  /// The same for a line that is for this participant alone.
  virtual void own(Slice line, const Place& place) = 0;
  /// Whether lines go straight to the participant. If not, its own messages must come through own().
  virtual bool is_direct() const = 0;
};

}  // namespace hubbub::chat
