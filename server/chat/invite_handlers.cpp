// The handlers for invitations: into rooms, and to have an account.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/hex.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "server/accounts/token.hpp"
#include "server/chat/account_steps.hpp"
#include "server/chat/handlers.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/invitations.hpp"
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
namespace record = journal::account;
namespace request = protocol::request;
using Reply = protocol::Result<event::Any>;

constexpr std::uint64_t most_uses = 1'000'000;
// Open invitations of the server, and of a room: so many go into one answer.
constexpr std::size_t most_open = 300;
// Open invitations of persons, of a room, by name and by taking a token.
constexpr std::size_t most_invited = 20'000;
// In one answer.
constexpr std::size_t page_invites = 100;
// For so long a guest may enter who was invited by name.
constexpr std::chrono::hours guest_invitation{24};

/// Under what somebody is known as invited.
std::string invited_attribute(const Session& session) {
  const auto account = session.person().account();
  return std::string(attribute::invited) +
         (account == 0 ? "=" + session.name().key : journal::author_key(account));
}

/// The value of that: an account may enter for good, a guest, who is known by his name, for a day.
std::string invited_value(const Session& session, std::string_view place) {
  Packed packed;
  packed.set("name", session.name().shown);
  if (session.is_guest()) {
    packed.set("until", session.hub().now().wall + guest_invitation)
        .set("host", session.hub().moderation().host(session, place));
  }
  return packed.text();
}

Error spent() { return {Code::invite_invalid, "this invitation is used up, over, or none; ask for another"}; }

std::string link_to(Call& call, std::string_view token) {
  const auto& url = call.hub.operations().public_url;
  const auto base = url ? url() : std::string();
  return base.empty() ? base : base + "/#i=" + std::string(token);
}

/// Whether there is something to pass for those who come in.
bool is_guarded(const protocol::RoomRules& rules) {
  return rules.invite_only.value_or(false) || rules.key || rules.limit || rules.accounts_only == "enter";
}

// --- of one person

/// `is_only_told`: the room is open to him as to all.
void invite_person(Call& call, const Realm& place, const std::string& name, bool is_only_told) {
  const auto target = target_anywhere(call, name);
  if (!target) return;
  if (place.room && target->person && place.room->member(target->person->name().key) == target->person.get())
    return call.answer.fail({Code::already_joined, target->name + " is in " + place.shown + " already"});
  auto& moderation = call.hub.moderation();
  const auto by = doer_of(call.session);
  const event::Invited told{.room = place.shown, .name = target->name, .by = by};
  const auto name_key = target->person ? target->person->name().key : std::string();
  const auto what = std::string(attribute::invited) +
                    (target->account == 0 ? "=" + name_key : journal::author_key(target->account));
  Packed packed;
  packed.set("name", target->name).set("by", by);
  if (target->account == 0) {
    packed.set("until", call.hub.now().wall + guest_invitation);
    if (target->person && !target->person->sessions().empty())
      packed.set("host", moderation.host(target->person->sessions().front(), place.key));
  }
  const auto reply = [&hub = call.hub, told, person = target->person,
                      account = target->account](const auto& /*recorded*/) -> Reply {
    const protocol::Event event{.body = told, .ref = {}};
    Rendered rendered(event);
    const auto tell = [&](Session& session) {
      if (!session.is_closed()) session.delivery().share(rendered.in(session.delivery().format()), nullptr);
    };
    if (account != 0) {
      hub.logins().each_session(account, tell);
    } else if (person) {
      for (auto& session : person->sessions()) tell(session);
    }
    if (person && person->is_elsewhere()) hub.directory().invited(*person, told.room, told.by);
    return event::Any(told);
  };
  if (is_only_told) return call.answer.reply(*reply(InFlight::Recorded{}));
  auto note = moderation.audit(call.session, place, "invite", target->name);
  moderation.set(place, {{.attribute = what, .value = packed.text()}}, by,
                 {.answer = std::move(call.answer), .reply = reply}, std::move(note));
}

// --- by a token, into a room

