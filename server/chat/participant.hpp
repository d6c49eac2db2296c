#pragma once

#include <cstdint>

#include "protocol/error.hpp"
#include "protocol/name.hpp"
#include "server/chat/format.hpp"

namespace hubbub::chat {

/// What a room needs of a member.
class Participant {
 public:
  Participant() = default;
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  virtual ~Participant() = default;

  virtual const protocol::Name& name() const = 0;
  /// The wire format that the member reads.
  virtual const Format& format() const = 0;
  /// Queues the bytes. Never suspends, never throws, and never destroys or removes a member, because
  /// the room is walking its list.
  virtual void deliver(Slice bytes) = 0;
  /// The same for what is for this member alone, and will not be in the history.
  virtual void answer(Slice bytes) = 0;
  /// Says `bye` and ends the member's connection; removes it from its rooms, so not during a delivery.
  virtual void close(const protocol::Error& why) = 0;

  /// The last broadcast over several rooms that has reached this member, so that each comes once.
  std::uint64_t last_broadcast = 0;
};

}  // namespace hubbub::chat
