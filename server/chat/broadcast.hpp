#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/event.hpp"
#include "server/chat/participant.hpp"

namespace hubbub::chat {

/// A message that the journal has handed back, on its way to a room.
struct Said {
  protocol::MessagePtr message;
  /// Who said it here, or null (it was said elsewhere). Only compared, never called.
  const Participant* sender = nullptr;
  std::string_view ref{};  ///< for the sender's own copy; holds until the room has delivered
  bool repeated = false;   ///< already known: for its sender alone
  bool is_own = false;     ///< its sender needs a copy of its own, whatever else
};

/// What goes to all participants of a room: rendered once per wire format, then one push of shared bytes to
/// each. Messages gather in a batch, in which a sender may have lines of its own.
class Broadcast {
 public:
  using Participants = std::span<const std::shared_ptr<Participant>>;

  /// `room`: whose broadcast it is; it outlives this. `last`: see last().
  Broadcast(const Room& room, std::uint64_t last) : room_(room), last_(last), delivered_(last) {}

  /// The seq of the newest message that was delivered or gathered; 0: none that is known.
  std::uint64_t last() const { return last_; }
  /// The same without the batch that is being gathered or delivered.
  std::uint64_t delivered() const { return delivered_; }

  /// Delivers an event to everybody but `except`.
  void send(const protocol::Event& event, Participants to, const Participant* except = nullptr) const;
  /// Adds a message to the batch; true for the first of them.
  bool gather(Said said);
  /// Delivers the batch, and empties it.
  void deliver(Participants to);

 private:
  struct Lines;
  using Own = std::vector<std::size_t>;
  Lines render_batch(const Format& format) const;
  void deliver_personally(Participant& participant, const Lines& lines, const Own& own) const;
  std::uint64_t seq_before(std::size_t index) const;

  const Room& room_;
  std::uint64_t last_;
  std::uint64_t delivered_;
  std::vector<Said> batch_;
  /// Senders whose lines differ from the others', and in which messages of the batch.
  std::unordered_map<const Participant*, Own> personal_;
};

}  // namespace hubbub::chat
