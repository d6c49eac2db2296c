#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/room_rules.hpp"

/// What is asked for by those who run a room or the server: rules, roles, bans, invitations, changes of what
/// was said, reports. Names, rooms and texts are unchecked, as in request.hpp; times are in milliseconds.
namespace hubbub::protocol::request {

/// How the room is, or, with `set`, how it is to be from now on: what `set` does not have stays.
struct Room {
  std::string room;
  std::optional<RoomRules> set{};
};

/// Gives a person a role in the room; `name`: default oneself.
struct Role {
  std::string room;
  std::optional<std::string> name{};
  std::string role;  ///< "owner", "moderator", "voice" or "none"
};

/// Closes the room for good: nobody is in it any more, and nothing of it is kept.
struct Close {
  std::string room;
  std::optional<std::string> reason{};
};

struct Kick {
  std::string room;
  std::string name;
  std::optional<std::string> reason{};
};

/// Without a room: of the whole server. `of`: the name of a person, or a mask, such as "name:ann*",
/// "account:ann", "host:7XY…", and, of the server alone, "address:192.0.2.0/24". `keep`: whoever it is about
/// may stay for now. `dry_run`: says whom it would be about, and does nothing.
struct Ban {
  std::optional<std::string> room{};
  std::string of;
  std::optional<std::string> action{};  ///< "ban", "mute" or "except"; default: ban
  std::optional<std::uint64_t> for_ms{};
  std::optional<std::string> reason{};
  bool keep = false;
  bool dry_run = false;
};

struct Unban {
  std::uint64_t id = 0;
};

/// Without a room: those of the server. `after`: the number of the last one of the previous page.
struct Bans {
  std::optional<std::string> room{};
  std::optional<std::uint64_t> after{};
};

/// Enters what the token of an invitation is for.
struct Redeem {
  std::string token;
};

/// Another text for a message; without `seq`: for the newest that one has said there.
struct Edit {
  std::optional<std::string> room{};
  std::optional<std::string> with{};
  std::optional<std::uint64_t> seq{};
  std::string text;
};

struct Delete {
  std::optional<std::string> room{};
  std::optional<std::string> with{};
  std::optional<std::uint64_t> seq{};
  std::optional<std::string> reason{};
};

/// Tells the moderators of a message; without `seq`: of the newest that somebody else has said there.
struct Report {
  std::string room;
  std::optional<std::uint64_t> seq{};
  std::string text;
};

/// Open reports. Without a room: of all rooms, for the server's moderators.
struct Reports {
  std::optional<std::string> room{};
  std::optional<std::uint64_t> after{};
};

/// The report has been dealt with.
struct Resolve {
  std::uint64_t id = 0;
  std::optional<std::string> note{};
};

/// Who did what to whom. Without a room: on the whole server. `before`: the number of the last entry of the
/// previous page; `since`: a time (RFC 3339) before which entries are not told.
struct Audit {
  std::optional<std::string> room{};
  std::optional<std::string> since{};
  std::optional<std::uint64_t> before{};
};

struct Announce {
  std::string text;
};

/// `level`: 0 ends it; 1: guests only read, and nobody is new; 2: no guest comes in either.
struct Lockdown {
  std::uint64_t level = 0;
  std::optional<std::uint64_t> for_ms{};
  std::optional<std::string> reason{};
};

/// A way for programs to say something in a room, under that name, by HTTP.
struct Webhook {
  std::string room;
  std::string name;
};

struct Webhooks {
  std::optional<std::string> room{};
};

struct RevokeWebhook {
  std::uint64_t id = 0;
};

}  // namespace hubbub::protocol::request
