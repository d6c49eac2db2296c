#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/directory.hpp"
#include "server/chat/in_flight.hpp"
#include "server/chat/log_book.hpp"
#include "server/chat/pace.hpp"
#include "server/chat/person.hpp"
#include "server/chat/private_messages.hpp"
#include "server/chat/rooms.hpp"
#include "server/chat/settings.hpp"
#include "server/chat/tells.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Session;
class Wire;

/// The chat as a whole: everybody's sessions, and the objects that all of them share.
class Hub {
 public:
  /// All of them outlive the hub. The settings may change at any time; the journal delivers to this hub.
  Hub(const Settings& settings, const Clock& clock, journal::Journal& journal, Directory& directory);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;
  ~Hub();

  /// A new session, which has yet to say who it is. The wire must outlive it, or end() it. `address`: what
  /// counts as one peer; empty: a peer that is not counted so. `person`: whose it is.
  std::shared_ptr<Session> open(Wire& wire, std::uint64_t number, const std::string& address = {},
                                PersonPtr person = new Person);
  /// The end of a turn of the loop: tells who came and went, and commits what was said.
  void end_turn();
  /// When end_turn() is to be called, though nothing else may have happened.
  PrivateMessages::Time due() const { return private_messages_.due(); }
  /// Once a second: what waits for time to pass.
  void tick();
  /// Says `bye` to everybody.
  void close_all(const protocol::Error& why);
  /// What the session has missed could not be read: it goes on in a while.
  void go_on_later(Session& session);
  /// Removes it from its rooms, and releases the name of a person who has no other.
  void depart(Session& session, std::string_view reason);

  std::size_t room_count() const { return rooms_.count(); }
  Now now() const { return clock_.now(); }
  const Settings& settings() const { return settings_; }
  journal::Journal& journal() { return journal_; }
  Directory& directory() { return directory_; }
  Rooms& rooms() { return rooms_; }
  InFlight& in_flight() { return in_flight_; }
  PrivateMessages& private_messages() { return private_messages_; }
  Tells& tells() { return tells_; }
  LogBook& log_book() { return log_book_; }

 private:
  const Settings& settings_;
  const Clock& clock_;
  journal::Journal& journal_;
  Directory& directory_;
  SessionList sessions_;
  AddressBuckets addresses_;
  std::vector<std::weak_ptr<Session>> retrying_;  ///< to read what they have missed
  Rooms rooms_;
  InFlight in_flight_;
  PrivateMessages private_messages_;
  Tells tells_;
  LogBook log_book_;
};

}  // namespace hubbub::chat