void invite_by_token(Call& call, const Realm& place, const request::Invite& asked) {
  if (!is_private(call.answer) || !is_allowed(call, place, Action::invite_by_token)) return;
  const auto role = rank_of_word(asked.role.value_or(""));
  if (role == Rank::moderator && !is_allowed(call, place, Action::make_moderator)) return;
  auto& moderation = call.hub.moderation();
  const auto* const state = moderation.state_of(place);
  if (state != nullptr && state->all(attribute::invite).size() >= most_open) {
    return call.answer.fail({Code::denied, "there are " + std::to_string(most_open) +
                                               " open invitations here; take some of them back first"});
  }
  const auto uses = asked.uses.value_or(1);
  if (uses > most_uses)
    return call.answer.fail({Code::bad_request, "an invitation has 1000000 uses at most"});
  const auto token = std::make_shared<protocol::Secret>(accounts::new_token());
  const auto hash = *accounts::hash_token(token->text());
  const auto until = after(call.hub.now().wall, asked.for_ms);
  const auto by = doer_of(call.session);
  event::Invite told{.invitation = {.id = 0,
                                    .uses = uses,
                                    .until = until,
                                    .by = by,
                                    .room = place.shown,
                                    .role = asked.role.value_or("")},
                     .token = {},
                     .url = link_to(call, token->text())};
  const auto value =
      Packed()
          .set("token", protocol::hex({reinterpret_cast<const char*>(hash.data()), hash.size()}))
          .set("uses", std::to_string(uses))
          .set("until", until)
          .set("role", asked.role.value_or(""))
          .text();
  auto note = moderation.audit(call.session, place, "invite", "link", {}, protocol::counted(uses, "use"));
  const auto reply = [told, token](const InFlight::Recorded& recorded) -> Reply {
    auto made = told;
    made.invitation.id = recorded.number;
    made.token = token->text();
    return event::Any(std::move(made));
  };
  std::vector<Setting> settings{
      {.attribute = std::string(attribute::invite) + journal::numbered, .value = value}};
  keep(call, place, settings);
  moderation.set(place, std::move(settings), by, {.answer = std::move(call.answer), .reply = reply},
                 std::move(note));
}

event::Invitation described(const journal::StateRecord& each, const std::string& room) {
  const Packed packed(each.value);
  const bool is_of_one = each.attribute.starts_with(attribute::invited);
  return {.id = told_number(each),
          .uses = is_of_one ? 1 : protocol::number_in<std::uint64_t>(packed.get("uses")).value_or(0),
          .until = packed.time("until"),
          .by = each.by,
          .room = room,
          .role = std::string(packed.get("role")),
          .name = is_of_one ? std::string(packed.get("name")) : std::string()};
}

// --- to have an account

void invite_to_server(Call& call, const request::Invite& asked) {
  if (!is_private(call.answer)) return;
  if (call.hub.logins().registry().book().invitations().size() >= most_open) {
    return call.answer.fail({Code::denied, "there are " + std::to_string(most_open) +
                                               " open invitations; take some of them back first"});
  }
  const auto uses = asked.uses.value_or(1);
  if (uses > most_uses)
    return call.answer.fail({Code::bad_request, "an invitation has 1000000 uses at most"});
  const auto token = std::make_shared<protocol::Secret>(accounts::new_token());
  const auto until = after(call.hub.now().wall, asked.for_ms);
  const auto by = call.session.person().account();
  std::vector<record::Any> bodies{record::InvitationMade{.token = *accounts::hash_token(token->text()),
                                                         .uses = static_cast<std::uint32_t>(uses),
                                                         .until = until,
                                                         .by = by}};
  store_for_office(
      std::move(call.answer), std::move(bodies), "invitation made", protocol::counted(uses, "use"),
      [token, uses, until](Answer& held, std::uint64_t number) {
        auto& logins = held.session().hub().logins();
        held.reply(event::Invite{.invitation = {.id = number,
                                                .uses = uses,
                                                .until = until,
                                                .by = logins.account_name(held.session().person())},
                                 .token = std::string(token->text())});
      });
}

void invites_to_server(Call& call) {
  const auto& book = call.hub.logins().registry().book();
  event::Invites list;
  for (const auto* each : book.invitations()) {
    if (each->until && *each->until <= call.hub.now().wall) continue;
    const auto* const by = book.find(each->by);
    list.invites.push_back({.id = each->number,
                            .uses = each->uses,
                            .until = each->until,
                            .by = by == nullptr ? std::string() : by->name});
  }
  call.answer.reply(std::move(list));
}

