#include "server/chat/logins.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

using journal::Applied;
using protocol::Code;
using protocol::Error;
namespace event = protocol::event;
namespace record = journal::account;

Error not_now() { return {Code::storage_failed, "this cannot be done now; try again later"}; }

Error taken(const protocol::Name& name, std::string_view owner) {
  return {Code::name_taken, "the name " + name.shown + " is taken or looks like one that is taken, " +
                                std::string(owner) + "; choose another"};
}

}  // namespace

Logins::Logins(Hub& hub, accounts::Registry& registry) : hub_(hub), registry_(registry) {
  hub.in_flight().on_account(
      [this](const journal::AccountRecord& each, bool is_own) { return apply(each, is_own); },
      [this] { settled(); });
}

const accounts::Account* Logins::account_of(const Person& person) const {
  return person.account() == 0 ? nullptr : registry_.book().find(person.account());
}

std::string Logins::account_name(const Person& person) const {
  const auto* const account = account_of(person);
  return account == nullptr ? std::string() : account->name;
}

void Logins::name_accounts(std::vector<protocol::MessagePtr>& messages, std::string_view room) const {
  const auto parties = journal::parties_in(room);
  const auto name_of = [&](std::uint64_t account) {
    const auto* const found = registry_.book().find(account);
    if (found != nullptr) return found->name;
    return parties ? journal::author_key(account) : std::string();
  };
  std::uint64_t author = 0;
  std::string account;
  std::string to;
  for (auto& message : messages) {
    if (message->author == 0) continue;
    // Often several messages in a row are somebody's.
    if (message->author != author) {
      author = message->author;
      account = name_of(author);
      if (parties) to = name_of(parties->other(author));
    }
    if (message->account == account && message->to == to) continue;
    auto named = std::make_shared<protocol::Message>(*message);
    named->account = account;
    named->to = to;
    message = std::move(named);
  }
}

std::optional<Error> Logins::why_not(std::uint64_t account, const protocol::Name& name) const {
  const auto& book = registry_.book();
  if (book.is_empty()) return std::nullopt;
  const auto* const owner = book.find_alike(name);
  if (owner != nullptr && owner->number != account) {
    const auto what = book.find(name) == owner
                          ? "belongs to an account"
                          : "looks like " + owner->name + ", which belongs to an account";
    return Error{Code::name_taken, "the name " + name.shown + " " + what +
                                       "; log in if that is yours (/login " + owner->name +
                                       " PASSWORD), or choose another"};
  }
  if (owner == nullptr && book.is_reserved(name, hub_.now().wall, account)) {
    return Error{Code::name_taken, "the name " + name.shown +
                                       " was an account's, and nobody else may bear it for a while; choose "
                                       "another"};
  }
  return std::nullopt;
}

std::optional<Error> Logins::why_silent() const {
  if (auto why = hub_.moderation().why_locked()) return why;
  if (registry_.settings().guests == accounts::Settings::Guests::speak) return std::nullopt;
  return Error{Code::login_required, "guests can only read here; log in to speak (/login NAME PASSWORD)"};
}

void Logins::append(record::Any body, InFlight::Done done) {
  hub_.in_flight().append(std::move(body), hub_.now().wall, std::move(done));
}

// --- who is here of an account, and where

void Logins::belongs(Person& person, std::uint64_t account) {
  // A guest until now.
  for (auto& session : person.sessions()) session.note_former(identity(person));
  person.set_account(account);
  people_[account].emplace_back(&person);
  hub_.directory().belongs(PersonPtr(&person), account);
}

void Logins::gone(Person& person) {
  const auto found = people_.find(person.account());
  if (found == people_.end()) return;
  std::erase(found->second, &person);
  if (found->second.empty()) people_.erase(found);
}

void Logins::each_session(std::uint64_t account, const std::function<void(Session&)>& visit) const {
  const auto found = people_.find(account);
  if (found == people_.end()) return;
  for (const auto& person : found->second) {
    for (auto& session : person->sessions())
      if (!session.is_closed()) visit(session);
  }
}

void Logins::entered(const Session& session, const Room& room) {
  const auto account = session.person().account();
  if (account == 0) return;
  const auto& book = registry_.book();
  const auto* const place = book.place(account, room.key());
  const bool is_leaving = leaving_.contains(std::pair(account, room.key()));
  if (place != nullptr && place->is_in && !is_leaving) return;
  append(record::RoomEntered{.account = account, .room = room.key(), .name = room.name().shown},
         [](const auto&) {});
}

