// Coming into a room, past those who run it.
#include "server/chat/moderation.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "protocol/text.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;

}  // namespace

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
  const auto coming = coming_to_own_.find(account);
  const auto others = coming == coming_to_own_.end() ? 0 : coming->second;
  return account != 0 && (most == 0 || owned_by(account) + others < most);
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

void Moderation::entered(Answer& answer, const Rooms::RoomPtr& room, bool was_empty,
                         const MakeJoined& joined) {
  begin(answer, {.room = room, .was_empty = was_empty, .joined = joined});
}

/// Whether nobody else is in the room, or about to be.
bool Moderation::is_alone(const Session& session, const Room& room) {
  const auto& person = session.person();
  const auto& here = room.broadcast().participants();
  return room.size() <= (room.sessions_of(person) > 0 ? 1U : 0U) &&
         std::ranges::all_of(here, [&](const auto& other) { return &other->person() == &person; });
}

/// Who comes into an empty room that nobody owns runs it: with an account as its owner, else as long as he
/// stays. One that was closed is begun anew, and he is answered when that is stored: what is said in one that
/// is closed still goes with it.
void Moderation::begin(Answer& answer, const Coming& coming) {
  auto& session = answer.session();
  const auto& room = coming.room;
  if (!session.stays().has(room->key())) return answer.fail(put_out_meanwhile(*room));
  std::vector<Setting> settings;
  const auto now = hub_.now().wall;
  const Setting created{.attribute = std::string(attribute::created),
                        .value = std::to_string(now.time_since_epoch().count())};
  const auto former = [](std::uint64_t up_to) {
    return Setting{.attribute = std::string(attribute::former), .value = std::to_string(up_to)};
  };
  if (const auto* const closed = room->attributes().find(attribute::closed)) {
    settings.push_back(former(closed->seq));
    // With what was on its way when it was closed.
    for (auto& end : ends_of_all(room->attributes()))
      if (end.attribute != attribute::former) settings.push_back(std::move(end));
    settings.push_back(created);
  }
  // Whoever was to begin it may have had to go again.
  const bool is_first = coming.was_empty || is_alone(session, *room);
  const bool runs_it = is_first && may_begin(session, *room);
  if (!runs_it && settings.empty()) return answer.reply(coming.joined());
  // It may be closed just now, or be begun anew by somebody else, or he be banned from it.
  if (hub_.in_flight().is_ruling(room->key())) {
    return hub_.in_flight().when_ruled(room->key(), std::move(answer),
                                       [this, coming](Answer& held) { begin(held, coming); });
  }
  const auto place = place_of(room->key());
  const auto account = session.person().account();
  const bool owns_it = runs_it && may_own_one_more(account);
  if (runs_it && !owns_it) {
    // Where several nodes share a log that came with its coming, unless somebody had the room then.
    if (!hub_.directory().shares_rooms()) {
      give(*room, session.person(), Rank::moderator);
    } else if (room->rank_of(session.person()) < Rank::moderator) {
      hub_.directory().grant(PersonPtr(&session.person()), room, Rank::moderator, {}, {},
                             [](Directory::Ruled /*outcome*/) {});
    }
    if (settings.empty()) return answer.reply(coming.joined());
  }
  journal::AuditPtr note;
  if (owns_it) {
    ++coming_to_own_[account];
    if (room->is_new()) {
      settings.push_back(former(0));
      settings.push_back(created);
    }
    settings.push_back(
        {.attribute = std::string(journal::owner_attribute), .value = journal::author_key(account)});
    note = audit(session, place, "role", hub_.logins().account_name(session.person()), {}, "owner");
  }
  const auto waiting = std::make_shared<Answer>(std::move(answer));
  set(place, std::move(settings), {}, {.tells = owns_it}, std::move(note),
      [this, coming, waiting, owner = owns_it ? account : 0](const auto& recorded) {
        auto held = std::move(*waiting);
        if (owner != 0 && --coming_to_own_[owner] == 0) coming_to_own_.erase(owner);
        begun(held, coming, recorded.has_value());
      });
}

void Moderation::begun(Answer& answer, Coming coming, bool is_stored) {
  if (!answer.is_wanted()) return;
  const auto& room = coming.room;
  auto& session = answer.session();
  if (!session.stays().has(room->key())) return answer.fail(put_out_meanwhile(*room));
  if (is_stored) return answer.reply(coming.joined());
  // Somebody on another node may have begun it at that moment.
  if (hub_.directory().shares_rooms() && coming.tries-- > 0) {
    return once_current(std::move(answer), [this, coming](Answer& held) { begin(held, coming); });
  }
  hub_.rooms().leave(session, room, "left");
  hub_.logins().left(session, *room);
  answer.fail(not_stored());
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

}  // namespace hubbub::chat
