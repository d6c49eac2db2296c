// What is known of the rules and of whom masks are about, and what of it ends by itself.
#include "server/chat/moderation.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/hex.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Timestamp;
namespace event = protocol::event;

/// 13 characters of RFC 4648's base32 (6), in lower case: all 64 bits.
std::string base32(std::uint64_t number) {
  constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr unsigned bits = 5;
  std::string text;
  for (unsigned i = 0; i < 13; ++i, number >>= bits) text += digits[number & 31U];
  return text;
}

}  // namespace

Moderation::Moderation(Hub& hub) : hub_(hub) {
  hub.journal().each_state([this](const std::string& key, const journal::RoomState& state) {
    for (const auto& record : state.records()) learn(key, record);
    if (!journal::is_server(key)) return;
    server_state_ = state;
    server_ = Ruling(state);
    lockdown_ = lockdown_of(state);
  });
  host_hash_.emplace();
  take_host_key();
  hub.in_flight().on_heard([this](Room& room, const protocol::Message& message) { heard(room, message); });
  hub.in_flight().on_state([this](const journal::Committed& committed, const Rooms::RoomPtr& room,
                                  Session* setter, bool tells) { apply(committed, room, setter, tells); },
                           [this] { settled(); });
}

/// The one that is kept, which may have been chosen on another node.
void Moderation::take_host_key() {
  const auto key = protocol::from_hex(server_state_.value(attribute::host_key));
  if (!key || key->size() != journal::KeyedHash::Key().size()) return;
  journal::KeyedHash::Key bytes{};
  std::copy(key->begin(), key->end(), bytes.begin());
  host_hash_.emplace(bytes);
}

event::Lockdown Moderation::lockdown_of(const journal::RoomState& state) {
  const auto* const record = state.find(attribute::lockdown);
  if (record == nullptr) return {};
  const Packed packed(record->value);
  return {.level = protocol::number_in<std::uint64_t>(packed.get("level")).value_or(0),
          .until = packed.time("until"),
          .reason = std::string(packed.get("reason")),
          .by = record->by};
}

// --- what there is

/// Notes what is to be found again of a record: by number, by token, by owner, by the time when it ends.
void Moderation::learn(const std::string& key, const journal::StateRecord& record) {
  newest_ = std::max(newest_, record.seq);
  const std::string_view what = record.attribute;
  const Packed packed(record.value);
  const bool has_token = what.starts_with(attribute::hook) || what.starts_with(attribute::invite);
  Known known;
  if (has_token || what.starts_with(attribute::ban) || what.starts_with(attribute::report))
    known.id = number_in_attribute(what);
  if (what.starts_with(attribute::invited)) known.id = record.seq;
  const bool is_guests = what.starts_with(std::string(attribute::invited) + '=');
  if (what == journal::owner_attribute) known.owner = journal::author_of(record.value);
  if (has_token) {
    if (const auto token = protocol::from_hex(packed.get("token")); token && token->size() == 32)
      std::copy(token->begin(), token->end(), known.token.emplace().begin());
  }
  const Endings::Ending place{.room = key, .attribute = record.attribute};
  if (known.id != 0) by_id_[known.id] = place;
  if (is_guests) invited_guests_[record.attribute].insert(key);
  if (known.owner != 0) owned_[known.owner].insert(key);
  if (known.token) by_token_[*known.token] = known.id;
  if (known.id != 0 || known.owner != 0) known_[place] = known;
  const bool may_end = what.starts_with(attribute::ban) || what.starts_with(attribute::invited) ||
                       what.starts_with(attribute::invite) || what == attribute::lockdown;
  if (may_end) endings_.set(place, packed.time("until"));
}

