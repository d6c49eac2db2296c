#include "server/chat/moderation.hpp"

#include <algorithm>
#include <ranges>
#include <string>
#include <unordered_set>
#include <utility>

#include "protocol/hex.hpp"
#include "protocol/look_alike.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
using protocol::Timestamp;
namespace event = protocol::event;

/// Tells those who leave, whatever they have to read before it: what else is of the room they are given no
/// more. And the others who are there.
void tell_leaving(const protocol::Event& told, const protocol::Event& told_to_leaving, Room& room,
                  const std::vector<std::shared_ptr<Session>>& leaving, const Session* setter) {
  Rendered rendered(told);
  Rendered rendered_to_leaving(told_to_leaving);
  std::unordered_set<const Delivery*> they;
  for (const auto& session : leaving) they.insert(&session->delivery());
  for (const auto& participant : room.broadcast().participants()) {
    auto& delivery = dynamic_cast<Delivery&>(*participant);
    if (setter != nullptr && &delivery == &setter->delivery()) continue;
    if (!they.contains(&delivery)) {
      delivery.share(rendered.in(delivery.format()), &room);
    } else if (room.broadcast().is_admitted(delivery)) {
      delivery.own(rendered_to_leaving.in(delivery.format()), {});
    }
  }
}

/// What an account has been given for as long as it is there makes way for what it is given for good, or not
/// any more.
void drop_grants(Room& room, const journal::StateRecord& record) {
  const std::string_view what = record.attribute;
  std::uint64_t account = 0;
  if (what == journal::owner_attribute) account = journal::author_of(record.value);
  if (what.starts_with(attribute::role)) account = journal::author_of(what.substr(attribute::role.size()));
  if (account == 0) return;
  for (const auto& participant : room.broadcast().participants()) {
    if (const auto& person = participant->person(); person.account() == account)
      room.give(person, Rank::anyone, 0);
  }
}

/// 13 characters of RFC 4648's base32 (6), in lower case: all 64 bits.
std::string base32(std::uint64_t number) {
  constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr unsigned bits = 5;
  std::string text;
  for (unsigned i = 0; i < 13; ++i, number >>= bits) text += digits[number & 31U];
  return text;
}

/// "until 2026-…" and why, as the end of a sentence.
std::string told(const Ban& ban) {
  std::string text;
  if (ban.until) text += " until " + protocol::to_string(*ban.until);
  if (!ban.reason.empty()) text += ": " + ban.reason;
  return text;
}

std::chrono::milliseconds left_of(const std::optional<Timestamp>& until, Timestamp now) {
  return until ? std::max(std::chrono::milliseconds{0}, *until - now) : std::chrono::milliseconds{0};
}

bool is_exception(const journal::StateRecord& record) {
  return record.attribute.starts_with(attribute::ban) &&
         Packed(record.value).get("action") == to_string(Ban::Action::except);
}

