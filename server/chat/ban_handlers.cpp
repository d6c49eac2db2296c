// The handlers for bans, mutes and exceptions, in rooms and on the server: ban, unban and bans.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
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
namespace event = protocol::event;
using Reply = protocol::Result<event::Any>;

// Bans of one room, and of the server.
constexpr std::size_t most_bans = 20'000;
// In one answer.
constexpr std::size_t page_bans = 100;
// Names that a ban tells it is about.
constexpr std::size_t most_matches = 100;

/// An open session of that person that has an address; null: there is none.
Session* with_address(Person& person) {
  for (auto& session : person.sessions())
    if (!session.is_closed() && !session.address().empty()) return &session;
  return nullptr;
}

/// Whom the server knows by that name: in the room, or anywhere.
PersonPtr person_named(Call& call, const Realm& place, const protocol::Name& name) {
  if (place.room) {
    if (auto* const member = place.room->member(name.key)) return PersonPtr(member);
  }
  PersonPtr found;
  call.hub.directory().find(name, [&found](const PersonPtr& person) { found = person; });
  return found;
}

/// The mask for a person: of the account, else of where the guest is from, else of the name. In a room it is
/// known where those are from who are there, or have just left: else whoever makes a room could learn from it
/// who on the server is from one place.
Mask mask_of(Call& call, const Realm& place, const protocol::Name& name) {
  const auto& moderation = call.hub.moderation();
  const auto person = person_named(call, place, name);
  if (person && person->account() != 0) return Mask::of_account(person->account());
  const bool is_there = person && (place.is_server() || (place.room && place.room->member(name.key)));
  if (const auto* const session = is_there ? with_address(*person) : nullptr)
    return Mask::of_host(moderation.host(*session, place.key));
  if (const auto* const account = call.hub.logins().registry().book().find(name))
    return Mask::of_account(account->number);
  const auto address = place.room ? place.room->address_of_gone(name.key, call.hub.now().steady) : "";
  return address.empty() ? Mask::of_name(name.key) : Mask::of_host(moderation.host_of(address, place.key));
}

/// What is typed for a mask; else that is answered.
std::optional<Mask> mask_in(Call& call, const Realm& place, const std::string& of) {
  const auto refuse = [&](Error why) {
    call.answer.fail(std::move(why));
    return std::nullopt;
  };
  const auto colon = of.find(':');
  if (colon == std::string::npos) {
    const auto name = protocol::parse_name(of);
    return name ? std::optional(mask_of(call, place, *name)) : refuse(name.error());
  }
  const auto kind = std::string_view(of).substr(0, colon);
  const auto what = of.substr(colon + 1);
  if (kind == "name") {
    const auto pattern = name_pattern(what);
    return pattern ? std::optional(Mask::of_name(*pattern)) : refuse(pattern.error());
  }
  if (kind == "account") {
    const auto name = protocol::parse_name(what);
    const auto* const account = name ? call.hub.logins().registry().book().find(*name) : nullptr;
    if (account != nullptr) return Mask::of_account(account->number);
    return refuse({Code::no_such_account, "no account has the name " + what});
  }
  if (kind == "host") {
    constexpr std::size_t length = 13;
    const bool is_one = what.size() == length &&
                        what.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos;
    if (is_one) return Mask::of_host(what);
    return refuse({Code::bad_request, "a host: mask is one that a list of bans has shown"});
  }
  if (kind == "address" && place.is_server()) {
    const auto& fault_of = call.hub.operations().fault_of_range;
    const auto fault = fault_of ? fault_of(what) : std::optional<std::string>("cannot be banned here");
    if (!fault) return Mask::of_address(what);
    return refuse({Code::bad_request, what + " " + *fault});
  }
  return refuse({Code::bad_request, place.is_server()
                                        ? "a mask is name:PATTERN, account:NAME, host:HASH or address:RANGE"
                                        : "a mask is name:PATTERN, account:NAME or host:HASH in a room"});
}

/// Who is there, and whom the mask is about. Those whom it has no power over are not among them, nor, unless
/// it is an exception itself, those whom one lifts out.
std::vector<std::string> matches_of(Call& call, const Realm& place, const Mask& mask, bool is_exception) {
  const auto& moderation = call.hub.moderation();
  std::vector<std::string> names;
  const auto* const ruling = place.is_server() ? &moderation.server()
                             : place.room      ? place.room->ruling()
                                               : nullptr;
  const auto* const bans = ruling == nullptr ? nullptr : &ruling->bans();
  const auto take = [&](const std::string& name, const Subject& subject, Rank rank) {
    if (names.size() >= most_matches || rank >= Rank::moderator) return;
    if (!mask.matches(subject, moderation.in_range())) return;
    if (!is_exception && bans != nullptr &&
        bans->is_excepted(subject, call.hub.now().wall, moderation.in_range()))
      return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  const auto take_session = [&](Session& session) {
    if (session.is_closed() || !session.is_welcome()) return;
    const auto host = moderation.host(session, place.key);
    const auto peer = session.peer();
    take(session.name().shown, Moderation::subject_of(session, host, peer),
         place.room ? moderation.rank(session, *place.room) : moderation.server_rank(session));
  };
  // From where those come who are there by way of other nodes is not known.
  const auto take_elsewhere = [&](const Person& person) {
    if (!person.is_elsewhere()) return;
    const auto* const account = call.hub.logins().account_of(person);
    const bool has_office = account != nullptr && account->role != journal::ServerRole::none;
    take(person.name().shown,
         {.name = person.name().key, .account = person.account(), .host = {}, .address = {}},
         has_office ? Rank::moderator : place.room->rank_of(person));
  };
  if (place.is_server()) {
    call.hub.each_session(take_session);
  } else if (place.room) {
    for (const auto& participant : place.room->broadcast().participants())
      take_session(dynamic_cast<Delivery&>(*participant).session());
    place.room->each_member(take_elsewhere);
  }
  return names;
}

/// Whether the one who asks may do that to whom the mask names; else that is answered. `of`: as it was typed.
bool outranks(Call& call, const Realm& place, const std::string& of, const Mask& mask) {
  // A guest who runs the room is known by his name alone.
  const auto name = protocol::parse_name(of);
  const auto* const member = name && place.room ? place.room->member(name->key) : nullptr;
  if (member != nullptr && place.room->rank_of(*member) >= Rank::moderator) {
    call.answer.fail({Code::denied, member->name().shown +
                                        " runs this room, and no ban is about those who do; take "
                                        "the role away first"});
    return false;
  }
  if (mask.kind() != Mask::Kind::account) return true;
  const auto* const account = call.hub.logins().registry().book().find(mask.account());
  if (account == nullptr) return true;
  auto rank = rank_of(call, place, {.name = account->name, .account = account->number});
  if (place.is_server() && account->role != journal::ServerRole::none)
    rank = account->role == journal::ServerRole::admin ? Rank::admin : Rank::moderator;
  if (rank < Rank::moderator) return true;
  call.answer.fail({Code::denied, account->name +
                                      " is a moderator or more here, whom no ban is about; take the "
                                      "role away first"});
  return false;
}

}  // namespace