void Logins::left(const Session& session, const Room& room) {
  const auto account = session.person().account();
  if (account == 0) return;
  bool is_still_in = false;
  each_session(account, [&](const Session& other) {
    is_still_in = is_still_in || (&other != &session && other.stays().find(room.name().shown) != nullptr);
  });
  if (is_still_in) return;
  note_left(account, room.key());
}

void Logins::note_left(std::uint64_t account, const std::string& key) {
  leaving_.emplace(account, key);
  append(record::RoomLeft{.account = account, .room = key},
         [this, account, key](const auto&) { leaving_.erase(leaving_.find(std::pair(account, key))); });
}

void Logins::all_left(const std::string& room) {
  for (const auto account : registry_.book().those_in(room)) note_left(account, room);
}

std::vector<event::RememberedRoom> Logins::rooms_of(std::uint64_t account) const {
  std::vector<event::RememberedRoom> rooms;
  for (const auto& [key, place] : registry_.book().places(account)) {
    if (!place.is_in) continue;
    // The first message in an empty room may have changed the spelling of its name.
    const auto room = hub_.rooms().find(key);
    rooms.push_back({.room = room ? room->name().shown : place.name, .read = place.read});
  }
  return rooms;
}

std::uint64_t Logins::read_up_to(std::uint64_t account, const std::string& key) const {
  const auto* const place = registry_.book().place(account, key);
  return place == nullptr ? 0 : place->read;
}

void Logins::entered_all(const Session& session) {
  for (const auto& stay : session.stays().all()) entered(session, *stay.room);
}

// --- what records do to those who are here

Applied Logins::apply(const journal::AccountRecord& each, bool is_own) {
  const auto applied = registry_.book().apply(each);
  if (applied != Applied::done) return applied;
  if (const auto* read = std::get_if<record::ReadUpTo>(&each.body); read != nullptr && !is_own)
    hub_.conversations().tell_read(read->account, read->place, read->name);
  if (std::holds_alternative<record::Begun>(each.body)) newly_named_.push_back(each.seq);
  if (const auto* renamed = std::get_if<record::Renamed>(&each.body))
    newly_named_.push_back(renamed->account);
  if (const auto* others = std::get_if<record::OthersRevoked>(&each.body))
    left_alone_.push_back(others->account);
  if (const auto* role = std::get_if<record::RoleSet>(&each.body)) {
    each_session(role->account, [](Session& session) { session.stays().weigh_anew(); });
    hub_.moderation().has_lost_role(nullptr, role->account);
  }
  const auto* const added = std::get_if<record::DeviceAdded>(&each.body);
  // The last device that an account may have can have taken the place of another.
  const bool has_replaced =
      added != nullptr && registry_.book().find(added->account)->devices.size() == journal::most_devices;
  may_be_gone_ = may_be_gone_ || has_replaced || std::holds_alternative<record::DeviceRevoked>(each.body) ||
                 std::holds_alternative<record::OthersRevoked>(each.body) ||
                 std::holds_alternative<record::Suspended>(each.body) ||
                 std::holds_alternative<record::Erased>(each.body);
  if (const auto* erased = std::get_if<record::Erased>(&each.body)) erased_.push_back(erased->account);
  return applied;
}

void Logins::settled() {
  claim_names();
  // What it has come to own since its end was asked for.
  for (const auto account : std::exchange(erased_, {})) hub_.moderation().disown(account);
  if (std::exchange(may_be_gone_, false)) close_gone();
  hub_.moderation().settled();
}

/// Tells those who bear a name that is owned now, or one that looks the same.
void Logins::claim_names() {
  for (const auto number : std::exchange(newly_named_, {})) {
    const auto* const account = registry_.book().find(number);
    if (account == nullptr) continue;
    const auto name = protocol::parse_name(account->name);
    if (!name) continue;
    hub_.directory().bearers(*name, [this, number](const std::vector<PersonPtr>& bearers) {
      for (const auto& bearer : bearers) {
        if (bearer->account() == number) continue;
        const auto now = hub_.now();
        const Now until{.steady = now.steady + notice, .wall = now.wall + notice};
        claimed_.push_back({.person = bearer, .name = bearer->name(), .until = until});
        const event::NameClaimed told{.name = bearer->name().shown, .until = until.wall};
        for (auto& session : bearer->sessions())
          if (!session.is_closed()) session.delivery().tell({.body = told, .ref = {}});
      }
    });
  }
}

bool Logins::is_there(const Identity& who) const {
  const auto* const account = registry_.book().find(who.account);
  if (account == nullptr || (who.device != 0 && account->device(who.device) == nullptr)) return false;
  const auto& salt = account->password.salt;
  return !who.by || who.by->salt == salt || who.by->renewed == salt;
}

