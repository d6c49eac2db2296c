#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// Of a password's hash: random, and another one each time.
using Salt = std::array<unsigned char, 16>;

/// What is kept of a password: Argon2id (RFC 9106) with one lane.
struct PasswordHash {
  std::uint32_t passes = 0;
  std::uint32_t memory_kib = 0;
  Salt salt{};
  std::array<unsigned char, 32> hash{};

  bool operator==(const PasswordHash&) const = default;
};

/// What is kept of a token: its BLAKE2b-256 (RFC 7693). A token is random, so that needs no salt.
using TokenHash = std::array<unsigned char, 32>;

/// What an account may do on the whole server.
enum class ServerRole : std::uint8_t { none, moderator, admin };

/// On the wire; empty: none.
constexpr std::string_view to_string(ServerRole role) {
  switch (role) {
    case ServerRole::none:
      return {};
    case ServerRole::moderator:
      return "moderator";
    case ServerRole::admin:
      return "admin";
  }
  return {};
}

/// Records of accounts. An account is known by its number, which is that of the record that began it; a
/// device and an invitation by theirs in the same way.
namespace account {

/// A name, with what it is compared by, as the program that wrote the record had it: what a record does must
/// not depend on the tables of Unicode that a later program has.
struct OwnedName {
  std::string shown;
  std::string key;   ///< protocol::Name::key
  std::string look;  ///< protocol::skeleton
};

struct Token {
  TokenHash hash{};
  std::string label;     ///< of the device
  std::string scopes{};  ///< accounts::Scopes; empty: all
};

struct Begun {
  OwnedName name;
  PasswordHash password;
  ServerRole role = ServerRole::none;
  std::uint64_t invitation = 0;  ///< the one that it takes a use of; 0: none
  std::optional<Token> device;   ///< the first, which has the number of this record, too
};
/// Nobody else may have the name that it had, or one that looks the same, until `reserved_until`; nothing: it
/// is anybody's at once.
struct Renamed {
  std::uint64_t account = 0;
  OwnedName name;
  std::optional<protocol::Timestamp> reserved_until;
};
struct PasswordSet {
  std::uint64_t account = 0;
  PasswordHash password;
  /// The salt of the hash that this one renews, or that of the former password that was told for it: without
  /// effect if the account has another by then. Nothing: it takes the place of any.
  std::optional<Salt> renews;
};
struct RoleSet {
  std::uint64_t account = 0;
  ServerRole role = ServerRole::none;
};
struct Suspended {
  std::uint64_t account = 0;
  std::optional<protocol::Timestamp> until;  ///< nothing: until it is resumed
  std::string reason;
};
struct Resumed {
  std::uint64_t account = 0;
};
/// Its devices end with it; nobody may have its name, or one that looks the same, until `reserved_until`.
/// Also where the record that began the account is no longer kept.
struct Erased {
  std::uint64_t account = 0;
  std::string key;
  std::string look;
  protocol::Timestamp reserved_until;
};

/// Until then nobody may have a name with that key or look but that account; 0: nobody may, as it was an
/// erased one's. Renamed and Erased do the same; this is how a journal tells of it.
struct NameReserved {
  std::uint64_t account = 0;
  std::string key_or_look;
  protocol::Timestamp until;
};

struct DeviceAdded {
  std::uint64_t account = 0;
  Token token;
  /// The salt of the password's hash by which it was asked for: without effect if the account has another by
  /// then. Nothing: an operator asks for it.
  std::optional<Salt> by{};
};
struct DeviceUsed {
  std::uint64_t account = 0;
  std::uint64_t device = 0;
};
struct DeviceRevoked {
  std::uint64_t account = 0;
  std::uint64_t device = 0;
};
/// All but that one; 0: all.
struct OthersRevoked {
  std::uint64_t account = 0;
  std::uint64_t device = 0;
};

/// A session of the account has come into the room, or has left it; `name`: as shown.
struct RoomEntered {
  std::uint64_t account = 0;
  std::string room;  ///< its key
  std::string name;
};
struct RoomLeft {
  std::uint64_t account = 0;
  std::string room;
};
/// The account has read everything up to that number; `place`: the key of a room or of a conversation, and
/// `name`: how a room is shown.
struct ReadUpTo {
  std::uint64_t account = 0;
  std::string place;
  std::string name;
  std::uint64_t seq = 0;
};

struct InvitationMade {
  TokenHash token{};
  std::uint32_t uses = 1;
  std::optional<protocol::Timestamp> until;  ///< nothing: until it is used up
  std::uint64_t by = 0;                      ///< the account; 0: the operator
};
struct InvitationRevoked {
  std::uint64_t invitation = 0;
};

using Any = std::variant<Begun, Renamed, PasswordSet, RoleSet, Suspended, Resumed, Erased, NameReserved,
                         DeviceAdded, DeviceUsed, DeviceRevoked, OthersRevoked, RoomEntered, RoomLeft,
                         ReadUpTo, InvitationMade, InvitationRevoked>;

}  // namespace account

struct AccountRecord {
  std::uint64_t seq = 0;  ///< its number; 0: none yet
  protocol::Timestamp at{};
  account::Any body;
};
using AccountRecordPtr = std::shared_ptr<const AccountRecord>;

}  // namespace hubbub::journal
