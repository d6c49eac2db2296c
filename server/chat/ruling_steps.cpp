#include "server/chat/ruling_steps.hpp"

#include <algorithm>
#include <chrono>

#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

using protocol::Code;

protocol::Error ruled_meanwhile() { return {Code::busy, "somebody else has just ruled here; try again"}; }

std::optional<Moderation::Realm> place_named(Call& call, const std::string& name) {
  if (const auto room = call.session.stays().find(name))
    return Moderation::Realm{.key = room->key(), .shown = room->name().shown, .room = room};
  const auto parsed = protocol::parse_room(name);
  if (!parsed) {
    call.answer.fail(parsed.error());
    return std::nullopt;
  }
  const auto& moderation = call.hub.moderation();
  auto place = moderation.place_of(parsed->key);
  const bool is_known = !place.shown.empty();
  const auto rank =
      is_known ? moderation.rank(call.session, place.key, moderation.state_of(place)) : Rank::anyone;
  if (rank >= Rank::moderator) return place;
  if (!is_known || moderation.is_hidden_from(call.session, place.key, moderation.state_of(place))) {
    call.answer.fail({Code::no_such_room, "there is no room " + parsed->shown});
  } else {
    call.answer.fail({Code::not_joined, "you are not in " + place.shown + "; join it first"});
  }
  return std::nullopt;
}

std::optional<Moderation::Realm> place_or_server(Call& call, const std::optional<std::string>& room) {
  return room ? place_named(call, *room) : std::optional(Moderation::server_place());
}

Rank rank_in(const Call& call, const Moderation::Realm& place) {
  const auto& moderation = call.hub.moderation();
  if (place.is_server()) return moderation.server_rank(call.session);
  return moderation.rank(call.session, place.key, moderation.state_of(place));
}

bool is_allowed(Call& call, const Moderation::Realm& place, Action action) {
  if (!place.is_server()) {
    if (may(rank_in(call, place), action)) return true;
    call.answer.fail(refusal(action));
    return false;
  }
  // What the owner of a room may is on the server for its admins.
  const auto least = rights.at(static_cast<std::size_t>(action)).least;
  const auto needed = least >= Rank::owner ? Rank::admin : Rank::moderator;
  if (rank_in(call, place) >= needed) return true;
  call.answer.fail({Code::denied, needed == Rank::admin ? "that is for the server's admins"
                                                        : "that is for the server's moderators; in a room of "
                                                          "yours name the room"});
  return false;
}

std::optional<Target> target_in(Call& call, const Moderation::Realm& place, const std::string& name) {
  const auto parsed = protocol::parse_name(name);
  if (!parsed) {
    call.answer.fail(parsed.error());
    return std::nullopt;
  }
  auto* const member = place.room ? place.room->member(parsed->key) : nullptr;
  if (member != nullptr)
    return Target{.name = member->name().shown, .account = member->account(), .person = PersonPtr(member)};
  const auto* const account = call.hub.logins().registry().book().find(*parsed);
  if (account != nullptr) return Target{.name = account->name, .account = account->number};
  call.answer.fail({Code::no_such_user, place.is_server() || place.shown.empty()
                                            ? "nobody is called " + parsed->shown
                                            : "nobody in " + place.shown + " is called " + parsed->shown});
  return std::nullopt;
}

std::optional<Target> target_anywhere(Call& call, const std::string& name) {
  const auto parsed = protocol::parse_name(name);
  if (!parsed) {
    call.answer.fail(parsed.error());
    return std::nullopt;
  }
  PersonPtr bearer;
  call.hub.directory().find(*parsed, [&bearer](const PersonPtr& person) { bearer = person; });
  if (bearer) return Target{.name = bearer->name().shown, .account = bearer->account(), .person = bearer};
  const auto* const account = call.hub.logins().registry().book().find(*parsed);
  if (account != nullptr) return Target{.name = account->name, .account = account->number};
  call.answer.fail(nobody_called(parsed->shown));
  return std::nullopt;
}

