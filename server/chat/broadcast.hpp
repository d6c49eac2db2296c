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
  /// The sender on this node; null: the message was said on another node, or the sender is gone. Only
  /// compared, never called.
  const Participant* sender = nullptr;
  std::string_view ref{};  ///< for the sender's own copy; valid until the batch is delivered
  bool repeated = false;   ///< the journal had it already: for its sender alone
  bool is_own = false;     ///< its sender needs a line of its own, even without a ref
};

/// The participants of a room on this node, and the delivery to all of them: rendered once per wire format,
/// then one push of shared bytes to each. Messages gather in a batch, in which a sender may have lines of its
/// own.
class Broadcast {
 public:
  using Participants = std::span<const std::shared_ptr<Participant>>;

  /// `room`: whose broadcast it is; only compared. `last`: see last().
  Broadcast(Room& room, std::uint64_t last) : room_(room), last_(last), delivered_(last) {}

  /// The seq of the newest message, or the number of the newest change, that was delivered or gathered; 0:
  /// none is known.
  std::uint64_t last() const { return last_; }
  /// The same without the batch that is being gathered or delivered.
  std::uint64_t delivered() const { return delivered_; }

  /// From now on the participant is delivered what is said, but is no member for the others until admit().
  void let_in(std::shared_ptr<Participant> participant);
  /// The participants that have been admitted. Joins, departures and renames, topics, roles and rules are
  /// delivered to these alone: `joined` shows a participant what holds at its admission, and earlier changes
  /// would contradict it.
  Participants admitted() const { return {participants_.data(), admitted_}; }

  bool is_empty() const { return participants_.empty(); }
  bool is_admitted(Participant& participant) const {
    const std::size_t index = participant.index_in(room_);
    return index < admitted_ && participants_[index].get() == &participant;
  }
  /// `participant` has been let in, and not admitted.
  void admit(Participant& participant);
  /// Does nothing for a participant that is not in the list.
  void take_out(Participant& participant);

  /// Delivers an event to the admitted participants but `except`.
  void deliver(const protocol::Event& event, const Participant* except = nullptr) const {
    deliver_to(admitted(), event, except);
  }
  /// Everything up to that number has been delivered: that of a change, which is told by deliver(). No batch
  /// is being gathered.
  void note(std::uint64_t number);
  /// Those who are in the room, the admitted ones first.
  Participants participants() const { return {participants_.data(), participants_.size()}; }
  /// Adds a message to the batch; true for the first of them.
  bool gather(Said said);
  /// Delivers the batch, and empties it: one push to each participant. Returns how many messages went to how
  /// many, in all.
  std::size_t deliver_batch();

 private:
  void deliver_to(Participants to, const protocol::Event& event, const Participant* except) const;
  void swap(std::size_t a, std::size_t b);
  struct Lines;
  using Own = std::vector<std::size_t>;
  Lines render_batch(const Format& format) const;
  void deliver_personally(Participant& participant, const Lines& lines, const Own& own) const;
  std::uint64_t seq_before(std::size_t index) const;

  Room& room_;
  /// The admitted participants first, then the others.
  std::vector<std::shared_ptr<Participant>> participants_;
  std::size_t admitted_ = 0;
  std::uint64_t last_;
  std::uint64_t delivered_;
  std::vector<Said> batch_;
  /// Senders with lines of their own, and the indices of these messages in the batch.
  std::unordered_map<const Participant*, Own> personal_;
};

}  // namespace hubbub::chat