event::Lockdown lockdown_of(const journal::RoomState& state) {
  const auto* const record = state.find(attribute::lockdown);
  if (record == nullptr) return {};
  const Packed packed(record->value);
  return {.level = protocol::number_in<std::uint64_t>(packed.get("level")).value_or(0),
          .until = packed.time("until"),
          .reason = std::string(packed.get("reason")),
          .by = record->by};
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

// --- who may

Rank Moderation::server_rank(const Session& session) const {
  if (session.is_operator()) return Rank::admin;
  const auto* const account = hub_.logins().account_of(session.person());
  if (account == nullptr) return Rank::anyone;
  switch (account->role) {
    case journal::ServerRole::admin:
      return Rank::admin;
    case journal::ServerRole::moderator:
      return Rank::moderator;
    case journal::ServerRole::none:
      break;
  }
  return Rank::anyone;
}

Rank Moderation::rank(const Session& session, const Room& room) const {
  return std::max(server_rank(session), room.rank_of(session.person()));
}

Rank Moderation::rank(const Session& session, const std::string& key, const journal::RoomState* state) const {
  const auto server = server_rank(session);
  if (const auto room = hub_.rooms().find(key)) return std::max(server, room->rank_of(session.person()));
  const auto account = session.person().account();
  if (state == nullptr || account == 0) return server;
  const auto mine = journal::author_key(account);
  if (state->value(journal::owner_attribute) == mine) return std::max(server, Rank::owner);
  return std::max(server, rank_of_word(state->value(std::string(attribute::role) + mine)));
}

void Moderation::add_own(const Session& session, const Room& room, event::Joined& joined) const {
  joined.role = role_word(room.rank_of(session.person()));
  if (const auto mute = mute_of(session, room))
    joined.muted = event::Mute{.id = mute->ban.id, .until = mute->ban.until, .reason = mute->ban.reason};
}

/// Of that of the server and that of the room the one that ends last; nothing: the session is muted by
/// neither.
std::optional<Moderation::Mute> Moderation::mute_of(const Session& session, const Room& room) const {
  const auto* const ruling = room.ruling();
  const bool by_room =
      ruling != nullptr && ruling->bans().has_mutes() && rank(session, room) < Rank::moderator;
  const bool by_server = server_.bans().has_mutes() && server_rank(session) < Rank::moderator;
  if (!by_room && !by_server) return std::nullopt;
  const auto now = hub_.now().wall;
  std::optional<Mute> found;
  if (by_server) {
    const auto host = this->host(session, journal::server_key);
    const auto* const mute =
        server_.bans().about(subject_of(session, host, session.peer()), Ban::Action::mute, now, in_range());
    if (mute != nullptr) found = Mute{.ban = *mute, .room = {}};
  }
  if (by_room && (!found || found->ban.until)) {
    const auto host = this->host(session, room.key());
    const auto* const mute = ruling->bans().about(subject_of(session, host), Ban::Action::mute, now);
    if (mute != nullptr && (!found || !mute->until || *mute->until > *found->ban.until))
      found = Mute{.ban = *mute, .room = room.key()};
  }
  return found;
}

/// Those with a rank of a moderator are nobody's to ban, as long as they have it.
bool Moderation::is_protected(const Session& session, const Room& room) const {
  return rank(session, room) >= Rank::moderator;
}

std::optional<Refusal> Moderation::why_not_speak(Session& session, Room& room) {
  const auto now = hub_.now();
  const auto* const ruling = room.ruling();
  if (ruling == nullptr && !server_.bans().has_mutes()) return std::nullopt;
  auto& stay = session.stays().of(room);
  constexpr std::uint32_t versions = (std::uint32_t{1} << 28U) - 1;
  // Both only rise.
  const auto both = (ruling == nullptr ? 0 : ruling->version()) + server_.version();
  const auto version = std::max<std::uint32_t>(both & versions, 1);
  if (stay.weighed != version) {
    stay.rank = static_cast<std::uint32_t>(rank(session, room)) & 7U;
    stay.is_muted = mute_of(session, room) ? 1U : 0U;
    stay.weighed = version & versions;
  }
  const auto mine = static_cast<Rank>(stay.rank);
  if (stay.is_muted != 0) {
    if (const auto mute = mute_of(session, room)) {
      const auto where = mute->room.empty() ? std::string("on this server") : "in " + room.name().shown;
      return Refusal{{Code::muted, "you are muted " + where + told(mute->ban)},
                     left_of(mute->ban.until, now.wall)};
    }
  }
  if (ruling == nullptr) return std::nullopt;
  const auto& rules = ruling->rules();
  if (ruling->is(rules.moderated) && !may(mine, Action::speak_moderated)) {
    return Refusal{{Code::moderated,
                    room.name().shown + " is moderated: only those speak whom its moderators give a voice"}};
  }
  if (session.is_guest() && mine < Rank::voice && rules.accounts_only.value_or("no") != "no") {
    return Refusal{{Code::login_required,
                    "in " + room.name().shown + " one needs an account to speak; log in, or register"}};
  }
  if (rules.slow_mode && !may(mine, Action::speak_fast)) {
    const auto last = room.spoke(identity(session.person()));
    const auto next = last ? *last + std::chrono::milliseconds(*rules.slow_mode) : now.steady;
    if (next > now.steady) {
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now.steady);
      return Refusal{{Code::slow_mode, "in " + room.name().shown + " one speaks every " +
                                           std::to_string(*rules.slow_mode / 1000) + " s; try again in " +
                                           std::to_string((wait.count() + 999) / 1000) + " s"},
                     wait};
    }
  }
  return std::nullopt;
}

bool Moderation::is_slow(const Room& room) {
  return room.ruling() != nullptr && room.ruling()->rules().slow_mode;
}

void Moderation::note_spoke(Room& room, const std::string& who) const {
  room.note_spoke(who, hub_.now().steady, std::chrono::milliseconds(*room.ruling()->rules().slow_mode));
}

void Moderation::spoke(Session& session, Room& room) {
  if (is_slow(room)) note_spoke(room, identity(session.person()));
}

void Moderation::heard(Room& room, const protocol::Message& message) const {
  if (is_slow(room)) note_spoke(room, identity(message));
}

std::optional<Error> Moderation::why_silent(Session& session, Room& room) {
  const auto refusal = why_not_speak(session, room);
  if (!refusal || refusal->error.code == Code::slow_mode) return std::nullopt;
  return refusal->error;
}

std::optional<Error> Moderation::why_not_set_topic(Session& session, Room& room) {
  // Whoever may not speak has no topic to tell either.
  if (auto why = why_silent(session, room)) return why;
  const auto* const ruling = room.ruling();
  const bool is_guarded = ruling != nullptr && ruling->rules().topic_for.value_or("members") == "moderators";
  if (!is_guarded || may(rank(session, room), Action::set_guarded_topic)) return std::nullopt;
  return refusal(Action::set_guarded_topic);
}

const Ban* Moderation::ban_from(const Session& session, const Room& room) const {
  const auto* const ruling = room.ruling();
  if (ruling == nullptr || ruling->bans().is_empty() || is_protected(session, room)) return nullptr;
  const auto host = this->host(session, room.key());
  return ruling->bans().about(subject_of(session, host), Ban::Action::ban, hub_.now().wall);
}