/// The attribute has another value from now on, or none.
void Moderation::forget(const Endings::Ending& attribute) {
  endings_.set(attribute, std::nullopt);
  if (const auto guests = invited_guests_.find(attribute.attribute); guests != invited_guests_.end()) {
    guests->second.erase(attribute.room);
    if (guests->second.empty()) invited_guests_.erase(guests);
  }
  const auto found = known_.find(attribute);
  if (found == known_.end()) return;
  const auto known = found->second;
  known_.erase(found);
  if (known.id != 0) by_id_.erase(known.id);
  if (known.token) by_token_.erase(*known.token);
  const auto owned = owned_.find(known.owner);
  if (owned == owned_.end()) return;
  owned->second.erase(attribute.room);
  if (owned->second.empty()) owned_.erase(owned);
}

/// The journal drops what deserted rooms had without a record: then it is forgotten here, too, some each
/// second. And an account that was erased owns nothing.
void Moderation::sweep() {
  if (hub_.in_flight().is_full()) return;
  constexpr std::size_t looked_at = 64;
  std::vector<Endings::Ending> gone;
  auto next = known_.upper_bound(swept_);
  std::set<std::uint64_t> erased;
  for (std::size_t i = 0; i < looked_at && next != known_.end(); ++i, ++next) {
    swept_ = next->first;
    const auto* const state = state_of(place_of(swept_.room));
    if (state == nullptr || state->find(swept_.attribute) == nullptr) gone.push_back(swept_);
    const auto owner = next->second.owner;
    if (owner != 0 && hub_.logins().registry().book().find(owner) == nullptr) erased.insert(owner);
  }
  if (next == known_.end()) swept_ = {};
  for (const auto& each : gone) forget(each);
  // The server was ended before it had noted that.
  for (const auto each : erased) disown(each);
}

Moderation::Realm Moderation::place_of(const std::string& key) const {
  if (journal::is_server(key)) return server_place();
  auto room = hub_.rooms().find(key);
  auto shown = room ? room->name().shown : std::string(hub_.journal().tail(key).name);
  return {.key = key, .shown = std::move(shown), .room = std::move(room)};
}

event::Room Moderation::described(const Realm& place, bool with_key) const {
  event::Room told{.room = place.shown};
  const auto* const state = state_of(place);
  if (state == nullptr) return told;
  if (const auto created = protocol::number_in<std::int64_t>(state->value(attribute::created)))
    told.created = Timestamp(std::chrono::milliseconds(*created));
  const auto* const owner =
      hub_.logins().registry().book().find(journal::author_of(state->value(journal::owner_attribute)));
  if (owner != nullptr) told.owner = owner->name;
  if (const auto* const topic = state->find(journal::topic_attribute)) {
    told.topic = topic->value;
    told.topic_by = topic->by;
    told.topic_time = topic->at;
  }
  told.rules =
      place.room && place.room->ruling() != nullptr ? place.room->ruling()->rules() : rules_of(*state);
  told.keyed = told.rules.key.has_value();
  if (!with_key) told.rules.key.reset();
  return told;
}

const journal::RoomState* Moderation::state_of(const Realm& place) const {
  if (place.is_server()) return &server_state_;
  if (place.room) return &place.room->attributes();
  return hub_.journal().tail(place.key).state;
}

std::optional<Moderation::Found> Moderation::find(std::uint64_t id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return Found{.place = place_of(found->second.room), .attribute = found->second.attribute};
}

std::optional<Moderation::Found> Moderation::find_token(const accounts::TokenHash& token) const {
  const auto found = by_token_.find(token);
  return found == by_token_.end() ? std::nullopt : find(found->second);
}

std::vector<std::string> Moderation::rooms_with(std::string_view prefix) const {
  std::set<std::string> rooms;
  for (const auto& [id, each] : by_id_)
    if (each.attribute.starts_with(prefix)) rooms.insert(each.room);
  return {rooms.begin(), rooms.end()};
}

std::size_t Moderation::owned_by(std::uint64_t account) const {
  const auto found = owned_.find(account);
  return found == owned_.end() ? 0 : found->second.size();
}

void Moderation::disown(std::uint64_t account) {
  const auto found = owned_.find(account);
  if (found == owned_.end()) return;
  const auto rooms = found->second;
  for (const auto& key : rooms)
    set(place_of(key), {{.attribute = std::string(journal::owner_attribute), .value = {}}}, {}, {});
}

