#include "server/chat/shared_directory.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

#include "protocol/look_alike.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/ruling_steps.hpp"
#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

namespace presence = journal::presence;
using journal::Committed;
using journal::Outcome;
using journal::PresenceRecord;
using protocol::Code;
using protocol::Name;

/// Of a Claim: the number, and whether it had a name before.
std::uint64_t grant_of(std::uint64_t number, bool is_rename) { return number << 1U | (is_rename ? 1U : 0U); }

presence::BorneName borne(const Name& name) {
  return {.shown = name.shown,
          .key = name.key,
          .look = protocol::skeleton(name),
          .is_mixed = protocol::mixes_alphabets(name)};
}

// Whether somebody is there is asked of him so seldom.
constexpr std::chrono::seconds between_doubts{5};

/// Who may go meanwhile.
std::vector<std::shared_ptr<Session>> sessions_of(Person& person) {
  std::vector<std::shared_ptr<Session>> sessions;
  for (auto& session : person.sessions()) sessions.push_back(session.shared_from_this());
  return sessions;
}

protocol::Error no_name_now() {
  return {Code::storage_failed, "the server cannot give out names now; try again later"};
}

}  // namespace

void SharedDirectory::begin(Hub& hub) {
  hub_ = &hub;
  hub.in_flight().on_presence([this](const Committed& committed) { apply(committed); });
  const auto fault = hub.journal().load_presence([this](const PresenceRecord& record) {
    apply({.room = {}, .presence = std::make_shared<const PresenceRecord>(record)});
  });
  if (fault) ops::log::error("cluster", "cannot read who was here", {{"reason", fault->text}});
}

/// What waits holds sessions, which must not outlive the hub.
void SharedDirectory::abandon() {
  const auto on_their_way = std::exchange(on_their_way_, {});
  const auto making_way = std::exchange(making_way_, {});
  const auto waiting = std::exchange(waiting_for_current_, {});
  const auto again = std::exchange(again_, {});
  std::vector<EnterHandler> entering;
  for (auto& [number, own] : own_) {
    own.joining.reset();
    for (auto& [room, place] : own.places)
      for (auto& each : std::exchange(place.waiting, {})) entering.push_back(std::move(each));
  }
}

SharedDirectory::Own* SharedDirectory::own(const Person& person) {
  const auto number = numbers_.find(&person);
  return number == numbers_.end() ? nullptr : &own_.at(number->second);
}

std::uint64_t SharedDirectory::number_of(const PersonPtr& person) {
  const auto [known, is_new] = numbers_.try_emplace(person.get(), 0);
  // What it is about to leave is another one's.
  if (is_new || own_.at(known->second).is_going) {
    known->second = ++last_number_;
    own_.emplace(known->second, Own{.person = person});
  }
  return known->second;
}

// --- names

void SharedDirectory::claim(const PersonPtr& person, std::optional<Name> name, std::uint64_t account,
                            ClaimHandler handler) {
  const bool is_of_choice = !name.has_value();
  if (!name) name = free_guest_name(*person);
  const auto other = holder(*person, *name);
  const bool is_same = other.bearer != nullptr && account != 0 && other.bearer->account() == account;
  // One of the account who is about to go; then it is asked for again.
  if (is_same && other.bearer->sessions().empty() && !other.bearer->is_elsewhere()) {
    return wait_for(*other.bearer, [this, person, name, account, is_of_choice, handler = std::move(handler)] {
      const auto bearer = holder(*person, *name).bearer;
      if (bearer != nullptr) return handler({.claim = {}, .holder = *name});
      ask_for_name(person, *name, account, is_of_choice, handler);
    });
  }
  if (other.bearer != nullptr) {
    for (auto& session : other.bearer->sessions()) session.doubt();
    if (other.bearer->is_elsewhere()) doubt(*other.bearer);
    return handler({.claim = {}, .holder = *other.name});
  }
  ask_for_name(person, *name, account, is_of_choice, std::move(handler));
}

/// Once for a while: anybody can have it asked.
void SharedDirectory::doubt(const Person& person) {
  for (const auto& key : presences_of(person)) {
    if (!doubted_.try_emplace(key, hub_->now().steady).second) continue;
    hub_->in_flight().append(
        presence::Urged{.what = presence::Urged::What::doubt, .epoch = key.first, .person = key.second},
        [](const Committed& /*committed*/) {});
  }
}

