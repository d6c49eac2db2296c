// What the log says of people on any node, carried out.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/chat/shared_directory.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {
namespace {

namespace presence = journal::presence;
using journal::Committed;
using journal::Outcome;
using journal::PresenceRecord;
using protocol::Name;

Name name_of(const presence::BorneName& name) { return {.shown = name.shown, .key = name.key}; }

}  // namespace

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
  if (const auto* told = std::get_if<presence::Told>(&body)) return apply(*told, record);
  if (const auto* receipt = std::get_if<presence::Receipt>(&body)) return apply(*receipt, record);
  if (const auto* typed = std::get_if<presence::Typed>(&body)) return apply(*typed, record);
  if (const auto* urged = std::get_if<presence::Urged>(&body)) return apply(*urged);
  const bool is_own = committed.ticket != 0;
  if (const auto* granted = std::get_if<presence::Granted>(&body)) return apply(*granted, record, is_own);
  // Where it was asked for it has been told.
  if (const auto* announced = std::get_if<presence::Announced>(&body); announced != nullptr && !is_own)
    return apply(*announced);
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
  const bool is_login = person->account() == 0 && named.account != 0;
  const auto ranks = is_login ? hub_->moderation().ranks_of(*person) : Moderation::Ranks();
  person->set_account(named.account);
  const auto name = name_of(named.name);
  if (!(person->name() == name) || person->name().shown != name.shown) rename(person, name);
  if (is_login) hub_->moderation().tell_roles(*person, ranks);
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

/// Where another one of that name was a member when its bearer came, he is one only now.
void SharedDirectory::enter_after(const Person& other) {
  const auto* const bearer = bearer_of(other.name().key);
  if (bearer == nullptr || bearer == &other) return;
  const auto& person = *bearer;
  const auto known = by_person_.find(&person);
  if (known == by_person_.end()) return;
  std::vector<RoomPtr> rooms;
  for (const auto& key : known->second) {
    for (auto& room : present_.at(key).rooms) {
      if (room->member(person.name().key) != nullptr) continue;
      // It may have been dropped with the other one, as empty.
      room = hub_->rooms().find_or_make(room->name());
      rooms.push_back(room);
    }
  }
  for (const auto& room : rooms) hub_->rooms().came(room, person);
}

void SharedDirectory::apply(const presence::Entered& entered, const PresenceRecord& record) {
  const auto found = present_.find({record.epoch, entered.person});
  if (found == present_.end()) return;
  const auto room = hub_->rooms().find_or_make({.shown = entered.name, .key = entered.room});
  was_empty_ = room->is_empty();
  found->second.rooms.push_back(room);
  hub_->rooms().came(room, *found->second.person);
  if (entered.rank != 0) room->give(*found->second.person, static_cast<Rank>(entered.rank), record.seq);
}

/// Who has asked for it tells those who are here, and is answered.
void SharedDirectory::apply(const presence::Granted& granted, const PresenceRecord& record, bool is_own) {
  const auto found = present_.find({granted.epoch, granted.person});
  const auto room = hub_->rooms().find(granted.room);
  if (found == present_.end() || !room) return;
  const auto person = found->second.person;
  const auto rank = static_cast<Rank>(granted.rank);
  room->give(*person, rank, record.seq);
  for (auto& session : person->sessions()) session.stays().weigh_anew();
  // Whom nobody has asked for it, the server itself tells: who logs in goes on to run the room.
  if (is_own && !granted.by.empty()) return;
  const protocol::event::Role told{.room = room->name().shown,
                                   .name = person->name().shown,
                                   .role = std::string(told_role(role_word(rank))),
                                   .by = granted.by};
  // It may have come just now.
  hub_->rooms().tell_presence();
  room->broadcast().deliver({.body = told, .ref = {}});
  hub_->moderation().put_out_if_banned(room, *person);
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
  const auto person = found->second.person;
  hub_->rooms().went(room, *person, left.reason);
  enter_after(*person);
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

void SharedDirectory::add(const Key& key, Presence presence) {
  by_person_[presence.person.get()].push_back(key);
  if (presence.is_own) ++here_;
  present_.emplace(key, std::move(presence));
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
  std::vector<EnterHandler> unanswered;
  if (gone.is_own) {
    --here_;
    if (const auto own = own_.extract(key.second)) {
      for (auto& [room, place] : own.mapped().places)
        std::move(place.waiting.begin(), place.waiting.end(), std::back_inserter(unanswered));
    }
    const auto number = numbers_.find(gone.person.get());
    if (number != numbers_.end() && number->second == key.second) numbers_.erase(number);
  } else {
    gone.person->note_elsewhere(false);
  }
  const auto* const other = own(*gone.person);
  if (!gone.person->is_elsewhere() && (other == nullptr || !other->is_named)) free_name(*gone.person);
  enter_after(*gone.person);
  look_who_gave_way(*gone.person);
  // Sessions that wait to be in a room may be another person's by now.
  for (const auto& handler : unanswered) handler({});
}

/// Also where it is this one, of which another start begins.
void SharedDirectory::node_gone(std::uint64_t epoch) {
  std::vector<Key> gone;
  for (auto next = present_.lower_bound({epoch, 0}); next != present_.end() && next->first.first == epoch;
       ++next)
    gone.push_back(next->first);
  for (const auto& key : gone) depart(key, "disconnected");
  lose_sight(epoch);
}

}  // namespace hubbub::chat