// --- masks

std::string Moderation::host(const Session& session, std::string_view place) const {
  return host_of(session.address(), place);
}

std::string Moderation::host_of(std::string_view address, std::string_view place) const {
  if (address.empty()) return {};
  // Neither has a line feed.
  return base32((*host_hash_)(std::string(place).append(1, '\n').append(address)));
}

Subject Moderation::subject_of(const Session& session, const std::string& host, std::string_view address) {
  return {
      .name = session.name().key, .account = session.person().account(), .host = host, .address = address};
}

Mask::InRange Moderation::in_range() const {
  return [this](const std::string& range, std::string_view address) {
    const auto& is_in = hub_.operations().is_in_range;
    return is_in && is_in(range, address);
  };
}

std::string Moderation::shown(const Mask& mask) const {
  if (mask.kind() != Mask::Kind::account) return mask.stored();
  const auto* const account = hub_.logins().registry().book().find(mask.account());
  return account == nullptr ? mask.stored() : "account:" + account->name;
}

event::Ban Moderation::described(const Ban& ban, std::string_view room) const {
  return {.id = ban.id,
          .room = std::string(room),
          .mask = shown(ban.mask),
          .action = std::string(to_string(ban.action)),
          .until = ban.until,
          .by = ban.by,
          .reason = ban.reason,
          .time = ban.at};
}

// --- what ends

void Moderation::tick() {
  // So many in a second: each is a record.
  constexpr std::size_t most_ended = 1000;
  std::map<std::string, std::vector<Endings::Ending>> over;
  // Where several daemons share a log, one of them ends it for all.
  for (std::size_t i = 0; i < most_ended && hub_.journal().is_first(); ++i) {
    const auto ending = endings_.take_due(hub_.now().wall);
    if (!ending) break;
    over[ending->room].push_back(*ending);
  }
  // What is being ruled there may prolong it, or take it back. All that ends in a room is one batch, since
  // nothing is said there meanwhile.
  for (auto& [room, endings] : over)
    hub_.in_flight().when_ruled(room, [this, all = std::move(endings)] { end_all(all); });
  sweep();
  // So that no two of them choose one at the same time, when the first mask is made.
  if (hub_.directory().shares_rooms() && hub_.journal().is_first()) keep_host_key();
  const bool is_own = lockdown_.level > 0 && lockdown_.by.empty();
  if (is_own && looks_out() && raid_.is_going_on(hub_.now().steady, hub_.settings().raid_joins))
    lock_down_by_itself("very many come at once");
}

/// What it was, as people are told it.
std::string Moderation::told_of(const journal::StateRecord& record) const {
  if (const auto ban = Ban::from(record)) return shown(ban->mask);
  if (record.attribute.starts_with(attribute::invited)) return std::string(Packed(record.value).get("name"));
  return record.attribute;
}

void Moderation::end_all(const std::vector<Endings::Ending>& endings) {
  for (const auto& ending : endings) end(ending);
}

void Moderation::end(const Endings::Ending& ending) {
  const auto now = hub_.now().wall;
  const auto place = place_of(ending.room);
  const auto* const state = state_of(place);
  const auto* const record = state == nullptr ? nullptr : state->find(ending.attribute);
  const auto until = record == nullptr ? std::nullopt : Packed(record->value).time("until");
  if (!until || *until > now) return;
  auto note = std::make_shared<journal::AuditEntry>(
      journal::AuditEntry{.at = now,
                          .room = place.is_server() ? std::string() : place.key,
                          .room_name = place.is_server() ? std::string() : place.shown,
                          .front = "server",
                          .action = "end",
                          .whom = told_of(*record)});
  set(place, {{.attribute = ending.attribute, .value = {}}}, {}, {}, std::move(note),
      [this, ending, now](const auto& recorded) {
        if (!recorded) endings_.set(ending, now);  // tried again in the next second
      });
}

}  // namespace hubbub::chat
