#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/conversations.hpp"
#include "server/chat/counters.hpp"
#include "server/chat/directory.hpp"
#include "server/chat/in_flight.hpp"
#include "server/chat/log_book.hpp"
#include "server/chat/logins.hpp"
#include "server/chat/moderation.hpp"
#include "server/chat/operations.hpp"
#include "server/chat/pace.hpp"
#include "server/chat/person.hpp"
#include "server/chat/private_messages.hpp"
#include "server/chat/rooms.hpp"
#include "server/chat/settings.hpp"
#include "server/chat/tells.hpp"
#include "server/chat/typing.hpp"
#include "server/chat/webhooks.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Session;
class Wire;

/// The chat as a whole: all sessions, and the objects that they share.
class Hub {
 public:
  /// All of them outlive the hub. The settings may change at any time; the journal delivers to this hub.
  Hub(const Settings& settings, const Clock& clock, journal::Journal& journal, Directory& directory,
      accounts::Registry& accounts);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;
  ~Hub();

  /// A new session, before its `hello`. The wire must outlive it, or end() it. `address`: what the limits
  /// count as one peer; empty: no limit for the address. `person`: whose session it is.
  std::shared_ptr<Session> open(Wire& wire, std::uint64_t number, const std::string& address = {},
                                PersonPtr person = new Person);
  /// The end of a turn of the loop: tells who came and went, and commits what was said.
  void end_turn();
  /// When to call end_turn() next, even if nothing else happens.
  PrivateMessages::Time due() const { return private_messages_.due(); }
  /// To be called once a second, for work that waits for time to pass.
  void tick();
  /// Closes all sessions with a `bye`.
  void close_all(const protocol::Error& why);
  /// What the session has missed could not be read: the next tick() tries again.
  void go_on_later(Session& session);
  /// Removes the session from its rooms; if it was the last of its person, releases the name.
  void depart(Session& session, std::string_view reason);

  /// Calls it with each session, also those that have not said hello. None may end meanwhile.
  void each_session(const std::function<void(Session&)>& visit);
  std::size_t room_count() const { return rooms_.count(); }
  Counters& counters() { return counters_; }
  const Counters& counters() const { return counters_; }
  struct Census {
    std::size_t sessions = 0;      ///< also those that have not said hello
    std::size_t slow_readers = 0;  ///< those that are behind with what others say
  };
  /// Looks at each session.
  Census census() const;
  Now now() const { return clock_.now(); }
  const Settings& settings() const { return settings_; }
  journal::Journal& journal() { return journal_; }
  /// Reads messages as they are to be shown: each with the names that its accounts have now.
  void read(const journal::Query& query, journal::Journal::ReadHandler handler);
  Directory& directory() { return directory_; }
  Rooms& rooms() { return rooms_; }
  InFlight& in_flight() { return in_flight_; }
  PrivateMessages& private_messages() { return private_messages_; }
  Tells& tells() { return tells_; }
  Logins& logins() { return logins_; }
  Conversations& conversations() { return conversations_; }
  Typing& typing() { return typing_; }
  Moderation& moderation() { return moderation_; }
  const Moderation& moderation() const { return moderation_; }
  Webhooks& webhooks() { return webhooks_; }
  LogBook& log_book() { return log_book_; }
  Operations& operations() { return operations_; }

 private:
  const Settings& settings_;
  const Clock& clock_;
  journal::Journal& journal_;
  Directory& directory_;
  Counters counters_;
  SessionList sessions_;
  AddressBuckets addresses_;
  std::vector<std::weak_ptr<Session>> retrying_;  ///< to read what they have missed
  Rooms rooms_;
  InFlight in_flight_;
  PrivateMessages private_messages_;
  Tells tells_;
  Logins logins_;
  Conversations conversations_;
  Typing typing_;
  Moderation moderation_;
  Webhooks webhooks_;
  LogBook log_book_;
  Operations operations_;
};

}  // namespace hubbub::chat
