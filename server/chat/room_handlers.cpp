// The handlers for how a room is run: room, role, close and kick.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/text.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
using Realm = Moderation::Realm;
using Setting = Moderation::Setting;
namespace event = protocol::event;
using Reply = protocol::Result<event::Any>;

constexpr std::size_t most_key_bytes = 64;

/// What is wrong with the rules; nothing: nothing is.
std::optional<Error> fault_of(const protocol::RoomRules& rules) {
  if (rules.key) {
    const auto clean = protocol::clean_topic(*rules.key, most_key_bytes);
    const bool has_blank = rules.key->find_first_of(" \t") != std::string::npos;
    if (!clean || *clean != *rules.key || has_blank) {
      return Error{Code::bad_request, "a key is a word of " + std::to_string(most_key_bytes) +
                                          " bytes at most, without blanks; an empty one takes it away"};
    }
  }
  constexpr std::uint64_t most_slow_ms = std::uint64_t{24} * 3600 * 1000;
  if (rules.slow_mode.value_or(0) > most_slow_ms)
    return Error{Code::bad_request, "slow_mode is a day at most"};
  return std::nullopt;
}

/// The rules in words, for the audit: those that are asked for. Never the key.
std::string in_words(const protocol::RoomRules& asked, const protocol::RoomRules& shown) {
  std::string words;
  const auto now = attributes_of(shown);
  for (const auto& [attribute, value] : attributes_of(asked)) {
    const auto name = attribute.substr(attribute.find('/') + 1);
    const auto found =
        std::find_if(now.begin(), now.end(), [&](const auto& each) { return each.first == attribute; });
    const auto is = found == now.end() ? std::string() : found->second;
    words += (words.empty() ? "" : " ") + name + '=' +
             (name == "key" ? (is.empty() ? "none" : "set") : (is.empty() ? "none" : is));
  }
  return words;
}

void set_rules(Call& call, const Realm& place, const protocol::RoomRules& asked) {
  if (!is_allowed(call, place, Action::set_rules)) return;
  if (const auto fault = fault_of(asked)) return call.answer.fail(*fault);
  auto& moderation = call.hub.moderation();
  const auto before = moderation.described(place, true).rules;
  std::vector<Setting> settings;
  for (auto& [attribute, value] : attributes_of(asked))
    settings.push_back({std::move(attribute), std::move(value)});
  if (settings.empty()) return call.answer.fail({Code::bad_request, "\"set\" names no rule"});
  keep(call, place, settings);
  auto note =
      moderation.audit(call.session, place, "room", {}, in_words(asked, before), in_words(asked, asked));
  const auto by = doer_of(call.session);
  const auto reply = [&moderation, key = place.key, by](const auto& /*recorded*/) -> Reply {
    auto told = moderation.described(moderation.place_of(key), true);
    told.by = by;
    return event::Any(std::move(told));
  };
  moderation.set(place, std::move(settings), by, {.answer = std::move(call.answer), .reply = reply},
                 std::move(note));
}

std::optional<Error> why_not_ruled(Directory::Ruled outcome, const std::string& name) {
  switch (outcome) {
    case Directory::Ruled::done:
      break;
    case Directory::Ruled::gone:
      return Error{Code::no_such_user, name + " has just left"};
    case Directory::Ruled::late:
      return ruled_meanwhile();
    case Directory::Ruled::failed:
      return not_stored();
  }
  return std::nullopt;
}