const Ban* Moderation::ban_that_puts_out(const Session& session, const Room& room) const {
  if (ban_from(session, room) == nullptr) return nullptr;
  const auto host = this->host(session, room.key());
  return room.ruling()->bans().puts_out(subject_of(session, host), hub_.now().wall);
}

std::optional<Error> Moderation::why_banned_from(const Session& session, const Room& room) const {
  const auto* const ban = ban_from(session, room);
  if (ban == nullptr) return std::nullopt;
  return Error{Code::banned_here, "you are banned from " + room.name().shown + told(*ban)};
}

std::optional<Error> Moderation::why_not_enter(Session& session, const Room& room,
                                               const std::optional<std::string>& key, bool has_come) {
  const auto* const ruling = room.ruling();
  if (ruling == nullptr) return std::nullopt;
  const auto mine = rank(session, room);
  const auto now = hub_.now().wall;
  const auto& shown = room.name().shown;
  if (room.attributes().find(attribute::closed) != nullptr && hub_.journal().tail(room.key()).kept)
    return Error{Code::busy, shown + " has just been closed; wait a moment before you begin it anew"};
  if (auto banned = why_banned_from(session, room)) return banned;
  const auto& rules = ruling->rules();
  // Those with a role are in it, whatever it takes others to come in.
  if (mine >= Rank::voice) return std::nullopt;
  const auto invited = [&](const std::string& whom) {
    const auto* const record = room.attributes().find(std::string(attribute::invited) + whom);
    if (record == nullptr) return false;
    const Packed packed(record->value);
    const auto until = packed.time("until");
    // A guest is known by his name and by where he is from: a name that is free again is anybody's.
    const auto from = packed.get("host");
    return (!until || now < *until) && (from.empty() || from == host(session, room.key()));
  };
  const bool is_invited = session.is_guest() ? invited("=" + session.name().key)
                                             : invited(journal::author_key(session.person().account()));
  if (is_invited) return std::nullopt;
  if (rules.accounts_only == "enter" && session.is_guest())
    return Error{Code::login_required, "to enter " + shown + " one needs an account; log in, or register"};
  if (ruling->is(rules.invite_only))
    return Error{Code::invite_required, shown + " is for those who are invited; ask its moderators"};
  if (rules.key && key != rules.key) {
    return Error{Code::key_wrong, key ? "that is not the key of " + shown
                                      : "to enter " + shown + " one needs its key (/join " + shown + " KEY)"};
  }
  if (rules.limit && is_full(session.person(), room, *rules.limit, has_come))
    return Error{Code::room_full, shown + " is full: it takes " + std::to_string(*rules.limit)};
  return std::nullopt;
}

/// Those who are being let in count, those on other nodes too, and another session of somebody who is there
/// does not.
bool Moderation::is_full(const Person& person, const Room& room, std::uint64_t limit, bool has_come) {
  const auto own = room.sessions_of(person);
  if (own > (has_come ? 1U : 0U)) return false;
  std::unordered_set<const Person*> let_in;
  for (const auto& participant : room.broadcast().participants()) {
    const auto& other = participant->person();
    if (&other == &person) return false;
    if (room.sessions_of(other) == 0) let_in.insert(&other);
  }
  return room.size() - own + let_in.size() >= limit;
}

bool Moderation::is_hidden_from(const Session& session, std::string_view key,
                                const journal::RoomState* state) const {
  // One that is closed is no more, whatever is yet to go of it, and keeps its name to itself.
  const bool is_secret =
      state != nullptr && (!state->value("rule/secret").empty() || state->find(attribute::closed) != nullptr);
  if (!is_secret) return false;
  const std::string name(key);
  return !session.stays().has(name) && rank(session, name, state) < Rank::voice;
}

std::uint64_t Moderation::floor(const Session& session, const Room& room) const {
  const auto own = room.floor(session.delivery());
  if (!hub_.directory().shares_rooms()) return own;
  // Of a room that was closed and begun anew, not every node may have erased yet what was said before.
  const auto* const created = room.attributes().find(attribute::created);
  return std::max(own, created == nullptr ? 0 : created->seq);
}

// --- the server

std::optional<Error> Moderation::why_banned(const Session& session, const protocol::Name& name,
                                            std::uint64_t account) const {
  const auto& bans = server_.bans();
  if (bans.is_empty() || session.is_operator()) return std::nullopt;
  const auto* const known = hub_.logins().registry().book().find(account);
  if (known != nullptr && known->role != journal::ServerRole::none) return std::nullopt;
  const auto host = this->host(session, journal::server_key);
  const auto peer = session.peer();
  const Subject subject{.name = name.key, .account = account, .host = host, .address = peer};
  const auto* const ban = bans.about(subject, Ban::Action::ban, hub_.now().wall, in_range());
  if (ban == nullptr) return std::nullopt;
  return Error{Code::banned, "you are banned from this server" + told(*ban)};
}