void handler::ban(Call& call, const request::Ban& asked) {
  const auto place = place_or_server(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::ban)) return;
  auto& moderation = call.hub.moderation();
  const auto mask = mask_in(call, *place, asked.of);
  if (!mask) return;
  const auto reason = reason_in(call, asked.reason);
  if (!reason) return;
  const auto now = call.hub.now().wall;
  Ban ban{.mask = *mask,
          .action = ban_action_from(asked.action.value_or("ban")).value_or(Ban::Action::ban),
          .until = after(now, asked.for_ms),
          .by = doer_of(call.session),
          .reason = *reason,
          .at = now,
          .keeps = asked.keep};
  if (ban.action != Ban::Action::except && !outranks(call, *place, asked.of, *mask)) return;
  event::Banned told{.ban = moderation.described(ban, place->shown),
                     .matches = matches_of(call, *place, *mask, ban.action == Ban::Action::except)};
  if (asked.dry_run) return call.answer.reply(std::move(told));
  const auto* const state = moderation.state_of(*place);
  if (state != nullptr && state->all(attribute::ban).size() >= most_bans) {
    return call.answer.fail(
        {Code::bad_request, "there are " + std::to_string(most_bans) +
                                " bans here, which is the limit; end some, or ban a pattern"});
  }
  std::vector<Moderation::Setting> settings{{std::string(attribute::ban) + journal::numbered, ban.packed()}};
  if (!place->is_server()) keep(call, *place, settings);
  auto note =
      moderation.audit(call.session, *place, std::string(to_string(ban.action)), told.ban.mask, {}, *reason);
  const auto reply = [told](const InFlight::Recorded& recorded) -> Reply {
    auto now_told = told;
    now_told.ban.id = recorded.number;
    return event::Any(std::move(now_told));
  };
  const auto by = ban.by;
  moderation.set(*place, std::move(settings), by, {.answer = std::move(call.answer), .reply = reply},
                 std::move(note));
}

void handler::unban(Call& call, const request::Unban& asked) {
  auto& moderation = call.hub.moderation();
  const auto found = moderation.find(asked.id);
  const bool is_ban = found && found->attribute.starts_with(attribute::ban);
  const auto* const state = is_ban ? moderation.state_of(found->place) : nullptr;
  const auto* const record = state == nullptr ? nullptr : state->find(found->attribute);
  const auto ban = record == nullptr ? std::nullopt : Ban::from(*record);
  // Who may not see it is not told that there is one.
  const bool may_see =
      ban && (found->place.is_server() ? moderation.server_rank(call.session) >= Rank::moderator
                                       : may(rank_in(call, found->place), Action::ban));
  if (!may_see)
    return call.answer.fail({Code::bad_request, "there is no ban of that number; see the list of bans"});
  const auto by = doer_of(call.session);
  const event::Unbanned told{
      .id = asked.id, .room = found->place.shown, .mask = moderation.shown(ban->mask), .by = by};
  auto note =
      moderation.audit(call.session, found->place, "unban", told.mask, std::string(to_string(ban->action)));
  moderation.set(found->place, {{.attribute = found->attribute, .value = {}}}, by,
                 {.answer = std::move(call.answer),
                  .reply = [told](const auto& /*recorded*/) -> Reply { return event::Any(told); }},
                 std::move(note));
}

void handler::bans(Call& call, const request::Bans& asked) {
  const auto place = place_or_server(call, asked.room);
  if (!place || !is_allowed(call, *place, Action::ban)) return;
  const auto& moderation = call.hub.moderation();
  event::Bans page;
  const auto* const state = moderation.state_of(*place);
  if (state == nullptr) return call.answer.reply(std::move(page));
  auto records = pointers_to(state->all(attribute::ban));
  page.more = cut_page(records, asked.after.value_or(0), page_bans);
  for (const auto* const record : records) {
    if (const auto ban = Ban::from(*record)) page.bans.push_back(moderation.described(*ban, place->shown));
  }
  call.answer.reply(std::move(page));
}

}  // namespace hubbub::chat
