#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// How long it stays known who did what to whom.
inline constexpr std::chrono::hours audit_age{std::chrono::hours{24} * 180};

/// Something that somebody did to somebody else, to a room or to the server by a right that not everybody
/// has. Never the text of a message, and no secret.
struct AuditEntry {
  std::uint64_t seq = 0;  ///< its number, of the same counter as messages; 0: none yet
  protocol::Timestamp at{};
  std::string room{};         ///< the key of the room; empty: it is about the server
  std::string room_name{};    ///< the same as shown
  std::string by{};           ///< name of the person, or of the program
  std::uint64_t account = 0;  ///< that person's; 0: a guest, or an operator by `hubbubd ctl`
  std::string front{};        ///< the front end: "json", "text", "websocket", "ctl", or "server" for itself
  std::string action{};       ///< a word of the protocol, such as "kick"
  std::string whom{};         ///< a name, a mask, the number of a message; empty: nobody
  std::string before{};       ///< how it was; empty: there was nothing, or it says nothing
  std::string after{};        ///< how it is now, or why
};
using AuditPtr = std::shared_ptr<const AuditEntry>;

/// Which entries: those with `after` < seq < `before`, the newest of them.
struct AuditQuery {
  /// The key of the room; empty: what is about the server alone; nothing: all.
  std::optional<std::string> room{};
  std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t after = 0;
  std::size_t limit = 0;
  /// The number of the session that asks, as in Query.
  std::uint64_t reader = 0;
};

struct AuditPage {
  std::vector<AuditPtr> entries;  ///< the newest first
  bool more = false;              ///< there are further entries within the bounds, beyond the limit
};

}  // namespace hubbub::journal