/// Closes the sessions whose account is suspended, or whose account or device is not there any more, and
/// those without a device of an account of which all others were logged out.
void Logins::close_gone() {
  const auto alone = std::exchange(left_alone_, {});
  const auto spared = std::exchange(spared_, {});
  const auto contains = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  std::vector<std::pair<std::shared_ptr<Session>, Error>> gone;
  hub_.each_session([&](Session& session) {
    if (session.is_closed() || session.is_guest()) return;
    const Identity who{.account = session.person().account(), .device = session.device()};
    const bool is_other = who.device == 0 && contains(alone, who.account) && !contains(spared, &session);
    const auto* const account = registry_.book().find(who.account);
    if (is_other || !is_there(who)) {
      gone.emplace_back(session.shared_from_this(),
                        Error{Code::logged_out, "you have been logged out from elsewhere"});
    } else if (auto why = why_suspended(*account)) {
      gone.emplace_back(session.shared_from_this(), *std::move(why));
    }
  });
  for (const auto& [session, why] : gone) session->close(why);
}

std::optional<Error> Logins::why_suspended(const accounts::Account& account) const {
  if (!account.is_suspended(hub_.now().wall)) return std::nullopt;
  const auto& suspension = *account.suspension;
  std::string text = "this account is suspended";
  if (suspension.until) text += " until " + protocol::to_string(*suspension.until);
  if (!suspension.reason.empty()) text += ": " + suspension.reason;
  return Error{Code::suspended, text};
}

void Logins::note_use(const Identity& who) {
  constexpr std::chrono::minutes often_enough{1};
  const auto* const account = registry_.book().find(who.account);
  const auto* const device = account == nullptr ? nullptr : account->device(who.device);
  if (device == nullptr || hub_.now().wall < device->used + often_enough) return;
  append(record::DeviceUsed{.account = who.account, .device = who.device}, [](const auto&) {});
}

// --- giving way

void Logins::tick() {
  const auto now = hub_.now().steady;
  for (std::size_t i = 0; i < claimed_.size();) {
    const auto each = claimed_[i];
    // Of a person elsewhere its own node does it.
    const bool is_over = !(each.person->name() == each.name) || each.person->sessions().empty();
    if (!is_over && now < each.until.steady) {
      ++i;
      continue;
    }
    claimed_.erase(claimed_.begin() + static_cast<std::ptrdiff_t>(i));
    // The owner may have become one meanwhile.
    if (!is_over && why_not(each.person->account(), each.name)) give_way(each.person, [] {});
  }
}

void Logins::fall_silent(const PersonPtr& person, std::function<void(const Silence& silence)> then) {
  person->set_silent(true);
  const Silence silence(person.get(), [person](const void* /*person*/) {
    person->set_silent(false);
    for (auto& session : person->sessions()) session.offer_again();
  });
  hub_.in_flight().after_all([silence, then = std::move(then)] { then(silence); });
}

void Logins::give_way_if_not_its(const PersonPtr& person) {
  if (why_not(person->account(), person->name())) give_way(person, [] {});
}

/// The person says nothing more under its name, and bears another one when what it has said is out.
void Logins::give_way(const PersonPtr& person, std::function<void()> then) {
  if (person->sessions().empty()) return hub_.directory().make_way(person, std::move(then));
  fall_silent(person, [this, person, name = person->name(), then = std::move(then)](const Silence& silence) {
    const auto account = person->account();
    const auto done = [this, person, name, silence, then](chat::Claimed claimed) {
      // It may have gone meanwhile, have taken another name, or have become the owner.
      const bool still =
          person->name() == name && !person->sessions().empty() && why_not(person->account(), name);
      if (still && claimed.claim) make_guest(*person, *claimed.claim);
      then();
    };
    hub_.directory().claim(person, std::nullopt, account, done);
  });
}

void Logins::make_guest(Person& person, Claim& claim) {
  const auto before = person.name().shown;
  hub_.rooms().rename(person, claim);
  const event::Renamed renamed{.old_name = before, .new_name = person.name().shown};
  auto& first = person.sessions().front();
  if (!first.is_closed())
    first.delivery().own(Rendered({.body = renamed, .ref = {}}).in(first.delivery().format()), {});
  hub_.rooms().broadcast(first, {.body = renamed, .ref = {}});
  hub_.log_book().renamed(first, before, hub_.now().steady);
}

// --- logging in and out

