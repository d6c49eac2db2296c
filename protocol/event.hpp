#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/timestamp.hpp"

/// What the server tells a client, as plain data.
namespace hubbub::protocol {

/// What somebody says or does (`/me`), or what a program says that no other program is to answer by itself.
enum class MessageKind : std::uint8_t { said, action, notice };

/// What has become of a message since it was said.
struct Change {
  enum class What : std::uint8_t {
    edited,
    deleted,  ///< the message has no text any more
  };
  What what = What::edited;
  Timestamp time;
  std::string by;  ///< the name of whoever did it; empty: not known, and it is not on the wire
};

/// One message. In a room it has `room` and `seq`; in private it has `to` instead, and no `seq`.
/// An empty `id` is none.
struct Message {
  std::string room;
  std::string to;
  std::uint64_t seq = 0;
  Timestamp time;
  std::string from;
  std::string text;
  std::string id;
  MessageKind kind = MessageKind::said;
  std::string account{};                   ///< of whoever said it; empty: a guest
  std::uint64_t reply_to = 0;              ///< the `seq` of the message that it answers; 0: of none
  std::shared_ptr<const Change> change{};  ///< the last one; null: it is as it was said

  bool is_action() const { return kind == MessageKind::action; }
  bool is_deleted() const { return change && change->what == Change::What::deleted; }
};

/// A message as the server passes it on: never changed once it has been accepted.
using MessagePtr = std::shared_ptr<const Message>;

namespace event {

/// `default_room` (where a text user is put), `messages_per_second` and `messages_burst` (0: not
/// limited) are additions of this server, so that a client can join and pace itself without guessing.
struct Welcome {
  std::uint64_t version = 1;
  std::string server;
  std::string name;
  bool account = false;
  std::string motd;  ///< empty: none
  std::uint64_t line_bytes = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t name_code_points = 0;
  std::uint64_t room_code_points = 0;
  std::string default_room;
  double messages_per_second = 0;
  std::uint64_t messages_burst = 0;
};

/// `history` is always the newest, right before the live messages that follow. `complete` is false
/// when something after the `since` that was asked for (without one: anything older) is not in it.
struct Joined {
  std::string room;
  std::string topic;
  std::size_t count = 0;
  std::vector<std::string> members;
  std::uint64_t last = 0;
  std::string epoch{};  ///< which journal `last` is a number of; empty: not told
  std::vector<MessagePtr> history;
  bool complete = true;
};

struct Left {
  std::string room;
};

struct Departure {
  std::string name;
  std::string reason;
};

/// Who came and went since the last one; in large rooms only the count.
struct Presence {
  std::string room;
  std::size_t count = 0;
  std::vector<std::string> joined;
  std::vector<Departure> left;
};

struct Renamed {
  std::string old_name;
  std::string new_name;
};

struct Topic {
  std::string room;
  std::string text;
  std::string from;
  Timestamp time;
};

/// Without a room: everybody on the server.
struct Members {
  std::string room;
  std::size_t count = 0;
  std::vector<std::string> names;
  bool more = false;
};

struct RoomInfo {
  std::string room;
  std::string topic;
  std::size_t count = 0;
};

struct Rooms {
  std::vector<RoomInfo> rooms;
  bool more = false;
};

/// `complete`: there is nothing further in the direction that was asked for.
struct History {
  std::string room;  ///< empty: of every room that one is in
  std::vector<MessagePtr> messages;
  bool complete = true;
  /// How many there are in that direction, those in `messages` among them; most_counted: so many or more.
  /// Nothing: that was not asked for, or would take too long.
  std::optional<std::uint64_t> count{};
};

/// The server's own question whether the client is still there; any line answers it.
struct Ping {};
struct Pong {};

struct Failure {
  Error error;
  std::string id;                    ///< of the `say` or `tell` that failed; empty: none
  std::uint64_t retry_after_ms = 0;  ///< 0: not given
};

/// The last line before the server closes.
struct Bye {
  Error error;
};

using Any = std::variant<Welcome, Joined, Left, MessagePtr, Presence, Renamed, Topic, Members, Rooms, History,
                         Ping, Pong, Failure, Bye>;

}  // namespace event

/// One line to a client. `ref` is that of the request that it answers; empty is none.
struct Event {
  event::Any body;
  std::string ref;
};

}  // namespace hubbub::protocol
