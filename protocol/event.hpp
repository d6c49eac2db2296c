#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/moderation_event.hpp"
#include "protocol/timestamp.hpp"

/// What the server tells a client, as plain data.
namespace hubbub::protocol {

/// An ordinary message, an action (`/me`), or a notice: a program's message that no other program should
/// answer automatically.
enum class MessageKind : std::uint8_t { said, action, notice };

/// The last edit or deletion of a message.
struct Change {
  enum class What : std::uint8_t {
    edited,
    deleted,  ///< the message has no text any more
  };
  What what = What::edited;
  Timestamp time;
  std::string by;  ///< the name of the person who made the change; empty: not known. Not on the wire.
  std::uint64_t number = 0;  ///< its place among the messages; 0: not known. Not on the wire.
  std::string reason{};      ///< of a deletion; empty: none was given. Not on the wire.
};

/// One message. In a room it has `room` and `seq`; in private it has `to` instead, and a `seq` only if it is
/// kept: between two accounts.
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
  std::string account{};                   ///< the sender's; empty: a guest
  std::uint64_t reply_to = 0;              ///< the `seq` of the message that it answers; 0: it answers none
  std::shared_ptr<const Change> change{};  ///< the last change; null: never changed
  std::uint64_t author = 0;  ///< number of the sender's account; 0: a guest, or not known. Not on the wire.

  bool is_action() const { return kind == MessageKind::action; }
  bool is_deleted() const { return change && change->what == Change::What::deleted; }
};

/// A message as the journal has it: it is shared, and never changes. After an edit there is another one.
using MessagePtr = std::shared_ptr<const Message>;