void uninvite_from_server(Call& call, const request::Uninvite& asked) {
  store_for_office(std::move(call.answer), {record::InvitationRevoked{.invitation = asked.id}},
                   "invitation revoked", std::to_string(asked.id),
                   [](Answer& held, std::uint64_t /*record*/) { held.reply(event::Done{}); });
}

}  // namespace

void handler::invite(Call& call, const request::Invite& asked) {
  if (!asked.room) {
    if (const auto why = lack_of_office(call)) return call.answer.fail(*why);
    return invite_to_server(call, asked);
  }
  const auto place = place_named(call, *asked.room);
  if (!place) return;
  if (!asked.name) return invite_by_token(call, *place, asked);
  auto& moderation = call.hub.moderation();
  const auto* const state = moderation.state_of(*place);
  const bool is_judge = rank_in(call, *place) >= Rank::moderator;
  // An invitation opens every door, so where there is one not everybody may invite.
  if (state != nullptr && is_guarded(rules_of(*state)) && !is_allowed(call, *place, Action::invite_guarded))
    return;
  if (!is_judge) {
    const auto room = joined_room(call, place->shown);
    if (!room) return;
    if (const auto why = moderation.why_silent(call.session, *room)) return call.answer.fail(*why);
    if (call.session.is_guest())
      if (const auto why = call.hub.logins().why_silent()) return call.answer.fail(*why);
  }
  if (is_judge && state != nullptr && state->all(attribute::invited).size() >= most_invited) {
    return call.answer.fail({Code::denied, "there are " + std::to_string(most_invited) +
                                               " people invited here, which is the limit; take some of the "
                                               "invitations back first"});
  }
  // What somebody has from one who does not run the room does not outlast its being open.
  invite_person(call, *place, *asked.name, !is_judge);
}

void handler::invites(Call& call, const request::Invites& asked) {
  if (!asked.room) {
    if (const auto why = lack_of_office(call)) return call.answer.fail(*why);
    return invites_to_server(call);
  }
  const auto place = place_named(call, *asked.room);
  if (!place || !is_allowed(call, *place, Action::invite_by_token)) return;
  event::Invites list;
  if (const auto* const state = call.hub.moderation().state_of(*place)) {
    auto records = pointers_to(state->all(attribute::invite));
    for (const auto* const each : pointers_to(state->all(attribute::invited))) records.push_back(each);
    list.more = cut_page(records, asked.after.value_or(0), page_invites);
    for (const auto* const each : records) list.invites.push_back(described(*each, place->shown));
  }
  call.answer.reply(std::move(list));
}

void handler::uninvite(Call& call, const request::Uninvite& asked) {
  auto& moderation = call.hub.moderation();
  const auto found = moderation.find(asked.id);
  const bool is_one = found && (found->attribute.starts_with(attribute::invite) ||
                                found->attribute.starts_with(attribute::invited));
  const Error none{Code::invite_invalid, "there is no such invitation; see the list of those that are open"};
  if (!is_one) {
    // Whoever may not see them is not told which there are.
    if (lack_of_office(call)) return call.answer.fail(none);
    if (!call.session.scopes().has(accounts::Scope::admin))
      return call.answer.fail({Code::denied, "invitations to the server are for tokens with \"admin\""});
    return uninvite_from_server(call, asked);
  }
  if (!may(rank_in(call, found->place), Action::invite_by_token)) return call.answer.fail(none);
  auto note = moderation.audit(call.session, found->place, "uninvite", std::to_string(asked.id));
  moderation.set(found->place, {{.attribute = found->attribute, .value = {}}}, doer_of(call.session),
                 {.answer = std::move(call.answer),
                  .reply = [](const auto& /*recorded*/) -> Reply { return event::Any(event::Done{}); }},
                 std::move(note));
}

