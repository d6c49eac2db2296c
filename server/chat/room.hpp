#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/broadcast.hpp"
#include "server/chat/feed.hpp"
#include "server/chat/participant.hpp"
#include "server/chat/presence.hpp"
#include "server/chat/roster.hpp"
#include "server/chat/ruling.hpp"
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

  Room(protocol::Name name, Kept kept);

  const protocol::Name& name() const { return name_; }
  std::string_view topic() const { return state_.topic(); }
  /// Applies a record of the room's state that the journal has committed. Returns the events to deliver.
  journal::RoomState::Events apply(const journal::StateRecord& record);
  const journal::RoomState& attributes() const { return state_; }
  /// Null: nothing is ruled here.
  const Ruling* ruling() const { return ruling_.get(); }
  bool is_new() const { return is_new_; }
  /// The journal has something of the room from now on; returns whether that is new.
  bool becomes_known() { return std::exchange(is_new_, false); }
  /// The member whose name has that key; null: there is none. A roster changes nothing of a person, and so
  /// knows them as constant.
  Person* member(std::string_view key) const { return const_cast<Person*>(roster_.find(key)); }
  /// Roster::sessions_of().
  std::uint32_t sessions_of(const Person& person) const { return roster_.sessions_of(person); }
  void each_member(const std::function<void(const Person& person)>& visit) const { roster_.each(visit); }
  /// How many members it has.
  std::size_t size() const { return roster_.size(); }
  /// No members, and no participants that are yet to be admitted.
  bool is_empty() const { return broadcast_.is_empty() && roster_.size() == 0; }

  // What is given to people as long as they are here.
  /// `since`: the number of the newest message at that time.
  void give(const Person& person, Rank rank, std::uint64_t since);
  struct Grant {
    const Person* person = nullptr;
    Rank rank = Rank::anyone;
    std::uint64_t since = 0;
  };
  /// Null: nothing.
  const Grant* grant(const Person& person) const;
  /// What the one was given is the other's, who goes on for him.
  void pass_on(const Person& from, const Person& to);
  /// What somebody is here, but for what the server has made him.
  Rank rank_of(const Person& person) const;
  /// Those of these who have a role, at most as many as one asks about.
  std::vector<protocol::event::RoleHeld> roles_among(const std::vector<std::string>& names) const;

  /// When the person said something here last, as far as slow mode needs to know: by the key of the name, or
  /// of the account.
  using Time = std::chrono::steady_clock::time_point;
  std::optional<Time> spoke(const std::string& who) const;
  void note_spoke(const std::string& who, Time now, std::chrono::milliseconds span);
  /// Whoever has spoken under that name goes by another one.
  void note_other_name(const std::string& before, const std::string& now);

  /// A guest has left, so that a ban still finds where he was from: the last of them are known for a while.
  /// `address`: empty: it is not known, and what is known of the name stays.
  void note_gone(const protocol::Name& name, std::string address, Time now);
  /// Empty: nobody of that name has just left, or it is not known where he was from.
  std::string_view address_of_gone(std::string_view key, Time now) const;

  /// Nothing that was said up to that number is for this participant.
  void set_floor(const Participant& participant, std::uint64_t seq) { floors_[&participant] = seq; }
  std::uint64_t floor(const Participant& participant) const {
    const auto found = floors_.find(&participant);
    return found == floors_.end() ? 0 : found->second;
  }

  /// Does nothing for a participant that has not been let in. Whether it was a member is told by went().
  void take_out(Participant& participant);
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
  std::optional<protocol::Event> state(const Participant& to, bool complete) override;
  std::vector<protocol::event::Changed> changes(const std::vector<protocol::MessagePtr>& messages,
                                                std::uint64_t account) const override;

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
  std::unique_ptr<Ruling> ruling_;
  std::vector<Grant> grants_;
  std::unordered_map<std::string, Time> spoke_;
  Time swept_{};
  struct Gone {
    std::string key;
    std::string address;
    Time at;
  };
  std::vector<Gone> gone_;  ///< the newest at the end
  std::unordered_map<const Participant*, std::uint64_t> floors_;
  std::string epoch_;
  bool is_new_;
  Roster roster_;
  Broadcast broadcast_;
  Presence presence_;
};

}  // namespace hubbub::chat
