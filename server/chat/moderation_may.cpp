// Who may do what, in a room and on the whole server.
#include "server/chat/moderation.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
using protocol::Timestamp;
namespace event = protocol::event;

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

}  // namespace

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
  constexpr std::uint32_t versions = (std::uint32_t{1} << 27U) - 1;
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
  // What held before its end, or was on its way then, holds for nobody who begins it anew.
  if (room.attributes().find(attribute::closed) != nullptr) return std::nullopt;
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
  // Of a room that was closed and begun anew, not all may be erased yet that was said before.
  return std::max(room.floor(session.delivery()), end_of_former(room.attributes()));
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

}  // namespace hubbub::chat