/// A guest's, who has it as long as he is here.
void give_guest(Call& call, const Realm& place, const Target& target, std::string_view role) {
  const auto rank = rank_of_word(role);
  if (rank == Rank::owner) {
    return call.answer.fail({Code::login_required, target.name +
                                                       " has no account, and only an account can own a "
                                                       "room"});
  }
  auto& room = *place.room;
  event::Role told{
      .room = place.shown, .name = target.name, .role = std::string(role), .by = doer_of(call.session)};
  auto note = call.hub.moderation().audit(call.session, place, "role", target.name, {}, std::string(role));
  if (call.hub.directory().shares_rooms()) {
    const auto asker = std::make_shared<Answer>(std::move(call.answer));
    return call.hub.directory().grant(
        target.person, place.room, rank, told.by, note,
        [asker, told, room = place.room, person = target.person](Directory::Ruled outcome) mutable {
          auto held = std::move(*asker);
          if (const auto why = why_not_ruled(outcome, told.name)) return held.fail(*why);
          // As it is called now.
          told.name = person->name().shown;
          room->broadcast().deliver({.body = told, .ref = {}}, &held.session().delivery());
          auto& moderation = held.session().hub().moderation();
          held.reply(told);
          moderation.put_out_if_banned(room, *person);
        });
  }
  call.hub.in_flight().append({.room = place.key, .audit = std::move(note)}, {});
  call.hub.moderation().give(room, *target.person, rank);
  for (auto& session : target.person->sessions()) session.stays().weigh_anew();
  room.broadcast().deliver({.body = told, .ref = {}}, &call.session.delivery());
  call.answer.reply(told);
  call.hub.moderation().put_out_if_banned(place.room, *target.person);
}

/// A room without an owner is taken by an account that runs it for now.
bool may_claim(const Call& call, const Realm& place, const Target& target) {
  const auto* const state = call.hub.moderation().state_of(place);
  const bool has_owner = state != nullptr && !state->value(journal::owner_attribute).empty();
  const auto lobby = protocol::parse_room(call.hub.settings().default_room);
  const bool is_lobby = lobby && lobby->key == place.key;
  return !has_owner && !is_lobby && target.account != 0 &&
         target.account == call.session.person().account() && rank_in(call, place) >= Rank::moderator;
}

Action action_for(Rank wanted, Rank present) {
  if (wanted == Rank::owner || present == Rank::owner) return Action::hand_over;
  return std::max(wanted, present) == Rank::moderator ? Action::make_moderator : Action::give_voice;
}

}  // namespace

void handler::room(Call& call, const request::Room& asked) {
  const auto place = place_named(call, asked.room);
  if (!place) return;
  if (asked.set) return set_rules(call, *place, *asked.set);
  const auto rank = rank_in(call, *place);
  const bool sees_key = may(rank, Action::set_rules) && call.session.scopes().has(accounts::Scope::moderate);
  auto told = call.hub.moderation().described(*place, sees_key);
  told.role = role_word(rank);
  call.answer.reply(std::move(told));
}

void handler::role(Call& call, const request::Role& asked) {
  const auto place = place_named(call, asked.room);
  if (!place) return;
  const auto target = target_in(call, *place, asked.name.value_or(call.session.name().shown));
  if (!target) return;
  auto& moderation = call.hub.moderation();
  const auto wanted = rank_of_word(asked.role);
  const auto present = std::min(rank_of(call, *place, *target), Rank::owner);
  const bool is_mine = target->person.get() == &call.session.person();
  const bool gives_up = is_mine && wanted < present && present < Rank::owner;
  const bool claims = wanted == Rank::owner && may_claim(call, *place, *target);
  if (!gives_up && !claims && !is_allowed(call, *place, action_for(wanted, present))) return;
  if (target->account == 0) return give_guest(call, *place, *target, asked.role);
  const auto key = journal::author_key(target->account);
  const auto* const state = moderation.state_of(*place);
  const std::string owner(state == nullptr ? std::string_view() : state->value(journal::owner_attribute));
  const auto role_of = [](const std::string& account) { return std::string(attribute::role) + account; };
  std::vector<Setting> settings;
  if (wanted == Rank::owner) {
    const auto most = call.hub.settings().owned_rooms;
    if (owner == key)
      return call.answer.fail({Code::bad_request, target->name + " owns " + place->shown + " already"});
    if (most > 0 && moderation.owned_by(target->account) >= most) {
      return call.answer.fail({Code::too_many_rooms, target->name + " owns " + std::to_string(most) +
                                                         " rooms, which is the limit"});
    }
    if (!owner.empty()) settings.push_back({role_of(owner), "moderator"});
    settings.push_back({role_of(key), {}});
    settings.push_back({std::string(journal::owner_attribute), key});
  } else {
    if (owner == key) {
      return call.answer.fail({Code::denied, target->name + " owns " + place->shown +
                                                 "; a room is handed over to somebody else "
                                                 "(/role NAME owner), or closed"});
    }
    keep(call, *place, settings);
    settings.push_back({role_of(key), wanted == Rank::anyone ? std::string() : asked.role});
  }
  const auto by = doer_of(call.session);
  const event::Role told{.room = place->shown,
                         .name = target->name,
                         .account = call.hub.logins().registry().book().find(target->account)->name,
                         .role = asked.role,
                         .by = by};
  auto note = moderation.audit(call.session, *place, "role", target->name, std::string(role_word(present)),
                               asked.role);
  moderation.set(
      *place, std::move(settings), by,
      {.answer = std::move(call.answer), .reply = [told](const auto&) -> Reply { return event::Any(told); }},
      std::move(note));
}

