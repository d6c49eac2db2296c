#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "protocol/moderation_request.hpp"

/// What a client asks for, as plain data. Fields are unchecked: the module that carries the request out
/// checks names and rooms.
namespace hubbub::protocol::request {

struct Hello {
  std::uint64_t version = 1;
  std::optional<std::string> name;
  std::optional<std::string> account{};  ///< whose password it is; default: `name`
  std::optional<std::string> password;
  std::optional<std::string> token;
  std::optional<std::string> client;    ///< the program and its version, for the log
  std::optional<std::string> invite{};  ///< the token of an invitation: redeemed at once
  std::optional<std::string> device{};  ///< with `password`: asks for a token, for a device of that label
};

struct Rename {
  std::string name;
};

/// `since` asks for all messages after that sequence number; without `since`, `replay` asks for that many of
/// the newest messages (default: the server's `history.replay`). `epoch` is the one that `joined` gave with
/// the number: if the room's epoch is another one, `since` counts as not given.
struct Join {
  std::string room;
  std::optional<std::uint64_t> since;
  std::optional<std::string> epoch{};
  std::optional<std::uint64_t> replay;
  std::optional<std::string> key;
};

struct Leave {
  std::string room;
};

struct Say {
  std::string room;
  std::string text;
  std::optional<std::string> id;
  bool action = false;
};

struct Tell {
  std::string to;
  std::string text;
  std::optional<std::string> id;
};

/// Without a room: all people on the server. `after`: the last name of the previous page.
struct Who {
  std::optional<std::string> room;
  std::optional<std::string> after;
};

struct Rooms {
  std::optional<std::string> after;
};

struct Topic {
  std::string room;
  std::string text;
};

/// `before` pages back (the newest before it), `after` pages forward (the oldest after it); with neither, the
/// newest. `search` asks for messages that contain some words, `from` for one sender's messages; with either,
/// an empty `room` means every room that the session is in. `with` instead of `room` asks for what was said
/// between oneself and that person, both of them with accounts.
struct History {
  std::string room;
  std::optional<std::uint64_t> before;
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> limit;
  std::optional<std::string> search;
  std::optional<std::string> from{};  ///< a name
  bool count = false;                 ///< whether to count all matches: event::History::count
  std::optional<std::string> with{};  ///< a name
};

struct Ping {};
/// The answer to the server's own `ping`; it is not answered.
struct Pong {};

struct Quit {
  std::optional<std::string> text;
};

/// An account for the name that one bears. `device`: what its owner is to know this device by.
struct Register {
  std::string password;
  std::optional<std::string> invite;
  std::optional<std::string> device;
  bool once = false;  ///< without a token
};

/// By a password, `account` then being the name that one bears unless it is given, or by a token.
struct Login {
  std::optional<std::string> account;
  std::optional<std::string> password;
  std::optional<std::string> token;
  std::optional<std::string> device;
  bool once = false;  ///< without a token
};

/// One goes on as a guest; the token of this device is not accepted again.
struct Logout {};

struct Password {
  std::string before;
  std::string after;
};

/// The devices that hold a token of one's account.
struct Devices {};

/// One of those, or all others.
struct Revoke {
  std::optional<std::uint64_t> id;
  bool others = false;
};

/// One's conversations: private messages between accounts. A further page is that of those which come
/// `before`: the `last` of the last one of the previous page; or `after`: its `with`, unless that has been
/// renamed meanwhile, or written.
struct Conversations {
  std::optional<std::string> after{};
  std::optional<std::uint64_t> before{};
};

/// What one has read: everything up to that message of a room, or of the conversation `with` somebody.
struct Read {
  std::optional<std::string> room;
  std::optional<std::string> with;
  std::uint64_t seq = 0;
};

/// That one is writing something, has stopped for now, or will not send it. It is not answered.
struct Typing {
  std::optional<std::string> room;
  std::optional<std::string> with;
  std::string state;  ///< "active", "paused" or "done"
};

/// What is kept of one's account, and what one has said, page by page. `next`: of the page before.
struct Export {
  std::optional<std::string> next;
};

/// Ends one's account. `messages`: what becomes of what one has said, "keep" or "delete"; default: keep.
struct Erase {
  std::string password;
  std::optional<std::string> messages;
};

// What operators ask for: through the socket of `hubbubd ctl`, or as an account that is an admin's.

/// How the server is.
struct Status {};

/// All accounts, in the order in which they were begun. `after`: the number of the last one of the previous
/// page.
struct Accounts {
  std::optional<std::uint64_t> after;
};

struct ShowAccount {
  std::string name;
};

struct AddAccount {
  std::string name;
  std::string password;
  std::optional<std::string> role;  ///< "moderator" or "admin"; default: none
};

/// One of the three. A new password ends the tokens of all devices.
struct ChangeAccount {
  std::string name;
  std::optional<std::string> rename;
  std::optional<std::string> password;
  std::optional<std::string> role;  ///< "none", "moderator" or "admin"
};

/// Nobody can be logged in to the account for so long, or until it is resumed.
struct Suspend {
  std::string account;
  std::optional<std::uint64_t> for_ms;
  std::optional<std::string> reason;
};

struct Resume {
  std::string account;
};

struct EraseAccount {
  std::string name;
};

/// As Export, of any account.
struct ExportAccount {
  std::string name;
  std::optional<std::string> next;
};

/// A token for a program that is to log in to that account. `device`: what it is known by.
/// `scopes`: what the program may do with it, as in "read say"; default: all.
struct MakeToken {
  std::string account;
  std::optional<std::string> device;
  std::optional<std::string> scopes{};
};

/// One device of that account, or all.
struct RevokeToken {
  std::string account;
  std::optional<std::uint64_t> id;
  bool all = false;
};

/// Into that room: the person of that name, or, without a name, whoever has the token, so many (default:
/// one), for so long, who get that role there. Without a room: to register an account.
struct Invite {
  std::optional<std::uint64_t> uses;
  std::optional<std::uint64_t> for_ms;
  std::optional<std::string> room{};
  std::optional<std::string> name{};
  std::optional<std::string> role{};  ///< "moderator" or "voice"; default: none
};

/// Those that are open, of that room or of the server; of a room those after the number `after`.
struct Invites {
  std::optional<std::string> room{};
  std::optional<std::uint64_t> after{};
};

struct Uninvite {
  std::uint64_t id = 0;
};

/// Who is connected. `after`: the number of the last session of the previous page.
struct Sessions {
  std::optional<std::uint64_t> after;
};

/// Closes all sessions of that name, or one session.
struct Disconnect {
  std::optional<std::string> name;
  std::optional<std::uint64_t> session;
  std::optional<std::string> reason;
};

/// Reads the configuration again, as SIGHUP does.
struct Reload {};

/// From which level on the log is written, until the configuration is read again.
struct Log {
  std::string level;
};

using Variant =
    std::variant<Hello, Rename, Join, Leave, Say, Tell, Who, Rooms, Topic, History, Ping, Pong, Quit,
                 Register, Login, Logout, Password, Devices, Revoke, Conversations, Read, Typing, Export,
                 Erase, Status, Accounts, ShowAccount, AddAccount, ChangeAccount, Suspend, Resume,
                 EraseAccount, ExportAccount, MakeToken, RevokeToken, Invite, Invites, Uninvite, Sessions,
                 Disconnect, Reload, Log, Room, Role, Close, Kick, Ban, Unban, Bans, Redeem, Edit, Delete,
                 Report, Reports, Resolve, Audit, Announce, Lockdown, Webhook, Webhooks, RevokeWebhook>;

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

}  // namespace hubbub::protocol::request

namespace hubbub::protocol {

/// One line from a client. The reply and errors carry the same `ref`; empty: none.
struct Request {
  request::Any body;
  std::string ref;
};

}  // namespace hubbub::protocol
