#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/directory.hpp"
#include "server/chat/presence.hpp"
#include "server/chat/settings.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Room;
class Session;

/// The rooms that have participants, beside those that only the journal has, and what is told of joins,
/// departures and renames in them.
class Rooms {
 public:
  using RoomPtr = std::shared_ptr<Room>;

  /// All of them outlive it.
  Rooms(const Settings& settings, const Clock& clock, journal::Journal& journal, Directory& directory)
      : settings_(settings), clock_(clock), journal_(journal), directory_(directory) {}

  /// Rooms that have participants, or that the journal has something of.
  std::size_t count() const { return new_ + journal_.room_count(); }
  /// The room with that key; null if no room with participants has it.
  RoomPtr find(const std::string& key) const;
  bool is_known(const protocol::Name& name) const;
  RoomPtr find_or_make(const protocol::Name& name);
  /// The journal has something of the room from now on.
  void becomes_known(Room& room);
  /// The members of a room; nothing if no room of that name has members or history.
  std::optional<protocol::event::Members> members(const protocol::Name& name, const std::string& after,
                                                  std::size_t limit, const Session& asker) const;
  /// `is_hidden`: whether the room with that key and these attributes (null: none) is not for who asks.
  using IsHidden = std::function<bool(std::string_view key, const journal::RoomState* state)>;
  protocol::event::Rooms list(const std::string& after, std::size_t limit, std::size_t bytes,
                              const IsHidden& is_hidden) const;
  /// Whether the person is in the room by any session that is here.
  static bool is_in(Person& person, const Room& room);
  /// A room that was made, and that nobody has been let into.
  void drop_if_empty(const RoomPtr& room);

  /// From now on the session is delivered the room's messages.
  static void let_in(Session& session, const RoomPtr& room);
  /// The session, which has been let in, becomes a member for the others.
  void count(Session& session, const RoomPtr& room);
  /// From now on the session, which is a member for the others, is told of them, too: what it is shown of the
  /// room next is as it is now. `is_new`: Directory::Entrance::is_new.
  void admit(Session& session, const RoomPtr& room, bool is_new);
  void leave(Session& session, const RoomPtr& room, std::string_view reason);
  /// The person bears the claimed name, in its rooms too. Joins and departures under the old name are told
  /// first.
  void rename(Person& person, Claim& claim);
  /// The same where `bear` has the person bear it, who may be in rooms by way of other nodes.
  void rename(Person& person, const std::function<void()>& bear);
  /// The person has become a member of the room by way of a node, or has ceased to be.
  void came(const RoomPtr& room, const Person& person);
  void went(const RoomPtr& room, const Person& person, std::string_view reason);
  /// The session, which is admitted wherever it is, is one of another person's from now on, who bears a name.
  /// The others see the one go, with that reason, and the other come.
  void change_person(Session& session, const PersonPtr& person, std::string_view reason);
  /// Delivers to every participant that shares a room with the session's person, and to the person's other
  /// sessions, once each.
  void broadcast(Session& session, const protocol::Event& event) const;
  /// The same for a person of whom no session is here.
  void broadcast(const Person& person, const protocol::Event& event) const;
  /// The rooms in which that person is, by way of any node.
  std::vector<RoomPtr> rooms_of(Person& person) const;
  /// Tells the pending joins and departures of all rooms where it is not too soon.
  void tell_presence();
  /// Once a second: looks whether new settings have made a large room small.
  void tick();

 private:
  /// To be called before a change; `clashes`: it cannot be told in one line with the pending changes.
  void presence_changes(const RoomPtr& room, bool clashes);
  Presence::Moment moment() const;
  void tell_arrivals();

  const Settings& settings_;
  const Clock& clock_;
  journal::Journal& journal_;
  Directory& directory_;
  std::map<std::string, RoomPtr> here_;  ///< rooms with participants, by key
  std::size_t new_ = 0;                  ///< of `here_`: rooms that the journal has nothing of
  std::vector<RoomPtr> presence_;        ///< of `here_`: rooms with pending joins or departures
  std::string looked_at_;                ///< key of the room that tick() looked at last
  /// Where several nodes share a log: who has come in, and is to be told that it has.
  std::vector<std::pair<std::weak_ptr<Session>, RoomPtr>> arrived_;
  std::uint64_t renames_ = 0;
};

}  // namespace hubbub::chat