namespace event {

/// A room in which an account was; `read`: the `seq` up to which it has been read, 0: not known.
struct RememberedRoom {
  std::string room;
  std::uint64_t read = 0;
};

/// `default_room` (where a text user is put), `messages_per_second` and `messages_burst` (0: not
/// limited) are additions of this server, so that a client can join and pace itself without guessing.
struct Welcome {
  std::uint64_t version = 1;
  std::string server;
  std::string name;
  bool account = false;        ///< logged in
  std::string account_name{};  ///< empty: not logged in
  std::string token{};         ///< of this device, and told only now; empty: none
  std::string role{};          ///< on the whole server, "moderator" or "admin"; empty: none
  std::string registration{};  ///< who may have an account: "open", "invite", "closed"; empty: not told
  std::string guests{};        ///< what those without one may do: "speak", "read", "none"; empty: not told
  std::vector<RememberedRoom> rooms{};  ///< of the account
  std::string motd;                     ///< empty: none
  std::uint64_t line_bytes = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t name_code_points = 0;
  std::uint64_t room_code_points = 0;
  std::string default_room;
  double messages_per_second = 0;
  std::uint64_t messages_burst = 0;
};

/// `history` holds the newest messages, right before the live messages that follow. `complete` is false when
/// messages after the requested `since` (without a `since`: older messages) are missing from `history`.
/// `read`: the `seq` up to which the account has read the room; nothing: a guest.
struct Joined {
  std::string room;
  std::string topic;
  std::size_t count = 0;
  std::vector<std::string> members;
  std::uint64_t last = 0;
  std::string epoch{};  ///< the journal in which `last` is a sequence number; empty: not told
  std::vector<MessagePtr> history;
  bool complete = true;
  std::optional<std::uint64_t> read{};
  std::string role{};             ///< one's own in the room; empty: none
  std::optional<Mute> muted{};    ///< nothing: one is not kept from speaking
  std::vector<RoleHeld> roles{};  ///< of those among `members` who have one
  RoomRules rules{};              ///< those that there are, but for the key
  /// What has become of messages up to the requested `since` after it, in the order of the changes.
  std::vector<Changed> changes{};
};

struct Left {
  std::string room;
};

struct Departure {
  std::string name;
  std::string reason;
};

/// The names that joined and left since the last `presence`; in large rooms only the count.
struct Presence {
  std::string room;
  std::size_t count = 0;
  std::vector<std::string> joined;
  std::vector<Departure> left;
  std::vector<RoleHeld> roles{};  ///< of those among `joined` who have one
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

/// Without a room: all people on the server.
struct Members {
  std::string room;
  std::size_t count = 0;
  std::vector<std::string> names;
  bool more = false;
  std::vector<RoleHeld> roles{};  ///< of those among `names` who have one in the room
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

/// `complete`: no further messages in the direction that was asked for.
struct History {
  std::string room;  ///< empty: every room that the session is in, or the conversation `with` somebody
  std::vector<MessagePtr> messages;
  bool complete = true;
  /// Number of messages in that direction, `messages` included; most_counted stands for that many or more.
  /// Nothing: the count was not asked for, or would take too long.
  std::optional<std::uint64_t> count{};
  std::string with{};              ///< a name; empty: it is of rooms
  std::vector<Changed> changes{};  ///< as in Joined, of messages up to the requested `after`
  /// Of a page that goes on from `after`: what to ask for next; nothing: the last message, or nothing is
  /// left.
  std::optional<std::uint64_t> next{};
};

/// A conversation of two accounts, as one of them sees it.
struct Conversation {
  std::string with;          ///< the name of the other account, or what it is called if it is erased
  std::uint64_t last = 0;    ///< the `seq` of the newest message
  std::uint64_t read = 0;    ///< the `seq` up to which one has read it
  std::uint64_t unread = 0;  ///< messages of the other one after that; most_counted: so many or more
  bool erased = false;       ///< there is no such account any more: nothing more will be said
};

/// The conversation with the newest message first.
struct Conversations {
  std::vector<Conversation> conversations;
  bool more = false;
};

/// One has read everything up to that message of the room, or of the conversation `with` somebody.
struct Read {
  std::string room;  ///< empty: of a conversation
  std::string with;  ///< empty: of a room
  std::uint64_t seq = 0;
};

/// Somebody is writing in the room, or `to` one alone; see request::Typing. It holds for six seconds, or
/// until a message comes.
struct Typing {
  std::string room;
  std::string to;
  std::string from;
  std::string account{};  ///< the sender's; empty: a guest
  std::string state;
};

/// The account is there. `token`: this device's, and told only now; empty: none.
struct Registered {
  std::string name;
  std::string token;
};

/// The session is one of the account's from now on. It may be a person's who was here already: then nobody
/// has been renamed.
struct LoggedIn {
  std::string account;
  std::string name;                     ///< which it bears now
  std::string token;                    ///< as in Registered
  std::vector<RememberedRoom> rooms{};  ///< as in Welcome
};

/// One is a guest again, of that name.
struct LoggedOut {
  std::string name;
};

/// What was asked for has been done.
struct Done {};

struct DeviceInfo {
  std::uint64_t id = 0;
  std::string label;
  Timestamp created;
  Timestamp used;
  bool here = false;     ///< this session's
  std::string scopes{};  ///< what its token is for, as in "read say"; empty: all
};

struct Devices {
  std::vector<DeviceInfo> devices;
};

/// The name that one bears belongs to an account from now on: one has until then to log in, or to take
/// another.
struct NameClaimed {
  std::string name;
  Timestamp until;
};

// What operators are told.

/// A node of a cluster that is there.
struct NodeInfo {
  std::string node;            ///< its id
  bool here = false;           ///< it is the one that answers
  std::uint64_t epoch = 0;     ///< of its start
  std::uint64_t position = 0;  ///< up to which it had read the log when it last wrote; 0: it has not yet
  std::optional<Timestamp> heard{};  ///< when that was, by its clock
};

struct Status {
  std::string server;
  std::string version;  ///< of the program
  Timestamp since;      ///< when it was started
  std::uint64_t connections = 0;
  std::uint64_t sessions = 0;  ///< of those that have said hello
  std::uint64_t rooms = 0;
  std::uint64_t accounts = 0;
  std::string registration;
  std::string guests;
  std::string engine;          ///< of the journal
  std::string state_dir;       ///< empty: none
  std::string log;             ///< the level
  std::string trouble;         ///< why nobody can talk; empty: they can
  std::string cluster{};       ///< empty: it is alone, and has none of the following
  std::uint64_t position = 0;  ///< in the log, up to which all has been delivered here
  std::uint64_t lag = 0;       ///< entries behind it that are known
  std::vector<NodeInfo> nodes{};
};

struct AccountInfo {
  std::uint64_t id = 0;
  std::string name;
  std::string role;  ///< "moderator" or "admin"; empty: none
  Timestamp created;
  std::uint64_t sessions = 0;  ///< that are here
  std::uint64_t tokens = 0;    ///< devices that have one
  bool suspended = false;
  std::optional<Timestamp> until{};  ///< when it is resumed by itself
  std::string reason{};
  std::vector<DeviceInfo> devices{};  ///< not in lists
};

/// A page of what is kept of an account: itself and its rooms, on the first page, and messages: those of its
/// conversations, and what it has said in rooms. `next`: what asks for the next page; empty: this is the
/// last.
struct Export {
  std::optional<AccountInfo> account{};
  std::vector<RememberedRoom> rooms{};
  std::vector<MessagePtr> messages;
  std::string next{};
};

struct Accounts {
  std::vector<AccountInfo> accounts;
  bool more = false;
};

struct Account {
  AccountInfo account;
};

/// A new token of an account, which is told only now.
struct Token {
  std::string account;
  std::uint64_t id = 0;  ///< of the device
  std::string token;
  std::string scopes{};  ///< as in DeviceInfo
};

struct Invitation {
  std::uint64_t id = 0;
  std::uint64_t uses = 0;  ///< that are left
  std::optional<Timestamp> until{};
  std::string by{};    ///< an account; empty: an operator
  std::string room{};  ///< empty: to register an account
  std::string role{};  ///< in that room
  std::string name{};  ///< of one person; empty: for whoever has the token
};

/// A new invitation, whose token is told only now.
struct Invite {
  Invitation invitation;
  std::string token;
  std::string url{};  ///< that takes it along; empty: the server does not know its own
};

struct Invites {
  std::vector<Invitation> invites;
  bool more = false;
};

struct SessionInfo {
  std::uint64_t session = 0;
  std::string name;       ///< empty: it has not said hello
  std::string account{};  ///< empty: a guest
  std::string peer;       ///< "tcp://192.0.2.1:40000"
  std::vector<std::string> rooms{};
};

struct Sessions {
  std::vector<SessionInfo> sessions;
  bool more = false;
};

/// The server's own question whether the client is still there; any line answers it.
struct Ping {};
struct Pong {};

struct Failure {
  Error error;
  std::string id;                    ///< the `id` of the `say` or `tell` that failed; empty: none
  std::uint64_t retry_after_ms = 0;  ///< 0: not given
};

/// The last line before the server closes.
struct Bye {
  Error error;
};

using Variant =
    std::variant<Welcome, Joined, Left, MessagePtr, Presence, Renamed, Topic, Members, Rooms, History,
                 Registered, LoggedIn, LoggedOut, Done, Devices, NameClaimed, Conversations, Read, Typing,
                 Export, Status, Accounts, Account, Token, Invite, Invites, Sessions, Room, Role, Closed,
                 Kicked, Banned, Unbanned, Bans, Invited, Redeemed, Edited, Deleted, Reported, Report,
                 Reports, Audit, Announcement, Lockdown, Webhook, Webhooks, Ping, Pong, Failure, Bye>;

/// One of them. What copies, moves and ends so many types is compiled once, and not wherever one is used.
struct Any : Variant {
  using Variant::Variant;
  Any();
  Any(const Any& other);
  Any(Any&& other) noexcept;
  Any& operator=(const Any& other);
  Any& operator=(Any&& other) noexcept;
  ~Any();
};

/// What nobody is told but operators.
template <class Body>
concept ForOperators =
    std::same_as<Body, Status> || std::same_as<Body, Accounts> || std::same_as<Body, Account> ||
    std::same_as<Body, Token> || std::same_as<Body, Sessions>;

}  // namespace event

/// One line to a client. `ref` is the `ref` of the request that the line answers; empty: none.
struct Event {
  event::Any body;
  std::string ref;
};

}  // namespace hubbub::protocol
