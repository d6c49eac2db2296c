#pragma once

#include <cstddef>
#include <cstdint>

#include "server/chat/wire.hpp"

namespace hubbub::chat {

class Person;
class Room;

/// Where among a room's messages a line belongs that is for one member alone.
struct Place {
  const Room* room = nullptr;  ///< only compared; null: the line may come at any time
  std::uint64_t seq = 0;       ///< behind the message with that number …
  bool instead = false;        ///< … or in its place: it is that message, as its sender gets it
};

/// What a room needs of one who hears it here: the delivery of a session.
class Participant {
 public:
  Participant() = default;
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  virtual ~Participant() = default;

  virtual const Person& person() const = 0;
  /// The index in that room's list of participants, which the room keeps here.
  virtual std::size_t& index_in(const Room& room) = 0;
  /// The wire format that the participant reads.
  virtual const Format& format() const = 0;
  /// Delivers lines that others get too; `room` (only compared) is where they belong, null: in several rooms.
  /// Never suspends, never throws, and never destroys, closes or removes a participant, because the room is
  /// walking its list.
  virtual void share(Slice lines, const Room* room) = 0;
  /// The same for a line that is for this participant alone.
  virtual void own(Slice line, const Place& place) = 0;
  /// Whether lines go straight out to it. If not, its own messages have to come as own().
  virtual bool is_direct() const = 0;
};

}  // namespace hubbub::chat
