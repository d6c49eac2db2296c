#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/room_rules.hpp"
#include "protocol/timestamp.hpp"

/// What is told of rules, roles, bans, invitations, changes of what was said, and reports.
namespace hubbub::protocol::event {

/// A member who has a role in a room.
struct RoleHeld {
  std::string name;
  std::string role;  ///< "owner", "moderator" or "voice"
};

/// That one is kept from speaking in a room.
struct Mute {
  std::uint64_t id = 0;  ///< of the ban
  std::optional<Timestamp> until{};
  std::string reason{};
};

/// How a room is. To all members it is told when a rule has changed: then without a role and with the key
/// left out, which only those see who may change it.
struct Room {
  std::string room;
  std::optional<Timestamp> created{};  ///< nothing: not known
  std::string owner{};                 ///< an account; empty: none
  std::string topic{};
  std::string topic_by{};  ///< empty: not known
  std::optional<Timestamp> topic_time{};
  std::string role{};  ///< one's own; empty: none, or told to all
  bool keyed = false;  ///< one needs a key to enter
  std::string by{};    ///< who has changed a rule; empty: an answer
  RoomRules rules{};
};

/// A person has that role from now on; "none": it has none any more.
struct Role {
  std::string room;
  std::string name;
  std::string account{};  ///< empty: a guest, whose role ends when it leaves
  std::string role;
  std::string by{};  ///< empty: the server
};

/// The room is no more.
struct Closed {
  std::string room;
  std::string by;
  std::string reason{};
};

/// The person is not in the room any more.
struct Kicked {
  std::string room;
  std::string name;
  std::string by;
  std::string reason{};
  bool you = false;  ///< it is whoever is told; the name may be one that he had before
};

struct Ban {
  std::uint64_t id = 0;  ///< 0: a dry run
  std::string room{};    ///< empty: of the server
  std::string mask;
  std::string action;  ///< "ban", "mute" or "except"
  std::optional<Timestamp> until{};
  std::string by{};
  std::string reason{};
  std::optional<Timestamp> time{};
};

/// `matches`: those who are here, and whom it is about.
struct Banned {
  Ban ban;
  std::vector<std::string> matches{};
};

/// `by`: empty where its time is over.
struct Unbanned {
  std::uint64_t id = 0;
  std::string room{};
  std::string mask{};
  std::string by{};
};

struct Bans {
  std::vector<Ban> bans;
  bool more = false;
};

/// One may enter that room.
struct Invited {
  std::string room;
  std::string name;
  std::string by;
};

/// The invitation has been taken. `room`: into which one may go now; empty: it is for an account, which
/// `register` begins.
struct Redeemed {
  std::string room{};
};

/// A message has another text from now on. `change`: its place among the messages.
struct Edited {
  std::string room;    ///< empty: of a conversation
  std::string with{};  ///< empty: of a room
  std::uint64_t seq = 0;
  std::uint64_t change = 0;
  std::string text;
  Timestamp time{};
  std::string by{};
};

/// Messages have no text any more.
struct Deleted {
  std::string room;
  std::string with{};
  std::vector<std::uint64_t> seqs{};
  std::uint64_t change = 0;
  std::string by{};
  std::string reason{};
};

/// The last change of a message, for those who have the message.
using Changed = std::variant<Edited, Deleted>;

struct ReportInfo {
  std::uint64_t id = 0;
  std::string room;
  std::uint64_t seq = 0;
  std::string of{};  ///< who said it
  std::string by;
  std::string text;
  Timestamp time{};
};

struct Reported {
  std::uint64_t id = 0;
};

/// For the moderators.
struct Report {
  ReportInfo report;
};

struct Reports {
  std::vector<ReportInfo> reports;
  bool more = false;
};

/// Somebody has used a right that not everybody has.
struct AuditEntry {
  std::uint64_t id = 0;
  Timestamp time{};
  std::string room{};
  std::string by{};
  std::string account{};  ///< of `by`, as it is called now; empty: none
  std::string front{};    ///< "json", "text", "websocket", "ctl" or "server"
  std::string action;
  std::string whom{};
  std::string before{};
  std::string after{};
};

/// The newest first.
struct Audit {
  std::vector<AuditEntry> entries;
  bool more = false;
};

/// The server's people have something to say to all.
struct Announcement {
  std::string text;
  std::string by{};
  Timestamp time{};
};

/// `level` 0: it has ended. `by`: empty: the server by itself.
struct Lockdown {
  std::uint64_t level = 0;
  std::optional<Timestamp> until{};
  std::string reason{};
  std::string by{};
};

struct WebhookInfo {
  std::uint64_t id = 0;
  std::string room;
  std::string name;
  std::string by{};
  Timestamp created{};
};

/// A new one, whose token is told only now; `url`: to which it is posted, as far as the server knows.
struct Webhook {
  WebhookInfo webhook;
  std::string token;
  std::string url{};
};

struct Webhooks {
  std::vector<WebhookInfo> webhooks;
};

}  // namespace hubbub::protocol::event
