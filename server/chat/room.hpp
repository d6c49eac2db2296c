#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/broadcast.hpp"
#include "server/chat/feed.hpp"
#include "server/chat/participant.hpp"
#include "server/chat/presence.hpp"
#include "server/chat/roster.hpp"
#include "server/journal/room_state.hpp"

namespace hubbub::chat {

/// A chat room: its members (Roster), its participants on this node and the delivery to them (Broadcast), and
/// the joins and departures that they have yet to be told (Presence).
class Room final : public Feed {
 public:
  /// What the journal knows of a room. `last`: the newest seq that it is known to have had.
  struct Kept {
    std::uint64_t last = 0;
    journal::RoomState state{};
    bool is_new = true;        ///< the journal has nothing of it
    std::string_view epoch{};  ///< the journal's, which outlives the room
  };

  Room(protocol::Name name, Kept kept)
      : name_(std::move(name)),
        state_(std::move(kept.state)),
        epoch_(kept.epoch),
        is_new_(kept.is_new),
        broadcast_(*this, kept.last) {}

  const protocol::Name& name() const { return name_; }
  std::string_view topic() const { return state_.topic(); }
  /// Applies a record of the room's state that the journal has committed. Returns the events to deliver.
  journal::RoomState::Events apply(const journal::StateRecord& record) { return state_.apply(record); }
  bool is_new() const { return is_new_; }
  /// The journal has something of the room from now on; returns whether that is new.
  bool becomes_known() { return std::exchange(is_new_, false); }
  /// How many members it has.
  std::size_t size() const { return roster_.size(); }
  /// No members, and no participants that are yet to be admitted.
  bool is_empty() const { return broadcast_.is_empty() && roster_.size() == 0; }

  /// The participant, which has been let in, becomes a member.
  void admit(Participant& participant);
  /// Does nothing for a participant that is neither let in nor admitted.
  void remove(Participant& participant, std::string reason);
  /// A session of that person has become a member, here or on another node.
  void came(const Person& person);
  /// A session of that person has left, here or on another node.
  void went(const Person& person, std::string reason);
  /// Takes the member out while the person's name changes. Empty if the person is no member; put_back() then
  /// does nothing.
  Roster::Members::node_type take_out(const Person& person) { return roster_.take_out(person); }
  void put_back(Roster::Members::node_type member, const protocol::Name& before);

  /// The names after the one with the key `after`, in the order of their keys, at most `limit`, as they are
  /// shown `to` a member (null: to another client).
  protocol::event::Members names(const std::string& after, std::size_t limit, const Person* to = nullptr);
  /// The state of the room without messages, with its names as they are shown `to` a member (null: to another
  /// client). `last`: the seq up to which messages have been delivered.
  protocol::event::Joined standing(std::uint64_t last, const Person* to = nullptr);
  /// The same for a slow reader that has caught up; `complete`: no message is missing.
  std::optional<protocol::Event> state(bool complete) override;

  const std::string& key() const override { return name_.key; }
  std::uint64_t delivered() const override { return broadcast_.delivered(); }
  std::uint64_t last() const override { return broadcast_.last(); }

  Broadcast& broadcast() { return broadcast_; }
  const Broadcast& broadcast() const { return broadcast_; }
  Presence& presence() { return presence_; }
  /// Whether a new limit has made it small: then there may be something to tell by name.
  bool was_large(std::size_t limit) { return (limit == 0 || size() <= limit) && presence_.was_large(); }
  /// Tells who came and went: by name in a room of up to `moment.limit` members, else by count and at most
  /// once a second. False when it is too soon.
  bool tell_presence(const Presence::Moment& moment);

 private:
  protocol::Name name_;
  journal::RoomState state_;
  std::string_view epoch_;
  bool is_new_;
  Roster roster_;
  Broadcast broadcast_;
  Presence presence_;
};

}  // namespace hubbub::chat