namespace {

/// `tries`: how many times it is looked at anew, where somebody on another node was faster.
void redeem_now(Answer&& answer, const std::string& token, const Redeemed& then, int tries = 3) {
  auto& hub = answer.session().hub();
  auto& moderation = hub.moderation();
  if (const auto why = moderation.why_locked()) {
    if (answer.session().is_guest()) return answer.fail(*why);
    return answer.fail({Code::denied, "invitations are paused for now; " + why->text});
  }
  const auto hash = accounts::hash_token(token);
  const auto now = hub.now().wall;
  if (hash && hub.logins().registry().book().find_invitation(*hash, now) != nullptr) return then(answer, {});
  const auto found = hash ? moderation.find_token(*hash) : std::nullopt;
  if (!found || !found->attribute.starts_with(attribute::invite)) return fail_login(answer, spent());
  // One after the other: each looks at what the one before has left.
  const auto use = [hash = *hash, token, then, tries](Answer& held) {
    auto& session = held.session();
    auto& rulings = session.hub().moderation();
    const auto again = rulings.find_token(hash);
    const auto* const state = again ? rulings.state_of(again->place) : nullptr;
    const auto* const each = state == nullptr ? nullptr : state->find(again->attribute);
    if (each == nullptr) return held.fail(spent());
    // What helps nobody is not used up.
    if (const auto room = session.hub().rooms().find(again->place.key)) {
      if (const auto why = rulings.why_banned_from(session, *room)) return held.fail(*why);
      if (session.stays().has(room->key()) &&
          rank_of_word(Packed(each->value).get("role")) <= rulings.rank(session, *room))
        return then(held, again->place.shown);
    }
    const Packed packed(each->value);
    const auto until = packed.time("until");
    const auto uses = protocol::number_in<std::uint64_t>(packed.get("uses")).value_or(0);
    if (uses == 0 || (until && *until <= session.hub().now().wall)) return held.fail(spent());
    if (state->all(attribute::invited).size() >= most_invited) {
      return held.fail(
          {Code::denied, again->place.shown + " has let in as many as it can; ask its moderators"});
    }
    std::vector<Setting> settings;
    settings.push_back({.attribute = again->attribute,
                        .value = uses == 1 ? std::string()
                                           : Packed()
                                                 .set("token", packed.get("token"))
                                                 .set("uses", std::to_string(uses - 1))
                                                 .set("until", until)
                                                 .set("role", packed.get("role"))
                                                 .text()});
    const auto role = rank_of_word(packed.get("role"));
    const auto account = session.person().account();
    if (account != 0 && role > rulings.rank(session, again->place.key, state)) {
      settings.push_back({.attribute = std::string(attribute::role) + journal::author_key(account),
                          .value = std::string(role_word(role))});
    }
    settings.push_back(
        {.attribute = invited_attribute(session), .value = invited_value(session, again->place.key)});
    auto note = rulings.audit(session, again->place, "redeem", session.name().shown);
    const auto answered = [token, then, tries, room = again->place.shown](
                              Answer& last, const std::optional<InFlight::Recorded>& recorded) {
      if (recorded) return then(last, room);
      const bool may_be_late = last.session().hub().directory().shares_rooms() && tries > 1;
      if (!may_be_late) return last.fail(not_stored());
      once_current(std::move(last), [token, then, tries](Answer& later) {
        redeem_now(std::move(later), token, then, tries - 1);
      });
    };
    rulings.set(again->place, std::move(settings), each->by, {}, std::move(note),
                answering(std::move(held), answered));
  };
  hub.in_flight().when_ruled(found->place.key, std::move(answer), use);
}

}  // namespace

void redeem(Answer&& answer, const std::string& token, const Redeemed& then) {
  auto& hub = answer.session().hub();
  const auto hash = accounts::hash_token(token);
  const bool is_here =
      hash && (hub.moderation().find_token(*hash) ||
               hub.logins().registry().book().find_invitation(*hash, hub.now().wall) != nullptr);
  if (!hash || is_here) return redeem_now(std::move(answer), token, then);
  // It may have been given out on another node just now.
  once_current(std::move(answer), [token, then](Answer& held) { redeem_now(std::move(held), token, then); });
}

bool is_invitation(Hub& hub, const std::string& token) {
  const auto hash = accounts::hash_token(token);
  const auto found = hash ? hub.moderation().find_token(*hash) : std::nullopt;
  return found && found->attribute.starts_with(attribute::invite);
}

void handler::redeem(Call& call, const request::Redeem& asked) {
  chat::redeem(std::move(call.answer), asked.token,
               [](Answer& held, const std::string& room) { held.reply(event::Redeemed{.room = room}); });
}

}  // namespace hubbub::chat