std::optional<Error> Moderation::why_locked() const {
  const bool is_locked = lockdown_.level > 0 && !(lockdown_.until && *lockdown_.until <= hub_.now().wall);
  // What the server has noticed by itself holds before it is stored.
  const bool is_locking = locked_itself_.has_value() && lockdown_.level == 0;
  if (!is_locked && !is_locking) return std::nullopt;
  std::string text = "for now guests can only read here, and nobody is new";
  if (is_locked && lockdown_.until) text += ", until " + protocol::to_string(*lockdown_.until);
  if (!lockdown_.reason.empty()) text += ": " + lockdown_.reason;
  return Error{Code::login_required, text};
}

std::optional<Error> Moderation::why_closed_to_guests() const {
  if (lockdown_.level < 2) return std::nullopt;
  auto why = why_locked();
  if (why) why->text = "for now no guests come in here; " + why->text;
  return why;
}

/// Where nobody has an account nobody could speak any more: so there it is no use.
bool Moderation::looks_out() const {
  return hub_.settings().raid_joins > 0 && hub_.logins().registry().book().size() > 0;
}

void Moderation::arrived(Session& /*session*/) {
  const bool is_raid = raid_.arrives(hub_.now().steady, hub_.settings().raid_joins);
  if (is_raid && looks_out()) lock_down_by_itself("very many came at once");
}

bool Moderation::takes_text(Session& session, const std::string& text) {
  const bool is_newcomer = hub_.now().wall < session.person().named_at() + Raid::newcomer_age;
  if (!is_newcomer || !looks_out()) return true;
  const auto said =
      raid_.says({.number = session.number(), .address = session.address()}, text, hub_.now().steady);
  if (said.is_raid) lock_down_by_itself("several newcomers said the same");
  return said.may_go_out;
}

/// Begins it, or prolongs one that the server has begun; once a minute at most.
void Moderation::lock_down_by_itself(std::string_view why) {
  constexpr std::chrono::minutes often_enough{1};
  const auto now = hub_.now().wall;
  if (locked_itself_ && now < *locked_itself_ + often_enough) return;
  // What somebody has ordered stays as it is.
  if (lockdown_.level > 0 && !lockdown_.by.empty()) return;
  locked_itself_ = now;
  // One that is ordered just now, too.
  hub_.in_flight().when_ruled(std::string(journal::server_key), [this, why = std::string(why)] {
    if (lockdown_.level == 0 || lockdown_.by.empty()) lock_down(why);
  });
}

void Moderation::lock_down(const std::string& why) {
  const auto now = hub_.now().wall;
  const auto until = now + hub_.settings().raid_time;
  ops::log::warning("chat", "lockdown", {{"level", 1}, {"reason", why}});
  auto note = std::make_shared<journal::AuditEntry>(
      journal::AuditEntry{.at = now, .front = "server", .action = "lockdown", .after = "1"});
  set(server_place(),
      {{.attribute = std::string(attribute::lockdown),
        .value = Packed().set("level", "1").set("until", until).set("reason", why).text()}},
      {}, {}, std::move(note), [this](const auto& recorded) {
        if (!recorded) locked_itself_.reset();
      });
}

// --- records

/// Masks of hosts hold after another start, since the key does: it is kept before the first of them.
void Moderation::keep_host_key() {
  if (!server_state_.value(attribute::host_key).empty() || is_keeping_host_key_) return;
  is_keeping_host_key_ = true;
  const auto& key = host_hash_->key();
  const std::string bytes(key.begin(), key.end());
  set(server_place(), {{.attribute = std::string(attribute::host_key), .value = protocol::hex(bytes)}}, {},
      {}, {}, [this](const auto& /*recorded*/) { is_keeping_host_key_ = false; });
}

void Moderation::set(const Realm& place, std::vector<Setting> settings, const std::string& by,
                     InFlight::Doer doer, journal::AuditPtr audit, Done done) {
  const auto now = hub_.now().wall;
  const bool has_host = std::any_of(settings.begin(), settings.end(), [](const Setting& each) {
    return each.value.find("mask=host:") != std::string::npos ||
           (each.attribute.starts_with(attribute::invited) && each.value.find("host=") != std::string::npos);
  });
  if (has_host) keep_host_key();
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const bool is_last = i + 1 == settings.size();
    journal::StateRecord record{.room = place.is_server() ? std::string(journal::server_key) : place.shown,
                                .attribute = std::move(settings[i].attribute),
                                .value = std::move(settings[i].value),
                                .by = by,
                                .at = now};
    hub_.in_flight().append({.room = place.key,
                             .state = std::make_shared<const journal::StateRecord>(std::move(record)),
                             .audit = is_last ? std::exchange(audit, {}) : nullptr},
                            is_last ? std::exchange(doer, {}) : InFlight::Doer{.tells = false},
                            is_last ? std::exchange(done, {}) : Done());
  }
}