Rank rank_of(const Call& call, const Moderation::Realm& place, const Target& target) {
  auto rank = Rank::anyone;
  if (place.room && target.person) rank = place.room->rank_of(*target.person);
  const auto* const state = call.hub.moderation().state_of(place);
  if (state != nullptr && target.account != 0) {
    const auto key = journal::author_key(target.account);
    rank = std::max(rank, rank_of_word(state->value(std::string(attribute::role) + key)));
    if (state->value(journal::owner_attribute) == key) rank = std::max(rank, Rank::owner);
  }
  const auto* const account = call.hub.logins().registry().book().find(target.account);
  if (account == nullptr) return rank;
  if (account->role == journal::ServerRole::admin) return Rank::admin;
  return account->role == journal::ServerRole::moderator ? std::max(rank, Rank::moderator) : rank;
}

void keep(Call& call, const Moderation::Realm& place, std::vector<Moderation::Setting>& settings) {
  const auto* const state = call.hub.moderation().state_of(place);
  const bool lasts = state != nullptr && state->is_lasting();
  if (!lasts && call.hub.moderation().server_rank(call.session) >= Rank::moderator)
    settings.insert(settings.begin(), {.attribute = std::string(journal::kept_attribute), .value = "1"});
}

void leave_where_banned(Session& session) {
  auto& moderation = session.hub().moderation();
  const PersonPtr person(&session.person());
  std::vector<std::pair<std::shared_ptr<Room>, Ban>> banned;
  for (const auto& each : person->sessions()) {
    for (const auto& stay : each.stays().all()) {
      if (const auto* const ban = moderation.ban_that_puts_out(each, *stay.room))
        banned.emplace_back(stay.room, *ban);
    }
  }
  for (const auto& [room, ban] : banned) moderation.put_out(room, *person, ban.by, ban.reason);
}

bool close_if_banned(Session& session, std::string_view ref) {
  const auto self = session.shared_from_this();
  const auto why = self->hub().moderation().why_banned(*self, self->name(), self->person().account());
  if (why) self->close(*why, ref, to_string(why->code));
  return why.has_value();
}

void leave_if_banned(Session& session) {
  if (!close_if_banned(session, {})) leave_where_banned(session);
}

std::optional<std::string> reason_in(Call& call, const std::optional<std::string>& given) {
  constexpr std::size_t most_bytes = 500;
  if (!given || given->empty()) return std::string();
  const auto text = protocol::clean_topic(*given, most_bytes);
  if (text) return *text;
  call.answer.fail({Code::bad_request,
                    "a reason is a line of plain text, of " + std::to_string(most_bytes) + " bytes at most"});
  return std::nullopt;
}

std::optional<protocol::Timestamp> after(protocol::Timestamp now,
                                         const std::optional<std::uint64_t>& span_ms) {
  // Far enough, and nothing overflows.
  constexpr std::uint64_t a_century = std::uint64_t{100} * 366 * 24 * 3600 * 1000;
  if (!span_ms) return std::nullopt;
  return now + std::chrono::milliseconds(std::min(*span_ms, a_century));
}

Records pointers_to(std::span<const journal::StateRecord> records) {
  Records pointers;
  pointers.reserve(records.size());
  for (const auto& each : records) pointers.push_back(&each);
  return pointers;
}

std::uint64_t told_number(const journal::StateRecord& record) {
  const auto number = number_in_attribute(record.attribute);
  return number != 0 ? number : record.seq;
}

bool cut_page(Records& records, std::uint64_t after, std::size_t limit) {
  std::vector<std::pair<std::uint64_t, const journal::StateRecord*>> numbered;
  for (const auto* const each : records)
    if (const auto id = told_number(*each); id > after) numbered.emplace_back(id, each);
  const auto kept = std::min(limit, numbered.size());
  std::partial_sort(numbered.begin(), numbered.begin() + static_cast<std::ptrdiff_t>(kept), numbered.end());
  records.clear();
  for (std::size_t i = 0; i < kept; ++i) records.push_back(numbered[i].second);
  return numbered.size() > kept;
}

std::string doer_of(const Session& session) {
  return session.is_welcome() ? session.name().shown : std::string("operator");
}

}  // namespace hubbub::chat
