#include "server/journal/shared/batch.hpp"

#include <sodium/crypto_generichash.h>

#include <array>
#include <memory>
#include <utility>

// What is coded of each structure that a draft has. A new field goes to the end, with a new level; none is
// taken out, nor another one's place.

namespace hubbub::protocol {

void fields(auto& code, journal::shared::Of<Change> auto& change) {
  code.choice(change.what, 2);
  code.field(change.time);
  code.field(change.by);
  code.field(change.reason);
}

}  // namespace hubbub::protocol

namespace hubbub::journal {

namespace account {

using shared::Of;

void fields(auto& code, Of<OwnedName> auto& name) {
  code.field(name.shown);
  code.field(name.key);
  code.field(name.look);
}
void fields(auto& code, Of<Token> auto& token) {
  code.field(token.hash);
  code.field(token.label);
  code.field(token.scopes);
}
void fields(auto& code, Of<PasswordHash> auto& password) {
  code.field(password.passes);
  code.field(password.memory_kib);
  code.field(password.salt);
  code.field(password.hash);
}
void role(auto& code, Of<ServerRole> auto& role) { code.choice(role, 3); }

void fields(auto& code, Of<Begun> auto& record) {
  fields(code, record.name);
  fields(code, record.password);
  role(code, record.role);
  code.field(record.invitation);
  code.field(record.device);
}
void fields(auto& code, Of<Renamed> auto& record) {
  code.field(record.account);
  fields(code, record.name);
  code.field(record.reserved_until);
}
void fields(auto& code, Of<PasswordSet> auto& record) {
  code.field(record.account);
  fields(code, record.password);
  code.field(record.renews);
}
void fields(auto& code, Of<RoleSet> auto& record) {
  code.field(record.account);
  role(code, record.role);
}
void fields(auto& code, Of<Suspended> auto& record) {
  code.field(record.account);
  code.field(record.until);
  code.field(record.reason);
}
void fields(auto& code, Of<Resumed> auto& record) { code.field(record.account); }
void fields(auto& code, Of<Erased> auto& record) {
  code.field(record.account);
  code.field(record.key);
  code.field(record.look);
  code.field(record.reserved_until);
}
void fields(auto& code, Of<NameReserved> auto& record) {
  code.field(record.account);
  code.field(record.key_or_look);
  code.field(record.until);
}
void fields(auto& code, Of<DeviceAdded> auto& record) {
  code.field(record.account);
  fields(code, record.token);
  code.field(record.by);
}
void fields(auto& code, Of<DeviceUsed> auto& record) {
  code.field(record.account);
  code.field(record.device);
}
void fields(auto& code, Of<DeviceRevoked> auto& record) {
  code.field(record.account);
  code.field(record.device);
}
void fields(auto& code, Of<OthersRevoked> auto& record) {
  code.field(record.account);
  code.field(record.device);
}
void fields(auto& code, Of<RoomEntered> auto& record) {
  code.field(record.account);
  code.field(record.room);
  code.field(record.name);
}
void fields(auto& code, Of<RoomLeft> auto& record) {
  code.field(record.account);
  code.field(record.room);
}
void fields(auto& code, Of<ReadUpTo> auto& record) {
  code.field(record.account);
  code.field(record.place);
  code.field(record.name);
  code.field(record.seq);
}
void fields(auto& code, Of<InvitationMade> auto& record) {
  code.field(record.token);
  code.field(record.uses);
  code.field(record.until);
  code.field(record.by);
}
void fields(auto& code, Of<InvitationRevoked> auto& record) { code.field(record.invitation); }

}  // namespace account

namespace presence {

using shared::Of;

void fields(auto& code, Of<BorneName> auto& name) {
  code.field(name.shown);
  code.field(name.key);
  code.field(name.look);
  code.field(name.is_mixed);
}
void fields(auto& code, Of<Named> auto& record) {
  code.field(record.person);
  code.field(record.account);
  fields(code, record.name);
}
void fields(auto& code, Of<Departed> auto& record) {
  code.field(record.person);
  code.field(record.reason);
}
void fields(auto& code, Of<Entered> auto& record) {
  code.field(record.person);
  code.field(record.room);
  code.field(record.name);
  code.field(record.rank);
}
void fields(auto& code, Of<Granted> auto& record) {
  code.field(record.epoch);
  code.field(record.person);
  code.field(record.room);
  code.field(record.rank);
  code.field(record.by);
}
void fields(auto& code, Of<Announced> auto& record) {
  code.field(record.text);
  code.field(record.by);
  code.field(record.at);
}
void fields(auto& code, Of<Left> auto& record) {
  code.field(record.person);
  code.field(record.room);
  code.field(record.reason);
}
void fields(auto& code, Of<Deserted> auto& record) { code.field(record.room); }
void fields(auto& code, Of<Told::Sealed> auto& sealed) {
  code.field(sealed.epoch);
  code.field(sealed.person);
  code.field(sealed.bytes);
}
/// Never the message itself.
void fields(auto& code, Of<Told> auto& record) {
  code.field(record.person);
  code.field(record.to);
  code.field(record.sealed);
}
void fields(auto& code, Of<Receipt> auto& record) {
  code.field(record.epoch);
  code.field(record.told);
  code.field(record.person);
  code.choice(record.fate, 5);
  code.field(record.text);
  code.field(record.at);
}
void fields(auto& code, Of<Typed> auto& record) {
  code.field(record.person);
  code.field(record.target);
  code.field(record.is_private);
  code.field(record.state);
}
void fields(auto& code, Of<Urged> auto& record) {
  code.choice(record.what, 4);
  code.field(record.epoch);
  code.field(record.person);
  code.field(record.room);
  code.field(record.by);
  code.field(record.reason);
}
void fields(auto& /*code*/, Of<Asked> auto& /*record*/) {}
void fields(auto& /*code*/, Of<NodeCame> auto& /*record*/) {}
void fields(auto& /*code*/, Of<NodeGone> auto& /*record*/) {}

}  // namespace presence

using shared::Of;

void fields(auto& code, Of<AccountRecord> auto& record) {
  code.field(record.at);
  code.field(record.body);
}
void fields(auto& code, Of<StateRecord> auto& record) {
  code.field(record.room);
  code.field(record.attribute);
  code.field(record.value);
  code.field(record.by);
  code.field(record.at);
}
void fields(auto& code, Of<ChangeRecord> auto& record) {
  code.choice(record.what, 2);
  code.field(record.seqs);
  code.field(record.text);
  code.field(record.by);
  code.field(record.reason);
  code.field(record.at);
}
void fields(auto& code, Of<PresenceRecord> auto& record) { code.field(record.body); }
void fields(auto& code, Of<AuditEntry> auto& entry) {
  code.field(entry.at);
  code.field(entry.room);
  code.field(entry.room_name);
  code.field(entry.by);
  code.field(entry.account);
  code.field(entry.front);
  code.field(entry.action);
  code.field(entry.whom);
  code.field(entry.before);
  code.field(entry.after);
}

namespace shared {
namespace {

void message_fields(auto& code, Of<protocol::Message> auto& message) {
  code.field(message.room);
  code.field(message.to);
  code.field(message.time);
  code.field(message.from);
  code.field(message.text);
  code.field(message.id);
  code.choice(message.kind, 3);
  code.field(message.account);
  code.field(message.reply_to);
  code.field(message.author);
  code.field(message.change);
}

void fields(auto& code, Of<About> auto& about) {
  code.field(about.level);
  code.field(about.seal_key);
}

void fields(auto& code, Of<Beginning> auto& beginning) {
  code.field(beginning.generation);
  code.field(beginning.base);
  code.field(beginning.epoch);
  code.field(beginning.is_from_nothing);
  code.field(beginning.time);
}

template <class Part>
std::string encode(std::uint64_t its_level, const Part& part) {
  Encoder code;
  code.number(its_level);
  fields(code, part);
  return code.take();
}

/// A later program may have added to it.
template <class Part>
std::optional<Part> decode_part(std::string_view bytes) {
  Decoder code(bytes);
  Part part;
  const auto written = code.number();
  fields(code, part);
  if (written == 0 || code.failed() || (written <= level && !code.is_at_end())) return std::nullopt;
  return part;
}

void fields(auto& code, Of<Head> auto& head) {
  code.field(head.generation);
  code.field(head.node);
  code.field(head.epoch);
  code.field(head.number);
  code.field(head.seen.position);
  code.field(head.seen.chain);
  code.field(head.time);
}

/// What stands before a record.
enum class Kind : std::uint8_t { say, state, account, change, note, presence };
constexpr std::size_t kinds = 6;

Kind kind_of(const Draft& draft) {
  if (draft.account) return Kind::account;
  if (draft.state) return Kind::state;
  if (draft.change) return Kind::change;
  if (draft.presence) return Kind::presence;
  return draft.is_audit_only() ? Kind::note : Kind::say;
}

/// What a node does is an item of its own, and in no batch.
bool is_of_node(const Draft& draft) {
  if (!draft.presence) return false;
  const auto& body = draft.presence->body;
  return std::holds_alternative<presence::NodeCame>(body) || std::holds_alternative<presence::NodeGone>(body);
}

void draft_fields(auto& code, Of<Draft> auto& draft, Kind kind) {
  code.field(draft.room);
  code.field(draft.sender);
  switch (kind) {
    case Kind::say:
      message_fields(code, draft.message);
      break;
    case Kind::state:
      code.field(draft.state);
      code.field(draft.is_quiet);
      break;
    case Kind::account:
      code.field(draft.account);
      break;
    case Kind::change:
      code.field(draft.change);
      break;
    case Kind::presence:
      code.field(draft.presence);
      break;
    case Kind::note:
      break;
  }
  code.field(draft.audit);
}

// Bytes of a draft besides its longer texts.
constexpr std::size_t record_cost = 512;

std::size_t text_bytes(const Draft& draft) {
  auto bytes = draft.message.text.size();
  if (draft.state) bytes += draft.state->value.size();
  if (draft.change) bytes += draft.change->text.size() + 10 * draft.change->seqs.size();
  return bytes;
}

}  // namespace

std::string encoded_message(const protocol::Message& message) {
  Encoder code;
  message_fields(code, message);
  return code.take();
}

protocol::MessagePtr decode_message(std::string_view bytes) {
  Decoder code(bytes);
  auto message = std::make_shared<protocol::Message>();
  message_fields(code, *message);
  return code.failed() || !code.is_at_end() ? nullptr : message;
}

std::string encoded(const About& about) { return encode(level, about); }
std::optional<About> decode_about(std::string_view bytes) { return decode_part<About>(bytes); }
std::string encoded(const Beginning& beginning) { return encode(level, beginning); }
std::optional<Beginning> decode_beginning(std::string_view bytes) { return decode_part<Beginning>(bytes); }

bool BatchWriter::fits(const Draft& draft) const {
  return is_empty() || (count_ < most_records &&
                        records_.bytes().size() + text_bytes(draft) + record_cost <= most_batch_bytes);
}

void BatchWriter::add(const Draft& draft) {
  const auto kind = kind_of(draft);
  records_.choice(kind, kinds);
  records_.number(draft.checked);
  draft_fields(records_, draft, kind);
  ++count_;
}

std::string BatchWriter::finish(const Head& head) {
  Encoder code;
  code.number(level);
  fields(code, head);
  code.number(std::exchange(count_, 0));
  return code.take() + records_.take();
}

std::variant<Batch, Fault> decode(std::string_view bytes) {
  Decoder code(bytes);
  const auto written = code.number();
  if (written > level) return Fault::later_level;
  Batch batch;
  fields(code, batch.head);
  const auto count = code.number();
  if (written == 0 || count > most_records) return Fault::damaged;
  for (std::uint64_t i = 0; i < count && !code.failed(); ++i) {
    auto& draft = batch.drafts.emplace_back();
    auto kind = Kind::note;
    code.choice(kind, kinds);
    draft.checked = code.number();
    draft_fields(code, draft, kind);
    if (kind_of(draft) != kind || is_of_node(draft)) code.fail();
  }
  if (code.failed() || !code.is_at_end()) return Fault::damaged;
  return batch;
}

std::uint64_t chained(std::uint64_t chain, std::string_view bytes) {
  constexpr std::size_t width = sizeof chain;
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  std::array<unsigned char, width> before{};
  for (std::size_t i = 0; i < width; ++i) before.at(i) = static_cast<unsigned char>(chain >> (8 * i));
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  crypto_generichash_update(&state, before.data(), before.size());
  const auto* const first = reinterpret_cast<const unsigned char*>(
      bytes.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  crypto_generichash_update(&state, first, bytes.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < width; ++i) next |= std::uint64_t{hash.at(i)} << (8 * i);
  return next;
}

}  // namespace shared
}  // namespace hubbub::journal