journal::AuditPtr Moderation::audit(Session& session, const Realm& place, std::string action,
                                    std::string whom, std::string before, std::string after) const {
  const auto account = hub_.logins().account_name(session.person());
  std::string by = session.is_welcome() ? session.name().shown : account;
  if (by.empty()) by = session.is_operator() ? "operator" : session.peer();
  return std::make_shared<const journal::AuditEntry>(
      journal::AuditEntry{.at = hub_.now().wall,
                          .room = place.is_server() ? std::string() : place.key,
                          .room_name = place.is_server() ? std::string() : place.shown,
                          .by = std::move(by),
                          .account = session.person().account(),
                          .front = std::string(session.front()),
                          .action = std::move(action),
                          .whom = std::move(whom),
                          .before = std::move(before),
                          .after = std::move(after)});
}

void Moderation::apply(const journal::Committed& committed, const Rooms::RoomPtr& room, Session* setter,
                       bool tells) {
  const auto& record = *committed.state;
  forget({.room = committed.room, .attribute = record.attribute});
  if (!record.value.empty()) learn(committed.room, record);
  if (record.attribute == journal::owner_attribute && !record.value.empty() &&
      hub_.logins().registry().book().find(journal::author_of(record.value)) == nullptr) {
    // The account was erased while it became the owner.
    set(place_of(committed.room), {{.attribute = record.attribute, .value = {}}}, {}, {});
  }
  if (journal::is_server(committed.room)) return apply_server(record, setter, tells);
  const bool is_end = record.attribute == attribute::closed && !record.value.empty();
  if (is_end) hub_.logins().all_left(committed.room);
  if (!room) return;
  const auto* const known = room->attributes().find(record.attribute);
  const auto before = known == nullptr ? std::nullopt : std::optional(*known);
  const auto* const except = setter == nullptr ? nullptr : &setter->delivery();
  drop_grants(*room, record);
  for (const auto& told : room->apply(record)) room->broadcast().deliver({.body = told, .ref = {}}, except);
  if (tells) tell(record, before ? &*before : nullptr, room, setter);
  const bool is_from_elsewhere = committed.ticket == 0;
  if (is_from_elsewhere && record.attribute.starts_with(attribute::report) && !record.value.empty())
    tell_report(*this, {.key = room->key(), .shown = room->name().shown, .room = room}, record);
  if (const auto ban = Ban::from(record)) enforce(*ban, room);
  if (const auto was = before ? Ban::from(*before) : std::nullopt; was && was->action == Ban::Action::except)
    enforce(*was, room);
  if (is_end) put_everybody_out(room, record, setter);
}

void Moderation::put_everybody_out(const Rooms::RoomPtr& room, const journal::StateRecord& record,
                                   Session* setter) {
  const event::Closed told{
      .room = room->name().shown, .by = record.by, .reason = std::string(Packed(record.value).get("reason"))};
  std::vector<std::shared_ptr<Session>> sessions;
  for (const auto& participant : room->broadcast().participants())
    sessions.push_back(dynamic_cast<Delivery&>(*participant).session().shared_from_this());
  tell_leaving({.body = told, .ref = {}}, {.body = told, .ref = {}}, *room, sessions, setter);
  for (const auto& session : sessions) {
    hub_.rooms().leave(*session, room, "the room is closed");
    hub_.logins().left(*session, *room);  // also one who has come in since it was to be closed
  }
}

void Moderation::close(Answer&& answer, const Realm& place, const std::string& reason) {
  auto& session = answer.session();
  std::vector<Setting> settings;
  if (const auto* const state = state_of(place)) {
    // From the end, since each that goes makes those behind it move up.
    // Exceptions after all else: as long as there are bans, they hold.
    for (const bool are_exceptions : {false, true}) {
      for (const auto& record : std::views::reverse(state->records())) {
        if (is_exception(record) == are_exceptions)
          settings.push_back({.attribute = record.attribute, .value = {}});
      }
    }
  }
  // What was said is too old at once; what is left of the room goes with it.
  settings.push_back({.attribute = std::string(journal::keep_age_attribute), .value = "1"});
  settings.push_back({.attribute = std::string(attribute::closed),
                      .value = Packed().set("closed", "1").set("reason", reason).text()});
  const auto by = session.is_welcome() ? session.name().shown : std::string("operator");
  const event::Closed told{.room = place.shown, .by = by, .reason = reason};
  auto note = audit(session, place, "close", {}, {}, reason);
  set(place, std::move(settings), by,
      {.answer = std::move(answer),
       .reply = [told](const auto& /*recorded*/) -> protocol::Result<event::Any> {
         return event::Any(told);
       }},
      std::move(note));
}