void SharedDirectory::ask_for_name(const PersonPtr& person, const Name& name, std::uint64_t account,
                                   bool is_of_choice, ClaimHandler handler) {
  // Whoever has gone meanwhile needs none.
  if (!person->name().key.empty() && person->sessions().empty())
    return handler({.claim = {}, .why = no_name_now()});
  const presence::Named named{.person = number_of(person), .account = account, .name = borne(name)};
  auto& mine = *own(*person);
  mine.account = account;
  ++mine.asked;
  const auto done = [this, person, name, account, is_of_choice, number = named.person,
                     is_rename = mine.is_named, handler = std::move(handler)](const Committed& committed) {
    if (const auto found = own_.find(number); found != own_.end()) --found->second.asked;
    const auto* const bearer = bearer_of(name.key);
    if (committed.outcome == Outcome::stored && bearer != nullptr && bearer != person.get()) {
      return granted(number, person, name.key, [handler](const PersonPtr& same) {
        handler(same ? Claimed{.claim = {}, .instead = same} : Claimed{.claim = {}, .why = no_name_now()});
      });
    }
    if (committed.outcome == Outcome::stored)
      return handler({.claim = Claim(*this, person, name, grant_of(number, is_rename))});
    if (committed.outcome == Outcome::refused && is_of_choice)
      return ask_for_name(person, free_guest_name(*person), account, true, handler);
    end_claim(person);
    if (committed.outcome != Outcome::refused) {
      return handler({.claim = {}, .why = no_name_now()});
    }
    const auto& holder = committed.presence->holder;
    handler({.claim = {}, .holder = {.shown = holder, .key = protocol::key_of(holder)}});
  };
  hub_->in_flight().append(named, done);
}

/// The log has it that the person bears that name by that number. Of the same account one may have come by
/// another way meanwhile, who is the same person.
void SharedDirectory::granted(std::uint64_t number, const PersonPtr& person, const std::string& key,
                              const JoinHandler& then) {
  const PersonPtr bearer(bearer_of(key));
  auto& mine = own_.at(number);
  if (mine.is_going) return then(nullptr);
  if (!bearer) set_name(*person, Name(person->name()));
  if (!bearer || bearer == person) return then(person);
  numbers_.erase(person.get());
  if (const auto* const known = own(*bearer); known != nullptr && !known->is_going) {
    mine.is_going = true;
    depart_until_done(number, "logged_in");
    return join(bearer, then);
  }
  mine.person = bearer;
  present_.at({epoch_, number}).person = bearer;
  auto& keys = by_person_[person.get()];
  std::erase(keys, Key{epoch_, number});
  if (keys.empty()) by_person_.erase(person.get());
  by_person_[bearer.get()].emplace_back(epoch_, number);
  numbers_[bearer.get()] = number;
  then(bearer);
  // Whoever was to be one of its sessions may have gone.
  if (bearer->sessions().empty()) release(*bearer, "disconnected");
}

/// It was not granted: a person that has no other name is none of this node's.
void SharedDirectory::end_claim(const PersonPtr& person) {
  const auto* const known = own(*person);
  if (known == nullptr || known->is_named || known->asked > 0) return;
  if (person->sessions().empty() && !person->is_elsewhere()) free_name(*person);
  own_.erase(numbers_.at(person.get()));
  numbers_.erase(person.get());
}

void SharedDirectory::join(const PersonPtr& person, JoinHandler handler) {
  if (const auto* const known = own(*person); known != nullptr && !known->is_going) {
    if (known->joining) return known->joining->push_back(std::move(handler));
    if (known->is_named) {
      return when_current([this, person, handler = std::move(handler)](bool is_current) {
        // Its last session may have gone meanwhile.
        const auto* const still = own(*person);
        if (is_current && (still == nullptr || still->is_going || !still->is_named))
          return join(person, handler);
        handler(is_current ? person : nullptr);
      });
    }
  }
  const presence::Named named{
      .person = number_of(person), .account = person->account(), .name = borne(person->name())};
  auto& mine = own_.at(named.person);
  mine.account = named.account;
  ++mine.asked;
  mine.joining = std::make_shared<std::vector<JoinHandler>>();
  mine.joining->push_back(std::move(handler));
  hub_->in_flight().append(named, [this, person, number = named.person, key = named.name.key,
                                   waiting = mine.joining](const Committed& committed) {
    if (const auto found = own_.find(number); found != own_.end()) {
      --found->second.asked;
      found->second.joining.reset();
    }
    if (committed.outcome != Outcome::stored) {
      end_claim(person);
      for (const auto& each : *waiting) each(nullptr);
      return;
    }
    // It has taken another name on another node meanwhile: then that is another person.
    if (person->name().key != key) {
      own_.at(number).is_going = true;
      depart_until_done(number, "renamed");
      for (const auto& each : *waiting) join(person, each);
      return;
    }
    granted(number, person, key, [this, waiting](const PersonPtr& same) {
      for (const auto& each : *waiting) each(same);
      if (same && same->sessions().empty()) release(*same, "disconnected");
    });
  });
}

