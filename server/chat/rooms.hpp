#pragma once

#include <cstddef>
#include <cstdint>
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

/// The rooms that somebody is in, beside those that only the journal has, and what is told of who comes, goes
/// and is renamed in them.
class Rooms {
 public:
  using RoomPtr = std::shared_ptr<Room>;

  /// All of them outlive it.
  Rooms(const Settings& settings, const Clock& clock, journal::Journal& journal)
      : settings_(settings), clock_(clock), journal_(journal) {}

  /// Rooms that somebody is in, or that the journal has something of.
  std::size_t count() const { return new_ + journal_.room_count(); }
  /// The room with that key that somebody is in; null when there is none.
  RoomPtr find(const std::string& key) const;
  bool is_known(const protocol::Name& name) const;
  RoomPtr find_or_make(const protocol::Name& name);
  /// The journal has something of it from now on.
  void becomes_known(Room& room);
  /// Who is in it; nothing when there is no room of that name, neither with members nor with history.
  std::optional<protocol::event::Members> members(const protocol::Name& name, const std::string& after,
                                                  std::size_t limit, const Session& asker) const;
  protocol::event::Rooms list(const std::string& after, std::size_t limit, std::size_t bytes) const;

  /// From here on the session hears what is said in the room …
  static void let_in(Session& session, const RoomPtr& room);
  /// … and is there for the others.
  void admit(Session& session, const RoomPtr& room);
  void leave(Session& session, const RoomPtr& room, std::string_view reason);
  /// The person bears what it has claimed, in its rooms too. Who came or went under the old name is told
  /// first.
  void rename(Person& person, Claim& claim);
  /// To everybody who shares a room with the session's person, and to the person's other sessions, once each.
  static void broadcast(Session& session, const protocol::Event& event);
  /// Tells who came and went so far, where it may be told already.
  void tell_presence();
  /// Once a second: looks whether new settings have made a large room small.
  void tick();

 private:
  /// To be called before the change, which `clashes` with what has not been told yet.
  void presence_changes(const RoomPtr& room, bool clashes);
  Presence::Moment moment() const;

  const Settings& settings_;
  const Clock& clock_;
  journal::Journal& journal_;
  std::map<std::string, RoomPtr> here_;  ///< those that somebody is in, by key
  std::size_t new_ = 0;                  ///< of them: those that the journal has nothing of
  std::vector<RoomPtr> presence_;        ///< of them: those with somebody to tell of
  std::string looked_at_;                ///< key of the room where tick() has come to
  std::uint64_t renames_ = 0;
};

}  // namespace hubbub::chat