/// What those who are in the room are told of it.
void Moderation::tell(const journal::StateRecord& record, const journal::StateRecord* before,
                      const Rooms::RoomPtr& room, Session* setter) {
  const std::string_view what = record.attribute;
  const auto* const except = setter == nullptr ? nullptr : &setter->delivery();
  const auto deliver = [&](event::Any body) {
    room->broadcast().deliver({.body = std::move(body), .ref = {}}, except);
  };
  if (what.starts_with(attribute::rule)) {
    auto told = described(place_of(room->key()), false);
    told.by = record.by;
    deliver(std::move(told));
  } else if (what == journal::owner_attribute) {
    const auto was = before == nullptr ? 0 : journal::author_of(before->value);
    if (was != 0) tell_role(*room, was, role_word(room->ruling()->rank_of(was)), record.by, setter);
    const auto is = journal::author_of(record.value);
    if (is != 0) tell_role(*room, is, "owner", record.by, setter);
  } else if (what.starts_with(attribute::role)) {
    tell_role(*room, journal::author_of(what.substr(attribute::role.size())), record.value, record.by,
              setter);
  } else if (const auto ban = Ban::from(record)) {
    tell_ban(*ban, *room, except);
  } else if (what.starts_with(attribute::ban) && before != nullptr) {
    const auto was = Ban::from(*before);
    deliver(event::Unbanned{.id = number_in_attribute(what),
                            .room = room->name().shown,
                            .mask = was ? shown(was->mask) : std::string(),
                            .by = record.by});
  }
}

/// Tells it to those who are there, and whom it silences that it is about them: of a host nobody else knows
/// whose it is.
void Moderation::tell_ban(const Ban& ban, Room& room, const Participant* except) {
  const protocol::Event told{.body = event::Banned{.ban = described(ban, room.name().shown)}, .ref = {}};
  Rendered rendered(told);
  const auto now = hub_.now().wall;
  for (const auto& participant : room.broadcast().participants()) {
    if (participant.get() == except || !room.broadcast().is_admitted(*participant)) continue;
    const auto& session = dynamic_cast<Delivery&>(*participant).session();
    const auto host = ban.action == Ban::Action::mute ? this->host(session, room.key()) : std::string();
    const bool is_meant =
        ban.action == Ban::Action::mute && rank(session, room) < Rank::moderator &&
        ban.mask.matches(subject_of(session, host)) &&
        room.ruling()->bans().about(subject_of(session, host), Ban::Action::mute, now) != nullptr;
    if (!is_meant) {
      participant->share(rendered.in(participant->format()), &room);
      continue;
    }
    auto own = told;
    std::get<event::Banned>(own.body).matches = {session.name().shown};
    participant->share(Rendered(own).in(participant->format()), &room);
  }
}

void Moderation::tell_role(Room& room, std::uint64_t account, std::string_view role, const std::string& by,
                           Session* setter) {
  const auto* const known = hub_.logins().registry().book().find(account);
  if (known == nullptr) return;
  const event::Role told{.room = room.name().shown,
                         .name = known->name,
                         .account = known->name,
                         .role = role.empty() ? "none" : std::string(role),
                         .by = by};
  room.broadcast().deliver({.body = told, .ref = {}}, setter == nullptr ? nullptr : &setter->delivery());
}

/// Puts out those whom a new ban is about, or an exception that has ended and a ban.
void Moderation::enforce(const Ban& ban, const Rooms::RoomPtr& room) {
  const bool is_new = ban.action == Ban::Action::ban && !ban.keeps;
  if (!is_new && ban.action != Ban::Action::except) return;
  std::vector<std::pair<PersonPtr, Ban>> gone;
  for (const auto& participant : room->broadcast().participants()) {
    auto& session = dynamic_cast<Delivery&>(*participant).session();
    const auto host = this->host(session, room->key());
    if (session.is_closed() || !ban.mask.matches(subject_of(session, host))) continue;
    const auto* const why = ban_that_puts_out(session, *room);
    const PersonPtr person(&session.person());
    const bool is_known =
        std::any_of(gone.begin(), gone.end(), [&](const auto& each) { return each.first == person; });
    if (why != nullptr && !is_known) gone.emplace_back(person, is_new ? ban : *why);
  }
  for (const auto& [person, why] : gone) put_out(room, *person, why.by, why.reason);
}

void Moderation::put_out(const Rooms::RoomPtr& room, Person& person, const std::string& by,
                         const std::string& reason, Session* setter) {
  const event::Kicked told{
      .room = room->name().shown, .name = person.name().shown, .by = by, .reason = reason};
  auto to_leaving = told;
  to_leaving.you = true;
  const auto why = "kicked by " + by + (reason.empty() ? "" : ": " + reason);
  std::vector<std::shared_ptr<Session>> sessions;
  for (auto& session : person.sessions())
    if (session.stays().has(room->key())) sessions.push_back(session.shared_from_this());
  if (sessions.empty()) return;
  tell_leaving({.body = told, .ref = {}}, {.body = to_leaving, .ref = {}}, *room, sessions, setter);
  for (const auto& session : sessions) {
    hub_.rooms().leave(*session, room, why);
    hub_.logins().left(*session, *room);
  }
}

