// What rules, bans, roles and the like do when the journal has them, and who hears of it.
#include "server/chat/moderation.hpp"

#include <algorithm>
#include <ranges>
#include <string>
#include <unordered_set>
#include <utility>

#include "protocol/hex.hpp"
#include "protocol/text.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {
namespace {

using protocol::Error;
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
    if (!room.broadcast().is_admitted(delivery)) continue;
    if (!they.contains(&delivery)) {
      delivery.share(rendered.in(delivery.format()), &room);
    } else {
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

bool is_exception(const journal::StateRecord& record) {
  return record.attribute.starts_with(attribute::ban) &&
         Packed(record.value).get("action") == to_string(Ban::Action::except);
}

}  // namespace

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
  // Whoever closes it tells the log so, once; who comes behind that is in the room.
  if (is_end && committed.ticket != 0) hub_.logins().all_left(committed.room);
  if (!room) return;
  const auto* const known = room->attributes().find(record.attribute);
  const auto before = known == nullptr ? std::nullopt : std::optional(*known);
  const auto* const except = setter == nullptr ? nullptr : &setter->delivery();
  drop_grants(*room, record);
  const auto events = room->apply(record);
  if (tells) {
    for (const auto& told : events) room->broadcast().deliver({.body = told, .ref = {}}, except);
    tell(record, before ? &*before : nullptr, room, setter);
  }
  const bool is_from_elsewhere = committed.ticket == 0;
  if (is_from_elsewhere && record.attribute.starts_with(attribute::report) && !record.value.empty())
    tell_report(*this, {.key = room->key(), .shown = room->name().shown, .room = room}, record);
  if (const auto ban = Ban::from(record)) enforce(*ban, room);
  if (const auto was = before ? Ban::from(*before) : std::nullopt; was && was->action == Ban::Action::except)
    enforce(*was, room);
  if (record.attribute.starts_with(attribute::role))
    has_lost_role(room, journal::author_of(record.attribute.substr(attribute::role.size())));
  if (before && record.attribute == journal::owner_attribute)
    has_lost_role(room, journal::author_of(before->value));
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
  hub_.directory().closed(room);
  for (const auto& session : sessions) {
    hub_.rooms().leave(*session, room, "the room is closed");
    hub_.logins().left(*session, *room);  // also one who has come in since it was to be closed
  }
}

std::vector<Moderation::Setting> Moderation::ends_of_all(const journal::RoomState& state) {
  std::vector<Setting> settings;
  // From the end, since each that goes makes those behind it move up.
  // Exceptions after all else: as long as there are bans, they hold.
  for (const bool are_exceptions : {false, true}) {
    for (const auto& record : std::views::reverse(state.records())) {
      if (is_exception(record) == are_exceptions)
        settings.push_back({.attribute = record.attribute, .value = {}});
    }
  }
  return settings;
}

void Moderation::close(Answer&& answer, const Realm& place, const std::string& reason) {
  auto& session = answer.session();
  std::vector<Setting> settings;
  if (const auto* const state = state_of(place)) settings = ends_of_all(*state);
  // Also one that is on its way, and waits for nobody.
  settings.push_back({.attribute = std::string(journal::topic_attribute), .value = {}});
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
                         .role = std::string(told_role(role)),
                         .by = by};
  room.broadcast().deliver({.body = told, .ref = {}}, setter == nullptr ? nullptr : &setter->delivery());
}

Moderation::Ranks Moderation::ranks_of(Person& person) const {
  Ranks ranks;
  for (const auto& room : hub_.rooms().rooms_of(person)) ranks.emplace_back(room, room->rank_of(person));
  return ranks;
}

void Moderation::tell_roles(Person& person, const Ranks& before) {
  const auto* const account = hub_.logins().registry().book().find(person.account());
  for (const auto& room : hub_.rooms().rooms_of(person)) {
    const auto rank = room->rank_of(person);
    const auto role = role_word(rank);
    const bool is_known = std::find(before.begin(), before.end(), std::pair(room, rank)) != before.end();
    if (role.empty() || is_known) continue;
    const event::Role told{.room = room->name().shown,
                           .name = person.name().shown,
                           .account = account == nullptr ? std::string() : account->name,
                           .role = std::string(role),
                           .by = {}};
    room->broadcast().deliver({.body = told, .ref = {}});
  }
}

/// Puts out those whom a new ban is about, or an exception that has ended and a ban.
void Moderation::enforce(const Ban& ban, const Rooms::RoomPtr& room) {
  const bool is_new = ban.action == Ban::Action::ban && !ban.keeps;
  if (!is_new && ban.action != Ban::Action::except) return;
  const auto is_meant = [&](const Session& session) {
    return ban.mask.matches(subject_of(session, host(session, room->key())));
  };
  put_out_banned(room, is_meant, is_new ? &ban : nullptr);
}

void Moderation::put_out_if_banned(const Rooms::RoomPtr& room, const Person& person) {
  put_out_banned(room, [&person](const Session& session) { return &session.person() == &person; });
}

void Moderation::put_out_banned(const Rooms::RoomPtr& room,
                                const std::function<bool(const Session& session)>& is_meant,
                                const Ban* newest) {
  if (room->ruling() == nullptr) return;
  std::vector<std::pair<PersonPtr, Ban>> gone;
  for (const auto& participant : room->broadcast().participants()) {
    auto& session = dynamic_cast<Delivery&>(*participant).session();
    if (session.is_closed() || !is_meant(session)) continue;
    const auto* const why = ban_that_puts_out(session, *room);
    const PersonPtr person(&session.person());
    const bool is_known =
        std::any_of(gone.begin(), gone.end(), [&](const auto& each) { return each.first == person; });
    if (why != nullptr && !is_known) gone.emplace_back(person, newest != nullptr ? *newest : *why);
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

/// One deed may be several records: it is looked at behind the last of them.
void Moderation::look_at_lost_roles() {
  for (const auto& [room, account] : std::exchange(lost_roles_, {})) {
    const auto is_meant = [account](const Session& session) { return session.person().account() == account; };
    if (room) {
      hub_.in_flight().when_ruled(room->key(), [this, room, is_meant] { put_out_banned(room, is_meant); });
      continue;
    }
    std::vector<std::shared_ptr<Session>> sessions;
    hub_.each_session([&](Session& session) {
      if (!session.is_closed() && session.is_welcome() && is_meant(session))
        sessions.push_back(session.shared_from_this());
    });
    for (const auto& session : sessions)
      if (!session->is_closed()) leave_if_banned(*session);
  }
}

void Moderation::settled() {
  look_at_lost_roles();
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

}  // namespace hubbub::chat