void SharedDirectory::bear(Person& person, const Name& name) {
  free_name(person);
  set_name(person, name);
}

/// The log has it under that name, though whoever has asked for it has gone. A rename is one for all of that
/// person, wherever they are; without that it is another one than those on other nodes, and goes.
void SharedDirectory::give_back(const Person& person, const Name& name, std::uint64_t grant) {
  const auto number = grant >> 1U;
  const auto found = own_.find(number);
  if (found == own_.end()) return;
  const auto self = found->second.person;
  const auto known = numbers_.find(&person);
  if (person.sessions_empty() && known != numbers_.end() && known->second == number)
    self->set_account(found->second.account);
  if ((grant & 1U) != 0 && self->account() != found->second.account) {
    // The log has it logged in, which it may not be any more: so it goes.
    for (const auto& session : sessions_of(*self))
      session->close({Code::logged_out, "your login could not be finished; come back"});
  } else if ((grant & 1U) != 0) {
    if (!(self->name() == name) || self->name().shown != name.shown) rename(self, name);
    if (self->sessions_empty()) release(*self, "disconnected");
  } else if (!std::exchange(found->second.is_going, true)) {
    depart_until_done(number, "disconnected");
  }
}

/// For everybody who sees it.
void SharedDirectory::rename(const PersonPtr& person, const Name& name) {
  const auto before = person->name().shown;
  hub_->rooms().rename(*person, [&] {
    free_name(*person);
    bear_granted(person, name);
  });
  const protocol::Event event{.body = protocol::event::Renamed{.old_name = before, .new_name = name.shown},
                              .ref = {}};
  if (person->sessions().empty()) return hub_->rooms().broadcast(*person, event);
  auto& first = person->sessions().front();
  if (!first.is_closed()) first.delivery().own(Rendered(event).in(first.delivery().format()), {});
  hub_->rooms().broadcast(first, event);
  // Nobody stays here under a name that is banned, whatever the node on which it was taken.
  for (const auto& session : sessions_of(*person))
    if (!session->is_closed()) leave_if_banned(*session);
}

void SharedDirectory::tick() {
  for (const auto& each : std::exchange(again_, {})) each();
  const auto now = hub_->now().steady;
  std::vector<const Person*> late;
  std::erase_if(doubted_, [now](const auto& each) { return now - each.second >= between_doubts; });
  for (const auto& [person, waiting] : making_way_)
    if (waiting.until <= now) late.push_back(person);
  for (const auto* person : late) look_who_gave_way(*person);
}

/// Nobody may stay for the others who has gone: where the log takes nothing it is told later.
void SharedDirectory::depart_until_done(std::uint64_t number, const std::string& reason) {
  hub_->in_flight().append(presence::Departed{.person = number, .reason = reason},
                           [this, number, reason](const Committed& committed) {
                             if (committed.outcome != Outcome::failed || !own_.contains(number)) return;
                             again_.emplace_back([this, number, reason] {
                               if (own_.contains(number)) depart_until_done(number, reason);
                             });
                           });
}

void SharedDirectory::release(Person& person, std::string_view reason) {
  auto* const known = own(person);
  if (known == nullptr) {
    if (!person.is_elsewhere()) free_name(person);
    return;
  }
  if (std::exchange(known->is_going, true)) return;
  depart_until_done(numbers_.at(&person), std::string(reason));
}

/// Those who come while one is asked have the next one together.
void SharedDirectory::when_current(std::function<void(bool is_current)> then) {
  waiting_for_current_.push_back(std::move(then));
  if (!is_asking_) ask_whether_current();
}

void SharedDirectory::ask_whether_current() {
  is_asking_ = true;
  hub_->in_flight().append(
      presence::Asked{}, [this, asked = std::exchange(waiting_for_current_, {})](const Committed& committed) {
        is_asking_ = false;
        if (!waiting_for_current_.empty()) ask_whether_current();
        for (const auto& each : asked) each(committed.outcome == Outcome::stored);
      });
}

void SharedDirectory::belongs(const PersonPtr& person, std::uint64_t account) {
  auto* const known = own(*person);
  if (known == nullptr || known->is_going || std::exchange(known->account, account) == account) return;
  const auto number = numbers_.at(person.get());
  hub_->in_flight().append(
      presence::Named{.person = number, .account = account, .name = borne(person->name())},
      [this, person, number, account](const Committed& committed) {
        const auto still = own_.find(number);
        if (committed.outcome != Outcome::failed || still == own_.end() || still->second.account != account)
          return;
        // The others have to know: so it is another one until then.
        still->second.account = ~account;
        again_.emplace_back([this, person, account] { belongs(person, account); });
      });
}

}  // namespace hubbub::chat