void Moderation::apply_server(const journal::StateRecord& record, Session* setter, bool tells) {
  const auto* const known = server_state_.find(record.attribute);
  const auto before = known == nullptr ? std::nullopt : std::optional(*known);
  server_state_.apply(record);
  server_.apply(record);
  if (record.attribute == attribute::host_key) take_host_key();
  if (record.attribute == attribute::lockdown) {
    lockdown_ = lockdown_of(server_state_);
    if (lockdown_.level == 0) locked_itself_.reset();
    auto told = lockdown_;
    told.by = record.by;
    if (tells) tell_all({.body = told, .ref = {}}, setter);
  }
  const auto ban = Ban::from(record);
  if (ban && ban->action == Ban::Action::ban && !ban->keeps) just_banned_.push_back(ban->mask);
  if (const auto was = before ? Ban::from(*before) : std::nullopt; was && was->action == Ban::Action::except)
    just_banned_.push_back(was->mask);
  if (record.attribute.starts_with(attribute::ban) && tells) {
    const auto was = before ? Ban::from(*before) : std::nullopt;
    event::Any told = event::Unbanned{.id = number_in_attribute(record.attribute),
                                      .mask = was ? shown(was->mask) : std::string(),
                                      .by = record.by};
    if (ban) told = event::Banned{.ban = described(*ban, {})};
    const protocol::Event event{.body = std::move(told), .ref = {}};
    tell_judges(server_place(), event, [setter](const Session& session) { return &session == setter; });
    const auto& either = ban ? ban : was;
    if (either && either->action == Ban::Action::mute) tell_muted(either->mask, event, setter);
  }
}

/// A mute of the server, or its end, for those whom it silences; those who judge have been told.
void Moderation::tell_muted(const Mask& mask, const protocol::Event& event, const Session* except) {
  hub_.each_session([&](Session& session) {
    if (session.is_closed() || !session.is_welcome() || &session == except) return;
    const auto host = this->host(session, journal::server_key);
    if (server_rank(session) >= Rank::moderator ||
        !mask.matches(subject_of(session, host, session.peer()), in_range()))
      return;
    auto own = event;
    if (auto* const banned = std::get_if<event::Banned>(&own.body)) banned->matches = {session.name().shown};
    session.delivery().share(Rendered(own).in(session.delivery().format()), nullptr);
  });
}

void Moderation::settled() {
  const auto masks = std::exchange(just_banned_, {});
  if (masks.empty()) return;
  std::vector<std::pair<std::shared_ptr<Session>, Error>> gone;
  hub_.each_session([&](Session& session) {
    if (session.is_closed() || !session.is_welcome()) return;
    const auto host = this->host(session, journal::server_key);
    const auto peer = session.peer();
    const auto subject = subject_of(session, host, peer);
    if (std::none_of(masks.begin(), masks.end(),
                     [&](const Mask& mask) { return mask.matches(subject, in_range()); }))
      return;
    auto why = why_banned(session, session.name(), session.person().account());
    if (why && server_.bans().puts_out(subject, hub_.now().wall, in_range()))
      gone.emplace_back(session.shared_from_this(), *std::move(why));
  });
  for (const auto& [session, why] : gone) session->close(why);
}

// --- who hears of it

void Moderation::tell_all(const protocol::Event& event, const Session* except) {
  Rendered rendered(event);
  hub_.each_session([&](Session& session) {
    if (session.is_closed() || !session.is_welcome() || &session == except) return;
    session.delivery().share(rendered.in(session.delivery().format()), nullptr);
  });
}

void Moderation::announce(const event::Announcement& announcement, const Session* except) {
  tell_all({.body = announcement, .ref = {}}, except);
}

void Moderation::tell_judges(const Realm& place, const protocol::Event& event,
                             const IsExcepted& is_excepted) {
  Rendered rendered(event);
  hub_.each_session([&](Session& session) {
    if (session.is_closed() || !session.is_welcome() || is_excepted(session)) return;
    const bool is_judge =
        server_rank(session) >= Rank::moderator ||
        (place.room && session.stays().has(place.key) && may(rank(session, *place.room), Action::judge));
    if (is_judge) session.delivery().share(rendered.in(session.delivery().format()), nullptr);
  });
}

void Moderation::give(Room& room, const Person& person, Rank rank) const {
  room.give(person, rank, std::max(room.last(), newest_));
}

std::uint64_t Moderation::no_say_up_to(const Session& session, const Realm& place) const {
  const auto* const grant = place.room ? place.room->grant(session.person()) : nullptr;
  if (grant == nullptr || server_rank(session) >= Rank::moderator) return 0;
  const auto* const ruling = place.room->ruling();
  const bool has_role = ruling != nullptr && ruling->rank_of(session.person().account()) >= Rank::moderator;
  return has_role ? 0 : grant->since;
}

// --- coming into a room

/// Where what was said before is not for those who come, each is noted with the number of what there was: an
/// account for good, so that it finds again what it has heard.
void Moderation::let_in(Session& session, Room& room) {
  const auto* const ruling = room.ruling();
  if (ruling == nullptr || ruling->rules().history_for.value_or("members") != "since_join") return;
  if (may(rank(session, room), Action::delete_other)) return;
  const auto account = session.person().account();
  const auto what = std::string(attribute::since) + journal::author_key(account);
  const auto known =
      account == 0 ? std::nullopt : protocol::number_in<std::uint64_t>(room.attributes().value(what));
  const auto floor = known.value_or(room.last());
  room.set_floor(session.delivery(), floor);
  if (account != 0 && !known && floor != 0)
    set(place_of(room.key()), {{.attribute = what, .value = std::to_string(floor)}}, {}, {.tells = false});
}

