#include "server/chat/shared_directory.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

#include "protocol/look_alike.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
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

presence::BorneName borne(const Name& name) {
  return {.shown = name.shown,
          .key = name.key,
          .look = protocol::skeleton(name),
          .is_mixed = protocol::mixes_alphabets(name)};
}

Name name_of(const presence::BorneName& name) { return {.shown = name.shown, .key = name.key}; }

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
    if (other.bearer->is_elsewhere()) {
      for (const auto& [epoch, number] : presences_of(*other.bearer)) {
        hub_->in_flight().append(
            presence::Urged{.what = presence::Urged::What::doubt, .epoch = epoch, .person = number},
            [](const Committed& /*committed*/) {});
      }
    }
    return handler({.claim = {}, .holder = *other.name});
  }
  ask_for_name(person, *name, account, is_of_choice, std::move(handler));
}

void SharedDirectory::ask_for_name(const PersonPtr& person, const Name& name, std::uint64_t account,
                                   bool is_of_choice, ClaimHandler handler) {
  const presence::Named named{.person = number_of(person), .account = account, .name = borne(name)};
  own(*person)->account = account;
  ++own(*person)->asked;
  const auto done = [this, person, name, account, is_of_choice, number = named.person,
                     handler = std::move(handler)](const Committed& committed) {
    if (const auto found = own_.find(number); found != own_.end()) --found->second.asked;
    const auto* const bearer = bearer_of(name.key);
    if (committed.outcome == Outcome::stored && bearer != nullptr && bearer != person.get()) {
      return granted(number, person, name.key, [handler](const PersonPtr& same) {
        handler(same ? Claimed{.claim = {}, .instead = same} : Claimed{.claim = {}, .why = no_name_now()});
      });
    }
    if (committed.outcome == Outcome::stored) return handler({.claim = Claim(*this, person, name)});
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
  if (!bearer) set_name(*person, Name(person->name()));
  if (!bearer || bearer == person) return then(person);
  auto& mine = own_.at(number);
  if (mine.is_going) return then(nullptr);
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
        if (is_current && (still == nullptr || still->is_going)) return join(person, handler);
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

/// The log has it under that name, though whoever has asked for it has gone: so it bears it.
void SharedDirectory::give_back(const Person& person, const Name& name) {
  const auto* const known = own(person);
  if (known == nullptr || person.name() == name) return;
  const auto self = known->person;
  if (person.sessions_empty()) self->set_account(known->account);
  if (!person.name().key.empty()) {
    rename(self, name);
    if (self->sessions_empty()) release(*self, "disconnected");
    return;
  }
  const auto number = numbers_.at(&person);
  own_.at(number).is_going = true;
  depart_until_done(number, "disconnected");
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
}

void SharedDirectory::tick() {
  for (const auto& each : std::exchange(again_, {})) each();
  const auto now = hub_->now().steady;
  std::vector<const Person*> late;
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

/// The same of one room, unless it comes in again meanwhile.
void SharedDirectory::leave_until_done(std::uint64_t number, const std::string& room,
                                       const std::string& reason) {
  hub_->in_flight().append(presence::Left{.person = number, .room = room, .reason = reason},
                           [this, number, room, reason](const Committed& committed) {
                             if (committed.outcome != Outcome::failed) return;
                             again_.emplace_back([this, number, room, reason] {
                               const auto known = own_.find(number);
                               const bool is_out = known != own_.end() && !known->second.is_going &&
                                                   !known->second.places.contains(room);
                               if (is_out && is_in(number, room)) leave_until_done(number, room, reason);
                             });
                           });
}

/// As the log has it.
bool SharedDirectory::is_in(std::uint64_t number, std::string_view room) const {
  const auto found = present_.find({epoch_, number});
  return found != present_.end() && std::any_of(found->second.rooms.begin(), found->second.rooms.end(),
                                                [room](const RoomPtr& each) { return each->key() == room; });
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

/// By way of other nodes.
std::vector<SharedDirectory::Key> SharedDirectory::presences_of(const Person& person) const {
  std::vector<Key> keys;
  const auto known = by_person_.find(&person);
  if (known == by_person_.end()) return keys;
  std::copy_if(known->second.begin(), known->second.end(), std::back_inserter(keys),
               [this](const Key& key) { return !present_.at(key).is_own; });
  return keys;
}

std::vector<SharedDirectory::RoomPtr> SharedDirectory::rooms_of(const Person& person) const {
  std::vector<RoomPtr> rooms;
  const auto known = by_person_.find(&person);
  if (known == by_person_.end()) return rooms;
  for (const auto& key : known->second) {
    for (const auto& room : present_.at(key).rooms)
      if (std::find(rooms.begin(), rooms.end(), room) == rooms.end()) rooms.push_back(room);
  }
  return rooms;
}

void SharedDirectory::add(const Key& key, Presence presence) {
  by_person_[presence.person.get()].push_back(key);
  if (presence.is_own) ++here_;
  present_.emplace(key, std::move(presence));
}

void SharedDirectory::make_way(const PersonPtr& person, std::function<void()> then) {
  const auto keys = presences_of(*person);
  if (keys.empty()) return then();
  wait_for(*person, std::move(then));
  for (const auto& [epoch, number] : keys) {
    hub_->in_flight().append(
        presence::Urged{.what = presence::Urged::What::give_way, .epoch = epoch, .person = number},
        [this, person](const Committed& committed) {
          if (committed.outcome != Outcome::stored) look_who_gave_way(*person);
        });
  }
}

void SharedDirectory::wait_for(const Person& person, std::function<void()> then) {
  constexpr std::chrono::seconds longest{5};
  making_way_.emplace(&person, Waiting{.then = std::move(then), .until = hub_->now().steady + longest});
}

/// It bears another name, or has gone, or nobody can be asked, or it takes too long.
void SharedDirectory::look_who_gave_way(const Person& person) {
  const auto [first, last] = making_way_.equal_range(&person);
  std::vector<std::function<void()>> waiting;
  for (auto next = first; next != last; ++next) waiting.push_back(std::move(next->second.then));
  making_way_.erase(first, last);
  for (const auto& then : waiting) then();
}

void SharedDirectory::when_current(std::function<void(bool is_current)> then) {
  hub_->in_flight().append(presence::Asked{}, [then = std::move(then)](const Committed& committed) {
    then(committed.outcome == Outcome::stored);
  });
}

// --- what passes

void SharedDirectory::tell(const Name& to, protocol::Message message, TellHandler handler) {
  auto* const person = bearer_of(to.key);
  if (person == nullptr || !person->is_elsewhere())
    return LocalDirectory::tell(to, std::move(message), handler);
  const auto* const sender = bearer_of(protocol::key_of(message.from));
  const auto number = sender == nullptr ? numbers_.end() : numbers_.find(sender);
  if (number == numbers_.end())
    return handler({.message = {}, .why = protocol::Error{Code::storage_failed, "this cannot be told now"}});
  message.to = person->name().shown;
  presence::Told told{.person = number->second,
                      .to = to.key,
                      .message = std::make_shared<const protocol::Message>(std::move(message))};
  for (const auto& [epoch, its_number] : presences_of(*person))
    told.sealed.push_back({.epoch = epoch, .person = its_number});
  const auto said = told.message;
  hub_->in_flight().append(std::move(told), [this, said, to,
                                             handler = std::move(handler)](const Committed& committed) {
    if (committed.outcome == Outcome::stored) {
      // What is here of the recipient hears it in the same place.
      const auto* const still = bearer_of(to.key);
      if (still != nullptr && !still->sessions_empty())
        LocalDirectory::tell(to, *said, [](const chat::Told& /*told*/) {});
      return handler({.message = said});
    }
    const auto why = committed.outcome == Outcome::refused
                         ? protocol::Error{Code::no_such_user, "nobody here is called " + to.shown}
                         : protocol::Error{Code::storage_failed, "this cannot be told now; try again later"};
    handler({.message = {}, .why = why});
  });
}

void SharedDirectory::apply(const presence::Told& told) {
  if (!told.message) return;
  const auto name = protocol::parse_name(told.message->to);
  if (name) LocalDirectory::tell(*name, *told.message, [](const chat::Told& /*told*/) {});
}

void SharedDirectory::typed(const Person& person, const std::string& target,
                            const protocol::event::Typing& typing) {
  const auto number = numbers_.find(&person);
  if (elsewhere() == 0 || number == numbers_.end() || hub_->in_flight().is_full()) return;
  presence::Typed typed{.person = number->second, .target = target, .state = typing.state};
  if (typing.room.empty()) {
    const auto name = protocol::parse_name(typing.to);
    const auto* const bearer = name ? bearer_of(name->key) : nullptr;
    // An account may be here by another name than its own.
    const bool is_here_alone =
        bearer != nullptr ? !bearer->is_elsewhere() : !name || hub_->conversations().account_of(*name) == 0;
    if (is_here_alone) return;
    typed.target = typing.to;
    typed.is_private = true;
  }
  hub_->in_flight().append(std::move(typed), [](const Committed& /*committed*/) {});
}

void SharedDirectory::apply(const presence::Typed& typed, const PresenceRecord& record) {
  const auto found = present_.find({record.epoch, typed.person});
  if (found == present_.end() || found->second.is_own) return;
  protocol::event::Typing told{.room = {}, .to = {}, .from = {}, .state = typed.state};
  if (typed.is_private) {
    told.to = typed.target;
  } else {
    const auto room = hub_->rooms().find(typed.target);
    if (!room) return;
    told.room = room->name().shown;
  }
  hub_->typing().came(*found->second.person, typed.target, told);
}

void SharedDirectory::put_out(const RoomPtr& room, const Person& person, const std::string& by,
                              const std::string& reason) {
  for (const auto& [epoch, number] : presences_of(person)) {
    hub_->in_flight().append(presence::Urged{.what = presence::Urged::What::put_out,
                                             .epoch = epoch,
                                             .person = number,
                                             .room = room->key(),
                                             .by = by,
                                             .reason = reason},
                             [](const Committed& /*committed*/) {});
  }
}

void SharedDirectory::apply(const presence::Urged& urged) {
  const auto found = present_.find({urged.epoch, urged.person});
  if (found == present_.end() || !found->second.is_own) return;
  const auto person = found->second.person;
  switch (urged.what) {
    case presence::Urged::What::doubt:
      for (auto& session : person->sessions()) session.doubt();
      return;
    case presence::Urged::What::give_way:
      return hub_->logins().give_way_if_not_its(person);
    case presence::Urged::What::put_out:
      if (const auto room = hub_->rooms().find(urged.room))
        hub_->moderation().put_out(room, *person, urged.by, urged.reason);
      return;
  }
}

void SharedDirectory::belongs(const PersonPtr& person, std::uint64_t account) {
  auto* const known = own(*person);
  if (known == nullptr || known->is_going || std::exchange(known->account, account) == account) return;
  hub_->in_flight().append(
      presence::Named{.person = numbers_.at(person.get()), .account = account, .name = borne(person->name())},
      [](const Committed& /*committed*/) {});
}

// --- rooms

void SharedDirectory::enter(const PersonPtr& person, const RoomPtr& room, EnterHandler handler) {
  auto* const known = own(*person);
  if (known == nullptr || known->is_going) return handler({});
  auto& place = known->places[room->key()];
  if (place.is_in) {
    // Whoever comes from another node may have seen what this one has not read yet.
    return when_current([this, person, room, handler = std::move(handler)](bool is_current) {
      const auto* const still = own(*person);
      if (!is_current || still == nullptr || still->is_going) return handler({});
      const auto there = still->places.find(room->key());
      if (there != still->places.end() && there->second.is_in) return handler({.is_in = true});
      // The one by whom it was there has left meanwhile.
      enter(person, room, handler);
    });
  }
  place.waiting.push_back(std::move(handler));
  if (place.waiting.size() > 1) return;
  const auto number = numbers_.at(person.get());
  hub_->in_flight().append(
      presence::Entered{.person = number, .room = room->key(), .name = room->name().shown},
      [this, number, room](const Committed& committed) {
        // Its leaving may not have been stored.
        const bool is_there = committed.outcome == Outcome::refused && is_in(number, room->key());
        entered(number, room, committed.outcome == Outcome::stored || is_there);
      });
}

void SharedDirectory::stay(const PersonPtr& person, const RoomPtr& room) {
  enter(person, room, [this, person, room](Entrance entrance) {
    if (entrance.is_in) return;
    again_.emplace_back([this, person, room] {
      if (Rooms::is_in(*person, *room)) stay(person, room);
    });
  });
}

void SharedDirectory::entered(std::uint64_t number, const RoomPtr& room, bool is_done) {
  const auto found = own_.find(number);
  if (found == own_.end()) return hub_->rooms().drop_if_empty(room);
  const auto person = found->second.person;
  auto& place = found->second.places[room->key()];
  const auto waiting = std::exchange(place.waiting, {});
  place.is_in = is_done;
  if (!is_done) found->second.places.erase(room->key());
  bool was_empty = was_empty_;
  for (const auto& handler : waiting)
    handler({.is_in = is_done, .was_empty = std::exchange(was_empty, false)});
  if (is_done && !Rooms::is_in(*person, *room)) leave(*person, room, "left");
}

void SharedDirectory::leave(Person& person, const RoomPtr& room, std::string_view reason) {
  auto* const known = own(person);
  if (known == nullptr || known->is_going) return;
  const auto place = known->places.find(room->key());
  if (place == known->places.end() || !place->second.is_in) return;
  known->places.erase(place);
  leave_until_done(numbers_.at(&person), room->key(), std::string(reason));
}

// --- what the log says of people anywhere

void SharedDirectory::apply(const Committed& committed) {
  if (committed.outcome != Outcome::stored) return;
  const auto& record = *committed.presence;
  const auto& body = record.body;
  if (const auto* named = std::get_if<presence::Named>(&body))
    return apply(*named, record, committed.ticket != 0);
  if (const auto* entered = std::get_if<presence::Entered>(&body)) return apply(*entered, record);
  if (const auto* left = std::get_if<presence::Left>(&body)) return apply(*left, record);
  if (const auto* departed = std::get_if<presence::Departed>(&body))
    return depart({record.epoch, departed->person}, departed->reason);
  if (const auto* told = std::get_if<presence::Told>(&body)) return apply(*told);
  if (const auto* typed = std::get_if<presence::Typed>(&body)) return apply(*typed, record);
  if (const auto* urged = std::get_if<presence::Urged>(&body)) return apply(*urged);
  if (std::holds_alternative<presence::NodeCame>(body))
    ops::log::info("cluster", "a node has come", {{"node", record.node}, {"epoch", record.epoch}});
  if (std::holds_alternative<presence::NodeGone>(body)) {
    ops::log::info("cluster", "a node has gone", {{"node", record.node}, {"epoch", record.epoch}});
    node_gone(record.epoch);
  }
}

/// An own one bears its name by its Claim, with what follows for those who see it.
void SharedDirectory::apply(const presence::Named& named, const PresenceRecord& record, bool is_own) {
  const Key key{record.epoch, named.person};
  const auto known = present_.find(key);
  if (is_own) {
    const auto own = own_.find(named.person);
    if (own == own_.end()) return;
    own->second.is_named = true;
    epoch_ = record.epoch;
    if (known != present_.end()) return;
    return add(key, {.person = own->second.person, .is_own = true});
  }
  if (known == present_.end()) {
    auto person = person_called(named);
    person->note_elsewhere(true);
    return add(key, {.person = std::move(person)});
  }
  const auto person = known->second.person;
  person->set_account(named.account);
  const auto name = name_of(named.name);
  if (!(person->name() == name) || person->name().shown != name.shown) rename(person, name);
  look_who_gave_way(*person);
}

/// An account is one person, wherever it is.
PersonPtr SharedDirectory::person_called(const presence::Named& named) {
  auto* const bearer = bearer_of(named.name.key);
  if (bearer != nullptr && named.account != 0 && bearer->account() == named.account) return PersonPtr(bearer);
  const PersonPtr person(new Person);
  person->set_account(named.account);
  person->set_named_at(hub_->now().wall);
  bear_granted(person, name_of(named.name));
  return person;
}

/// One who is about to go may bear it still: then it is borne when that one has gone.
void SharedDirectory::bear_granted(const PersonPtr& person, const Name& name) {
  set_name(*person, name);
  if (bearer_of(name.key) != person.get()) nameless_.push_back(person);
}

void SharedDirectory::free_name(Person& person) {
  take_name(person);
  std::erase_if(nameless_, [&](const PersonPtr& each) { return each.get() == &person; });
  const auto next = std::find_if(nameless_.begin(), nameless_.end(), [&](const PersonPtr& each) {
    return each->name().key == person.name().key;
  });
  if (next == nameless_.end()) return;
  const auto heir = *next;
  nameless_.erase(next);
  set_name(*heir, Name(heir->name()));
}

void SharedDirectory::apply(const presence::Entered& entered, const PresenceRecord& record) {
  const auto found = present_.find({record.epoch, entered.person});
  if (found == present_.end()) return;
  const auto room = hub_->rooms().find_or_make({.shown = entered.name, .key = entered.room});
  was_empty_ = room->is_empty();
  found->second.rooms.push_back(room);
  hub_->rooms().came(room, *found->second.person);
}

void SharedDirectory::apply(const presence::Left& left, const PresenceRecord& record) {
  const auto found = present_.find({record.epoch, left.person});
  if (found == present_.end()) return;
  auto& rooms = found->second.rooms;
  const auto place =
      std::find_if(rooms.begin(), rooms.end(), [&](const RoomPtr& room) { return room->key() == left.room; });
  if (place == rooms.end()) return;
  const auto room = *place;
  rooms.erase(place);
  hub_->rooms().went(room, *found->second.person, left.reason);
}

void SharedDirectory::depart(const Key& key, std::string_view reason) {
  const auto found = present_.find(key);
  if (found == present_.end()) return;
  const auto gone = std::move(found->second);
  present_.erase(found);
  auto& keys = by_person_[gone.person.get()];
  std::erase(keys, key);
  if (keys.empty()) by_person_.erase(gone.person.get());
  for (const auto& room : gone.rooms) hub_->rooms().went(room, *gone.person, reason);
  if (gone.is_own) {
    --here_;
    own_.erase(key.second);
    const auto number = numbers_.find(gone.person.get());
    if (number != numbers_.end() && number->second == key.second) numbers_.erase(number);
  } else {
    gone.person->note_elsewhere(false);
  }
  const auto* const other = own(*gone.person);
  if (!gone.person->is_elsewhere() && (other == nullptr || !other->is_named)) free_name(*gone.person);
  look_who_gave_way(*gone.person);
}

/// Also where it is this one, of which another start begins.
void SharedDirectory::node_gone(std::uint64_t epoch) {
  std::vector<Key> gone;
  for (auto next = present_.lower_bound({epoch, 0}); next != present_.end() && next->first.first == epoch;
       ++next)
    gone.push_back(next->first);
  for (const auto& key : gone) depart(key, "disconnected");
}

}  // namespace hubbub::chat
