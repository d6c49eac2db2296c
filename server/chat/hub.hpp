#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "protocol/request.hpp"
#include "protocol/token_bucket.hpp"
#include "server/chat/address_buckets.hpp"
#include "server/chat/answer.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/directory.hpp"
#include "server/chat/log_book.hpp"
#include "server/chat/presence.hpp"
#include "server/chat/private_messages.hpp"
#include "server/chat/session_list.hpp"
#include "server/chat/settings.hpp"
#include "server/chat/tells.hpp"
#include "server/chat/tickets.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Room;
class Session;
class Wire;

/// Everybody and every room. Messages go in through append() and come out where the journal hands
/// them back; there is no other way to a room.
class Hub {
 public:
  /// All of them outlive the hub. The settings may change at any time; the journal delivers to this hub.
  Hub(const Settings& settings, const Clock& clock, journal::Journal& journal, Directory& directory);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;
  ~Hub();

  // For the front ends and the daemon
  /// A new session, which has yet to say who it is. The wire must outlive it, or end() it. `address`: what
  /// counts as one peer; empty: a peer that is not counted so. `person`: whose it is.
  std::shared_ptr<Session> open(Wire& wire, std::uint64_t number, const std::string& address = {},
                                PersonPtr person = new Person);
  /// The end of a turn of the loop: tells who came and went, and commits what was said.
  void end_turn();
  /// Tells who came and went so far, where it may be told already.
  void tell_presence();
  /// When end_turn() is to be called, though nothing else may have happened.
  PrivateMessages::Time due() const { return private_messages_.due(); }
  /// Once a second: what waits for time to pass.
  void tick();
  /// Says `bye` to everybody.
  void close_all(const protocol::Error& why);
  /// Rooms that somebody is in, or that the journal has something of.
  std::size_t room_count() const { return new_rooms_ + journal_.room_count(); }
  const Settings& settings() const { return settings_; }
  LogBook& log_book() { return log_book_; }

  // For the commands
  Now now() const { return clock_.now(); }
  TokenBucket::Limit message_limit() const;
  TokenBucket::Limit query_limit() const;
  TokenBucket::Limit address_limit() const;
  PrivateMessages& private_messages() { return private_messages_; }
  journal::Journal& journal() { return journal_; }
  Directory& directory() { return directory_; }
  Tells& tells() { return tells_; }
  /// The person bears what it has claimed, in its rooms too. Who came or went under the old name is told
  /// first.
  void rename(Person& person, Claim& claim);
  /// The room that somebody is in; null when there is none.
  std::shared_ptr<Room> find_room(const protocol::Name& name) const;
  /// Who is in it; nothing when there is no room of that name, neither with members nor with history.
  std::optional<protocol::event::Members> members(const protocol::Name& name, const std::string& after,
                                                  std::size_t limit, const Session& asker) const;
  bool is_known(const protocol::Name& name) const;
  std::shared_ptr<Room> find_or_make_room(const protocol::Name& name);
  /// From here on the session hears what is said in the room …
  static void let_in(Session& session, const std::shared_ptr<Room>& room);
  /// … and is there for the others.
  void admit(Session& session, const std::shared_ptr<Room>& room);
  void leave(Session& session, const std::shared_ptr<Room>& room, std::string_view reason);
  /// The message, or the attribute of the room, goes to the journal; what becomes of it comes out of
  /// on_commit().
  void append(Answer&& answer, const std::shared_ptr<Room>& room, protocol::Message message);
  void append(Answer&& answer, const std::shared_ptr<Room>& room, journal::StateRecord record);
  /// Whether the journal has so much to do that nobody should say more; if so, the session is offered what
  /// it refuses now when that has changed.
  bool must_wait_for_journal(Session& session);
  /// What the session has missed could not be read: it goes on in a while.
  void go_on_later(Session& session);
  /// To the other sessions of the same person and to everybody who shares a room with it, once each.
  void broadcast(Session& session, const protocol::Event& event);
  protocol::event::Rooms room_list(const std::string& after, std::size_t limit, std::size_t bytes) const;
  /// Removes it from its rooms and frees its name.
  void depart(Session& session, std::string_view reason);

 private:
  using Rooms = std::map<std::string, std::shared_ptr<Room>>;
  void on_commit(std::span<const journal::Committed> batch);
  UnderWay take_under_way(const journal::Committed& committed);
  static void deliver_state(UnderWay& origin, const journal::StateRecord& record);
  void settle(std::vector<UnderWay>& settled);
  /// To be called before the change, which `clashes` with what has not been told yet.
  void presence_changes(const std::shared_ptr<Room>& room, bool clashes);
  Presence::Moment moment() const;
  void drop_if_empty(const Room& room);

  const Settings& settings_;
  const Clock& clock_;
  journal::Journal& journal_;
  Directory& directory_;
  SessionList sessions_;
  AddressBuckets addresses_;
  LogBook log_book_;
  std::size_t new_rooms_ = 0;                     ///< of rooms_: those that the journal has nothing of
  Rooms rooms_;                                   ///< by key
  std::string looked_at_;                         ///< key of the room where tick() has come to
  std::vector<std::shared_ptr<Room>> presence_;   ///< rooms with somebody to tell of
  std::vector<std::weak_ptr<Session>> waiting_;   ///< for the journal to take more
  std::vector<std::weak_ptr<Session>> retrying_;  ///< to read what they have missed
  Tickets under_way_;
  PrivateMessages private_messages_;
  Tells tells_;
  std::uint64_t renames_ = 0;
};

}  // namespace hubbub::chat