Error Moderation::put_out_meanwhile(const Room& room) {
  return {Code::banned_here, "you have just been put out of " + room.name().shown};
}

bool Moderation::may_own_one_more(std::uint64_t account) const {
  const auto most = hub_.settings().owned_rooms;
  return account != 0 && (most == 0 || owned_by(account) < most);
}

/// A token that is for no ruling makes nobody an owner.
bool Moderation::may_begin(const Session& session, const Room& room) const {
  const auto lobby = protocol::parse_room(hub_.settings().default_room);
  const auto* const ruling = room.ruling();
  const bool is_owned = ruling != nullptr && ruling->owner() != 0;
  return !is_owned && session.scopes().has(accounts::Scope::moderate) && !(lobby && *lobby == room.name());
}

Rank Moderation::rank_of_first(const Session& session, const Room& room) const {
  const bool is_owner = may_own_one_more(session.person().account());
  return may_begin(session, room) && !is_owner ? Rank::moderator : Rank::anyone;
}

/// Who comes into an empty room that nobody owns runs it: with an account as its owner, else as long as he
/// stays.
void Moderation::entered(Answer& answer, const Rooms::RoomPtr& room, bool was_empty, MakeJoined joined) {
  auto& session = answer.session();
  std::vector<Setting> settings;
  const auto now = hub_.now().wall;
  const Setting created{.attribute = std::string(attribute::created),
                        .value = std::to_string(now.time_since_epoch().count())};
  if (room->attributes().find(attribute::closed) != nullptr) {
    settings.push_back({.attribute = std::string(journal::keep_age_attribute), .value = {}});
    settings.push_back({.attribute = std::string(attribute::closed), .value = {}});
    settings.push_back(created);
  }
  if (!was_empty || !may_begin(session, *room)) {
    // Somebody else may be about to begin it anew.
    const bool is_begun = hub_.in_flight().is_ruling(room->key());
    if (!settings.empty() && !is_begun) set(place_of(room->key()), std::move(settings), {}, {.tells = false});
    return answer.reply(joined());
  }
  // It may be closed just now, or he be banned from it.
  if (hub_.in_flight().is_ruling(room->key())) {
    const auto again = [this, room, joined = std::move(joined)](Answer& held) {
      if (!held.session().stays().has(room->key())) return held.fail(put_out_meanwhile(*room));
      entered(held, room, true, joined);
    };
    return hub_.in_flight().when_ruled(room->key(), std::move(answer), again);
  }
  const auto account = session.person().account();
  const auto place = place_of(room->key());
  if (!may_own_one_more(account)) {
    // Where several nodes share a log that came with its coming.
    if (!hub_.directory().shares_rooms()) give(*room, session.person(), Rank::moderator);
    if (!settings.empty()) set(place, std::move(settings), {}, {.tells = false});
    return answer.reply(joined());
  }
  if (room->is_new()) settings.push_back(created);
  settings.push_back(
      {.attribute = std::string(journal::owner_attribute), .value = journal::author_key(account)});
  auto note = audit(session, place, "role", hub_.logins().account_name(session.person()), {}, "owner");
  const auto weak = session.weak_from_this();
  const auto reply = [joined = std::move(joined), room,
                      weak](const auto& /*recorded*/) -> protocol::Result<event::Any> {
    const auto self = weak.lock();
    if (!self || !self->stays().has(room->key())) return put_out_meanwhile(*room);
    return event::Any(joined());
  };
  set(place, std::move(settings), {}, {.answer = std::move(answer), .reply = reply}, std::move(note),
      [this, weak, room](const auto& recorded) {
        const auto gone = weak.lock();
        // It is answered that this could not be stored, and so is not there.
        if (!recorded && gone && gone->stays().has(room->key())) hub_.rooms().leave(*gone, room, "left");
      });
}

void Moderation::carry_over(Session& session, const std::string& name, std::uint64_t account) {
  const auto what = std::string(attribute::invited) + "=" + name;
  const auto found = invited_guests_.find(what);
  if (found == invited_guests_.end()) return;
  const auto rooms = found->second;
  for (const auto& key : rooms) {
    // It may be taken back just now.
    hub_.in_flight().when_ruled(key, [this, key, what, account, weak = session.weak_from_this()] {
      const auto self = weak.lock();
      const auto place = place_of(key);
      const auto* const state = state_of(place);
      const auto* const record = state == nullptr ? nullptr : state->find(what);
      if (!self || record == nullptr || state->find(attribute::closed) != nullptr) return;
      const Packed packed(record->value);
      const auto from = packed.get("host");
      const auto until = packed.time("until");
      const bool is_his = from.empty() || from == host(*self, key);
      if (!is_his || (until && *until <= hub_.now().wall)) return;
      const auto by = record->by;
      set(place,
          {{.attribute = what, .value = {}},
           {.attribute = std::string(attribute::invited) + journal::author_key(account),
            .value = Packed().set("name", self->name().shown).set("by", packed.get("by")).text()}},
          by, {.tells = false});
    });
  }
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
