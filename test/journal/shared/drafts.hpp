#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/journal/journal.hpp"
#include "test/support/dice.hpp"

namespace hubbub::journal {

/// Records of every kind, whose every field has a value of chance: empty and small ones, the largest, and
/// texts of any bytes.
class SomeDrafts {
 public:
  /// `longest`: bytes of the longest texts, of which there are few.
  explicit SomeDrafts(std::uint64_t seed, std::size_t longest = 20'000) : dice_(seed), longest_(longest) {}

  Draft next() {
    Draft draft{.room = text(), .sender = text()};
    switch (dice_.below(6)) {
      case 0:
        draft.message = {.room = text(),
                         .to = text(),
                         .time = time(),
                         .from = text() + "x",
                         .text = text(),
                         .id = text(),
                         .kind = static_cast<protocol::MessageKind>(dice_.below(3)),
                         .account = text(),
                         .reply_to = number(),
                         .author = number()};
        if (dice_.one_in(4)) {
          draft.message.change = std::make_shared<const protocol::Change>(
              protocol::Change{.what = static_cast<protocol::Change::What>(dice_.below(2)),
                               .time = time(),
                               .by = text(),
                               .reason = text()});
        }
        break;
      case 1:
        draft.state = std::make_shared<const StateRecord>(
            StateRecord{.room = text(), .attribute = text(), .value = text(), .by = text(), .at = time()});
        draft.is_quiet = dice_.one_in(2);
        break;
      case 2:
        draft.account =
            std::make_shared<const AccountRecord>(AccountRecord{.at = time(), .body = account_body()});
        break;
      case 3: {
        ChangeRecord change{.what = static_cast<protocol::Change::What>(dice_.below(2)),
                            .text = text(),
                            .by = text(),
                            .reason = text(),
                            .at = time()};
        for (auto left = dice_.below(5); left > 0; --left) change.seqs.push_back(number());
        draft.change = std::make_shared<const ChangeRecord>(std::move(change));
        break;
      }
      case 4:
        draft.presence = std::make_shared<const PresenceRecord>(PresenceRecord{.body = presence_body()});
        break;
      default:
        draft.audit = note();
        return draft;
    }
    if (dice_.one_in(3)) draft.audit = note();
    return draft;
  }

 private:
  std::uint64_t number() {
    switch (dice_.below(4)) {
      case 0:
        return dice_.below(3);
      case 1:
        return dice_.below(100'000);
      case 2:
        return std::numeric_limits<std::uint64_t>::max() - dice_.below(3);
      default:
        return std::uint64_t{1} << dice_.below(64);
    }
  }
  protocol::Timestamp time() {
    const auto count = static_cast<std::int64_t>(dice_.below(std::size_t{1} << 45U));
    return protocol::Timestamp(std::chrono::milliseconds(dice_.one_in(3) ? -count : count));
  }
  std::optional<protocol::Timestamp> some_time() {
    return dice_.one_in(2) ? std::optional(time()) : std::nullopt;
  }
  std::string text() {
    if (dice_.one_in(4)) return {};
    std::string text(dice_.one_in(20) ? dice_.below(longest_) : dice_.below(20), ' ');
    for (auto& each : text) each = static_cast<char>(dice_.below(256));
    return text;
  }
  template <std::size_t Size>
  std::array<unsigned char, Size> bytes() {
    std::array<unsigned char, Size> all{};
    for (auto& each : all) each = static_cast<unsigned char>(dice_.below(256));
    return all;
  }
  std::uint32_t small() { return static_cast<std::uint32_t>(number()); }
  AuditPtr note() {
    return std::make_shared<const AuditEntry>(AuditEntry{.at = time(),
                                                         .room = text(),
                                                         .room_name = text(),
                                                         .by = text(),
                                                         .account = number(),
                                                         .front = text(),
                                                         .action = text(),
                                                         .whom = text(),
                                                         .before = text(),
                                                         .after = text()});
  }
  presence::Any presence_body() {
    using namespace presence;
    switch (dice_.below(12)) {
      case 11:
        return Receipt{.epoch = number(),
                       .told = number(),
                       .person = number(),
                       .fate = static_cast<Receipt::Fate>(dice_.below(5)),
                       .text = text(),
                       .at = time()};
      case 7:
        return Asked{};
      case 9:
        return Granted{.epoch = number(), .person = number(), .room = text(), .rank = number(), .by = text()};
      case 10:
        return Announced{.text = text(), .by = text(), .at = time()};
      case 0:
        return Named{.person = number(),
                     .account = number(),
                     .name = {.shown = text(), .key = text(), .look = text(), .is_mixed = dice_.one_in(2)}};
      case 1:
        return Departed{.person = number(), .reason = text()};
      case 2:
        return Entered{.person = number(), .room = text(), .name = text(), .rank = number()};
      case 3:
        return Left{.person = number(), .room = text(), .reason = text()};
      case 4: {
        Told told{.person = number(), .to = text()};
        for (auto left = dice_.below(3); left > 0; --left)
          told.sealed.push_back({.epoch = number(), .person = number(), .bytes = text()});
        return told;
      }
      case 5:
        return Typed{.person = number(), .target = text(), .is_private = dice_.one_in(2), .state = text()};
      case 6:
        return Urged{.what = static_cast<Urged::What>(dice_.below(4)),
                     .epoch = number(),
                     .person = number(),
                     .room = text(),
                     .by = text(),
                     .reason = text()};
      default:
        return Deserted{.room = text()};
    }
  }
  account::OwnedName name() { return {.shown = text(), .key = text(), .look = text()}; }
  account::Token token() { return {.hash = bytes<32>(), .label = text(), .scopes = text()}; }
  PasswordHash password() {
    return {.passes = small(), .memory_kib = small(), .salt = bytes<16>(), .hash = bytes<32>()};
  }
  ServerRole role() { return static_cast<ServerRole>(dice_.below(3)); }
  account::Any account_body() {
    using namespace account;
    switch (dice_.below(std::variant_size_v<Any>)) {
      case 0:
        return Begun{.name = name(),
                     .password = password(),
                     .role = role(),
                     .invitation = number(),
                     .device = dice_.one_in(2) ? std::optional(token()) : std::nullopt};
      case 1:
        return Renamed{.account = number(), .name = name(), .reserved_until = some_time()};
      case 2:
        return PasswordSet{.account = number(),
                           .password = password(),
                           .renews = dice_.one_in(2) ? std::optional(bytes<16>()) : std::nullopt};
      case 3:
        return RoleSet{.account = number(), .role = role()};
      case 4:
        return Suspended{.account = number(), .until = some_time(), .reason = text()};
      case 5:
        return Resumed{.account = number()};
      case 6:
        return Erased{.account = number(), .key = text(), .look = text(), .reserved_until = time()};
      case 7:
        return NameReserved{.account = number(), .key_or_look = text(), .until = time()};
      case 8:
        return DeviceAdded{.account = number(),
                           .token = token(),
                           .by = dice_.one_in(2) ? std::optional(bytes<16>()) : std::nullopt};
      case 9:
        return DeviceUsed{.account = number(), .device = number()};
      case 10:
        return DeviceRevoked{.account = number(), .device = number()};
      case 11:
        return OthersRevoked{.account = number(), .device = number()};
      case 12:
        return RoomEntered{.account = number(), .room = text(), .name = text()};
      case 13:
        return RoomLeft{.account = number(), .room = text()};
      case 14:
        return ReadUpTo{.account = number(), .place = text(), .name = text(), .seq = number()};
      case 15:
        return InvitationMade{.token = bytes<32>(), .uses = small(), .until = some_time(), .by = number()};
      default:
        return InvitationRevoked{.invitation = number()};
    }
  }

  test::Dice dice_;
  std::size_t longest_;
};

// Whether two are the same. Each takes its structure apart, so that one with a new field does not compile
// until somebody has looked at how it is coded.

inline bool same(const account::OwnedName& a, const account::OwnedName& b) {
  const auto& [shown, key, look] = a;
  return shown == b.shown && key == b.key && look == b.look;
}
inline bool same(const account::Token& a, const account::Token& b) {
  const auto& [hash, label, scopes] = a;
  return hash == b.hash && label == b.label && scopes == b.scopes;
}
inline bool same(const std::optional<account::Token>& a, const std::optional<account::Token>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}
inline bool same(const account::Begun& a, const account::Begun& b) {
  const auto& [name, password, role, invitation, device] = a;
  return same(name, b.name) && password == b.password && role == b.role && invitation == b.invitation &&
         same(device, b.device);
}
inline bool same(const account::Renamed& a, const account::Renamed& b) {
  const auto& [number, name, reserved_until] = a;
  return number == b.account && same(name, b.name) && reserved_until == b.reserved_until;
}
inline bool same(const account::PasswordSet& a, const account::PasswordSet& b) {
  const auto& [number, password, renews] = a;
  return number == b.account && password == b.password && renews == b.renews;
}
inline bool same(const account::RoleSet& a, const account::RoleSet& b) {
  const auto& [number, role] = a;
  return number == b.account && role == b.role;
}
inline bool same(const account::Suspended& a, const account::Suspended& b) {
  const auto& [number, until, reason] = a;
  return number == b.account && until == b.until && reason == b.reason;
}
inline bool same(const account::Resumed& a, const account::Resumed& b) {
  const auto& [number] = a;
  return number == b.account;
}
inline bool same(const account::Erased& a, const account::Erased& b) {
  const auto& [number, key, look, reserved_until] = a;
  return number == b.account && key == b.key && look == b.look && reserved_until == b.reserved_until;
}
inline bool same(const account::NameReserved& a, const account::NameReserved& b) {
  const auto& [number, key_or_look, until] = a;
  return number == b.account && key_or_look == b.key_or_look && until == b.until;
}
inline bool same(const account::DeviceAdded& a, const account::DeviceAdded& b) {
  const auto& [number, token, by] = a;
  return number == b.account && same(token, b.token) && by == b.by;
}
inline bool same(const account::DeviceUsed& a, const account::DeviceUsed& b) {
  const auto& [number, device] = a;
  return number == b.account && device == b.device;
}
inline bool same(const account::DeviceRevoked& a, const account::DeviceRevoked& b) {
  const auto& [number, device] = a;
  return number == b.account && device == b.device;
}
inline bool same(const account::OthersRevoked& a, const account::OthersRevoked& b) {
  const auto& [number, device] = a;
  return number == b.account && device == b.device;
}
inline bool same(const account::RoomEntered& a, const account::RoomEntered& b) {
  const auto& [number, room, name] = a;
  return number == b.account && room == b.room && name == b.name;
}
inline bool same(const account::RoomLeft& a, const account::RoomLeft& b) {
  const auto& [number, room] = a;
  return number == b.account && room == b.room;
}
inline bool same(const account::ReadUpTo& a, const account::ReadUpTo& b) {
  const auto& [number, place, name, seq] = a;
  return number == b.account && place == b.place && name == b.name && seq == b.seq;
}
inline bool same(const account::InvitationMade& a, const account::InvitationMade& b) {
  const auto& [token, uses, until, by] = a;
  return token == b.token && uses == b.uses && until == b.until && by == b.by;
}
inline bool same(const account::InvitationRevoked& a, const account::InvitationRevoked& b) {
  const auto& [invitation] = a;
  return invitation == b.invitation;
}
inline bool same(const AccountRecord& a, const AccountRecord& b) {
  const auto& [seq, at, body] = a;
  if (seq != b.seq || at != b.at || body.index() != b.body.index()) return false;
  return std::visit(
      [&b](const auto& each) { return same(each, std::get<std::remove_cvref_t<decltype(each)>>(b.body)); },
      body);
}
inline bool same(const presence::Named& a, const presence::Named& b) {
  const auto& [person, number, name] = a;
  return person == b.person && number == b.account && name == b.name;
}
inline bool same(const presence::Departed& a, const presence::Departed& b) {
  const auto& [person, reason] = a;
  return person == b.person && reason == b.reason;
}
inline bool same(const presence::Entered& a, const presence::Entered& b) {
  const auto& [person, room, name, rank] = a;
  return person == b.person && room == b.room && name == b.name && rank == b.rank;
}
inline bool same(const presence::Granted& a, const presence::Granted& b) {
  const auto& [epoch, person, room, rank, by] = a;
  return epoch == b.epoch && person == b.person && room == b.room && rank == b.rank && by == b.by;
}
inline bool same(const presence::Announced& a, const presence::Announced& b) {
  const auto& [text, by, at] = a;
  return text == b.text && by == b.by && at == b.at;
}
inline bool same(const presence::Left& a, const presence::Left& b) {
  const auto& [person, room, reason] = a;
  return person == b.person && room == b.room && reason == b.reason;
}
inline bool same(const presence::Deserted& a, const presence::Deserted& b) {
  const auto& [room] = a;
  return room == b.room;
}
inline bool same(const presence::Told& a, const presence::Told& b) {
  const auto& [person, to, message, sealed] = a;
  return person == b.person && to == b.to && message == nullptr && b.message == nullptr &&
         std::equal(sealed.begin(), sealed.end(), b.sealed.begin(), b.sealed.end(),
                    [](const auto& one, const auto& other) {
                      return one.epoch == other.epoch && one.person == other.person &&
                             one.bytes == other.bytes;
                    });
}
inline bool same(const presence::Receipt& a, const presence::Receipt& b) {
  const auto& [epoch, told, person, fate, words, at] = a;
  return epoch == b.epoch && told == b.told && person == b.person && fate == b.fate && words == b.text &&
         at == b.at;
}
inline bool same(const presence::Typed& a, const presence::Typed& b) {
  const auto& [person, target, is_private, state] = a;
  return person == b.person && target == b.target && is_private == b.is_private && state == b.state;
}
inline bool same(const presence::Urged& a, const presence::Urged& b) {
  const auto& [what, epoch, person, room, by, reason] = a;
  return what == b.what && epoch == b.epoch && person == b.person && room == b.room && by == b.by &&
         reason == b.reason;
}
inline bool same(const presence::Asked& /*a*/, const presence::Asked& /*b*/) { return true; }
inline bool same(const presence::NodeCame& /*a*/, const presence::NodeCame& /*b*/) { return true; }
inline bool same(const presence::NodeGone& /*a*/, const presence::NodeGone& /*b*/) { return true; }
inline bool same(const PresenceRecord& a, const PresenceRecord& b) {
  const auto& [node, epoch, seq, body, holder] = a;
  if (node != b.node || epoch != b.epoch || seq != b.seq || holder != b.holder) return false;
  if (body.index() != b.body.index()) return false;
  return std::visit(
      [&b](const auto& each) { return same(each, std::get<std::remove_cvref_t<decltype(each)>>(b.body)); },
      body);
}
inline bool same(const StateRecord& a, const StateRecord& b) {
  const auto& [room, seq, attribute, value, by, at] = a;
  return room == b.room && seq == b.seq && attribute == b.attribute && value == b.value && by == b.by &&
         at == b.at;
}
inline bool same(const ChangeRecord& a, const ChangeRecord& b) {
  const auto& [number, what, seqs, text, by, reason, at] = a;
  return number == b.number && what == b.what && seqs == b.seqs && text == b.text && by == b.by &&
         reason == b.reason && at == b.at;
}
inline bool same(const AuditEntry& a, const AuditEntry& b) {
  const auto& [seq, at, room, room_name, by, number, front, action, whom, before, after] = a;
  return seq == b.seq && at == b.at && room == b.room && room_name == b.room_name && by == b.by &&
         number == b.account && front == b.front && action == b.action && whom == b.whom &&
         before == b.before && after == b.after;
}
template <class Record>
bool same(const std::shared_ptr<const Record>& a, const std::shared_ptr<const Record>& b);
inline bool same(const protocol::Change& a, const protocol::Change& b) {
  const auto& [what, time, by, number, reason] = a;
  return what == b.what && time == b.time && by == b.by && number == b.number && reason == b.reason;
}
inline bool same(const protocol::Message& a, const protocol::Message& b) {
  const auto& [room, to, seq, time, from, text, id, kind, shown, reply_to, change, author] = a;
  return room == b.room && to == b.to && seq == b.seq && time == b.time && from == b.from && text == b.text &&
         id == b.id && kind == b.kind && shown == b.account && reply_to == b.reply_to &&
         same(change, b.change) && author == b.author;
}
template <class Record>
bool same(const std::shared_ptr<const Record>& a, const std::shared_ptr<const Record>& b) {
  return (a == nullptr) == (b == nullptr) && (a == nullptr || same(*a, *b));
}
inline bool same(const Draft& a, const Draft& b) {
  const auto& [room, sender, message, ticket, state, record, change, presence, is_quiet, checked, audit] = a;
  return room == b.room && sender == b.sender && same(message, b.message) && ticket == b.ticket &&
         same(state, b.state) && same(record, b.account) && same(change, b.change) &&
         same(presence, b.presence) && is_quiet == b.is_quiet && checked == b.checked && same(audit, b.audit);
}

}  // namespace hubbub::journal