void Logins::become(Answer&& answer, const Identity& as, const protocol::Name& name, Then then) {
  const PersonPtr self(&answer.session().person());
  const auto waiting = std::make_shared<Answer>(std::move(answer));
  const auto found = [this, self, waiting, as, name,
                      then = std::move(then)](const std::vector<PersonPtr>& bearers) {
    std::vector<PersonPtr> others;
    for (const auto& bearer : bearers) {
      if (bearer != self && bearer->account() != as.account && why_not(bearer->account(), bearer->name()))
        others.push_back(bearer);
    }
    const auto left = std::make_shared<std::size_t>(others.size() + 1);
    const auto go_on = [this, left, waiting, as, name, then] {
      if (--*left > 0) return;
      auto held = std::move(*waiting);
      if (held.is_wanted()) claim(std::move(held), as, name, then);
    };
    for (const auto& other : others) give_way(other, go_on);
    go_on();
  };
  hub_.directory().bearers(name, found);
}

/// Joins the person of that account who bears the name, or claims it.
void Logins::claim(Answer&& answer, const Identity& as, const protocol::Name& name, const Then& then,
                   bool is_last) {
  const PersonPtr self(&answer.session().person());
  const auto found = [this, as, name, then, self, is_last](Answer& held, const PersonPtr& bearer) {
    auto& session = held.session();
    const auto before = session.name().shown;
    if (bearer && bearer != self && bearer->account() == as.account) {
      const auto joined = [this, as, then](Answer& holder, const PersonPtr& person) {
        if (!person) return holder.fail(not_now());
        join(holder, as, person, then);
      };
      return hub_.directory().join(bearer, answering(std::move(held), joined));
    }
    const auto claimed = [this, as, name, then, before, is_last](Answer& holder, chat::Claimed result) {
      if (result.instead) return join(holder, as, result.instead, then);
      if (!result.claim && result.why) return holder.fail(*result.why);
      if (!result.claim && is_last) return holder.fail(taken(name, result.holder.shown));
      if (!result.claim) {
        // One who is about to go may bear it still, until what he has said is out.
        const auto waiting = std::make_shared<Answer>(std::move(holder));
        return hub_.in_flight().after_all([this, waiting, as, name, then] {
          auto again = std::move(*waiting);
          if (again.is_wanted()) claim(std::move(again), as, name, then, true);
        });
      }
      if (!is_still_there(holder, as)) return;
      auto& person = holder.session().person();
      hub_.rooms().rename(person, *result.claim);
      belongs(person, as.account);
      holder.session().set_device(as.device, scopes_of(as));
      then(holder, before);
    };
    hub_.directory().claim(self, name, as.account, answering(std::move(held), claimed));
  };
  hub_.directory().find(name, answering(std::move(answer), found));
}

/// The session is one more of that person's, who is here or on another node.
void Logins::join(Answer& answer, const Identity& as, const PersonPtr& person, const Then& then) {
  if (!is_still_there(answer, as)) return;
  auto& session = answer.session();
  const auto before = session.name().shown;
  auto& people = people_[as.account];
  if (std::find(people.begin(), people.end(), person) == people.end()) people.push_back(person);
  if (session.is_welcome()) {
    hub_.rooms().change_person(session, person, "logged in as " + person->name().shown);
  } else {
    session.set_person(person);
  }
  session.set_device(as.device, scopes_of(as));
  then(answer, before);
}

/// While others gave way the account may have been suspended, or it or the device may have gone: then that is
/// answered.
bool Logins::is_still_there(Answer& answer, const Identity& as) const {
  const auto* const account = registry_.book().find(as.account);
  if (const auto why = account == nullptr ? std::nullopt : why_suspended(*account)) {
    answer.fail(*why);
    return false;
  }
  if (is_there(as)) return true;
  answer.fail({Code::login_failed, "this account, this device or this password has just been removed"});
  return false;
}

/// What the token of its device allows.
accounts::Scopes Logins::scopes_of(const Identity& who) const {
  const auto* const account = registry_.book().find(who.account);
  const auto* const device = account == nullptr ? nullptr : account->device(who.device);
  return device == nullptr ? accounts::Scopes() : device->scopes;
}

void Logins::become_guest(Answer&& answer, Then then) {
  const PersonPtr guest(new Person);
  const auto claimed = [this, guest, then = std::move(then)](Answer& held, chat::Claimed result) {
    if (!result.claim) return held.fail(*result.why);
    result.claim->bear();
    guest->set_named_at(hub_.now().wall);
    auto& session = held.session();
    const auto before = session.name().shown;
    session.set_device(0);
    session.delivery().forget_conversations();
    hub_.rooms().change_person(session, guest, "logged out");
    then(held, before);
  };
  hub_.directory().claim(guest, std::nullopt, 0, answering(std::move(answer), claimed));
}

}  // namespace hubbub::chat