namespace {

/// One who is here by way of other nodes, and perhaps of this one, too.
void put_out_elsewhere(Call& call, const Realm& place, const PersonPtr& person, const event::Kicked& told,
                       const journal::AuditPtr& note) {
  const auto asker = std::make_shared<Answer>(std::move(call.answer));
  call.hub.directory().put_out(place.room, person, told.by, told.reason, note,
                               [asker, told = event::Kicked(told), &hub = call.hub, person,
                                room = place.room](Directory::Ruled outcome) mutable {
                                 auto held = std::move(*asker);
                                 const bool is_here = Rooms::is_in(*person, *room);
                                 const bool is_done = outcome == Directory::Ruled::gone && is_here;
                                 const auto why = is_done ? std::nullopt : why_not_ruled(outcome, told.name);
                                 if (why) return held.fail(*why);
                                 told.name = person->name().shown;
                                 if (is_here) {
                                   hub.moderation().put_out(room, *person, told.by, told.reason,
                                                            &held.session());
                                 }
                                 held.reply(told);
                               });
}

}  // namespace

void handler::kick(Call& call, const request::Kick& asked) {
  const auto place = place_named(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::kick)) return;
  const auto target = target_in(call, *place, asked.name);
  if (!target) return;
  if (!target->person) {
    return call.answer.fail({Code::no_such_user, target->name + " is not in " + place->shown});
  }
  if (rank_of(call, *place, *target) >= rank_in(call, *place)) {
    return call.answer.fail(
        {Code::denied, target->name + " has as much to say in " + place->shown + " as you"});
  }
  const auto reason = reason_in(call, asked.reason);
  if (!reason) return;
  auto& moderation = call.hub.moderation();
  const auto by = doer_of(call.session);
  const event::Kicked told{.room = place->shown, .name = target->name, .by = by, .reason = *reason};
  auto note = moderation.audit(call.session, *place, "kick", target->name, {}, *reason);
  if (target->person->is_elsewhere()) return put_out_elsewhere(call, *place, target->person, told, note);
  // In its place among what is said: the reply puts him out, too.
  const auto reply = [&hub = call.hub, person = target->person, key = place->key, told,
                      setter = &call.session](const auto& /*recorded*/) -> Reply {
    const auto room = hub.rooms().find(key);
    if (!room || room->member(person->name().key) != person.get())
      return Error{Code::no_such_user, told.name + " has just left"};
    hub.moderation().put_out(room, *person, told.by, told.reason, setter);
    // Who has come by another node meanwhile is put out there, too.
    hub.directory().put_out(room, person, told.by, told.reason, {}, [](Directory::Ruled /*outcome*/) {});
    return event::Any(told);
  };
  call.hub.in_flight().append({.room = place->key, .audit = std::move(note)},
                              {.answer = std::move(call.answer), .reply = reply});
}

void handler::close_room(Call& call, const request::Close& asked) {
  const auto place = place_named(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::close)) return;
  const auto reason = reason_in(call, asked.reason);
  if (!reason) return;
  call.hub.moderation().close(std::move(call.answer), *place, *reason);
}

}  // namespace hubbub::chat
