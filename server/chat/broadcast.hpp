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

/// Those who hear a room here, and what goes to all of them: rendered once per wire format, then one push of
/// shared bytes to each. Messages gather in a batch, in which a sender may have lines of its own.
class Broadcast {
 public:
  using Participants = std::span<const std::shared_ptr<Participant>>;

  /// `room`: whose broadcast it is; only compared. `last`: see last().
  Broadcast(const Room& room, std::uint64_t last) : room_(room), last_(last), delivered_(last) {}

  /// The seq of the newest message that was delivered or gathered; 0: none that is known.
  std::uint64_t last() const { return last_; }
  /// The same without the batch that is being gathered or delivered.
  std::uint64_t delivered() const { return delivered_; }

  /// From here on a participant hears everything, but is no member yet for the others.
  void let_in(std::shared_ptr<Participant> participant);
  /// Those who have been admitted. One who is about to be is not told of comings, goings and new names: its
  /// `joined` shows who is there by then, and what was told before would be wrong after it.
  Participants admitted() const { return {participants_.data(), admitted_}; }

  bool is_empty() const { return participants_.empty(); }
  bool is_admitted(Participant& participant) const {
    const auto index = participant.index_in(room_);
    return index < admitted_ && participants_[index].get() == &participant;
  }
  /// To be asked for one that was let in.
  void admit(Participant& participant);
  /// Nothing where it is none.
  void take_out(Participant& participant);

  /// Delivers an event to everybody but `except`.
  void send(const protocol::Event& event, const Participant* except = nullptr) const {
    send_to(participants_, event, except);
  }
  /// Delivers an event to those who have been admitted.
  void send_to_admitted(const protocol::Event& event) const { send_to(admitted(), event, nullptr); }
  /// Adds a message to the batch; true for the first of them.
  bool gather(Said said);
  /// Delivers the batch, and empties it: one push to each participant.
  void deliver();

 private:
  void send_to(Participants to, const protocol::Event& event, const Participant* except) const;
  void swap(std::size_t a, std::size_t b);
  struct Lines;
  using Own = std::vector<std::size_t>;
  Lines render_batch(const Format& format) const;
  void deliver_personally(Participant& participant, const Lines& lines, const Own& own) const;
  std::uint64_t seq_before(std::size_t index) const;

  const Room& room_;
  /// Those who were admitted first, then those who are about to be.
  std::vector<std::shared_ptr<Participant>> participants_;
  std::size_t admitted_ = 0;
  std::uint64_t last_;
  std::uint64_t delivered_;
  std::vector<Said> batch_;
  /// Senders whose lines differ from the others', and in which messages of the batch.
  std::unordered_map<const Participant*, Own> personal_;
};

}  // namespace hubbub::chat
