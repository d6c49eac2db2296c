// Who is in a room, on whichever node.
#include <algorithm>
#include <string>
#include <utility>

#include "server/chat/hub.hpp"
#include "server/chat/room.hpp"
#include "server/chat/session.hpp"
#include "server/chat/shared_directory.hpp"

namespace hubbub::chat {
namespace {

namespace presence = journal::presence;
using journal::Committed;
using journal::Outcome;
using Ruled = Directory::Ruled;

Ruled outcome_of(const Committed& committed) {
  switch (committed.outcome) {
    case Outcome::stored:
      return Ruled::done;
    case Outcome::refused:
      return Ruled::gone;
    case Outcome::stale:
      return Ruled::late;
    default:
      return Ruled::failed;
  }
}

}  // namespace

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

void SharedDirectory::enter(const PersonPtr& person, const RoomPtr& room, Rank first, EnterHandler handler) {
  auto* const known = own(*person);
  if (known == nullptr || known->is_going) return handler({});
  auto& place = known->places[room->key()];
  if (place.is_in) {
    // Whoever comes from another node may have seen what this one has not read yet.
    return when_current([this, person, room, first, handler = std::move(handler)](bool is_current) {
      const auto* const still = own(*person);
      if (!is_current || still == nullptr || still->is_going) return handler({});
      const auto there = still->places.find(room->key());
      if (there != still->places.end() && there->second.is_in) return handler({.is_in = true});
      // The one by whom it was there has left meanwhile.
      enter(person, room, first, handler);
    });
  }
  place.waiting.push_back(std::move(handler));
  if (place.waiting.size() > 1) return;
  const auto number = numbers_.at(person.get());
  hub_->in_flight().append(
      presence::Entered{.person = number,
                        .room = room->key(),
                        .name = room->name().shown,
                        .rank = static_cast<std::uint64_t>(first)},
      [this, number, room](const Committed& committed) {
        // Its leaving may not have been stored.
        const bool is_there = committed.outcome == Outcome::refused && is_in({epoch_, number}, room->key());
        was_empty_ = was_empty_ && !is_there;
        entered(number, room, committed.outcome == Outcome::stored || is_there);
      });
}

void SharedDirectory::stay(const PersonPtr& person, const RoomPtr& room, Rank rank) {
  enter(person, room, Rank::anyone, [this, person, room, rank](Entrance entrance) {
    if (entrance.is_in && rank != Rank::anyone) grant(person, room, rank, {}, {}, [](Ruled /*outcome*/) {});
    if (entrance.is_in) return;
    again_.emplace_back([this, person, room, rank] {
      if (Rooms::is_in(*person, *room)) stay(person, room, rank);
    });
  });
}

/// Null: the person is not of this node, or has asked for none there.
SharedDirectory::Place* SharedDirectory::place_of(const Person& person, const Room& room) {
  auto* const known = own(person);
  if (known == nullptr) return nullptr;
  const auto place = known->places.find(room.key());
  return place == known->places.end() ? nullptr : &place->second;
}

bool SharedDirectory::is_seen_in(const Person& person, const Room& room) {
  const auto* const place = place_of(person, room);
  return place != nullptr && place->is_in;
}

void SharedDirectory::when_seen_in(const Person& person, const Room& room, const SeenHandler& then) {
  auto* const place = place_of(person, room);
  if (place == nullptr || place->is_in) return then(place != nullptr);
  place->waiting.emplace_back([then](Entrance entrance) { then(entrance.is_in); });
}

void SharedDirectory::closed(const RoomPtr& room) {
  for (auto& [key, presence] : present_) {
    const auto is_it = [&](const RoomPtr& other) { return other->key() == room->key(); };
    if (std::erase_if(presence.rooms, is_it) == 0) continue;
    if (const auto own = own_.find(key.second); presence.is_own && own != own_.end()) {
      auto& places = own->second.places;
      const auto place = places.find(room->key());
      // Whoever has left and has asked to come in again comes behind this.
      if (place != places.end() && place->second.is_in) places.erase(place);
    }
    hub_->rooms().went(room, *presence.person, "the room is closed");
  }
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
  bool is_new = is_done;
  for (const auto& handler : waiting) {
    handler({.is_in = is_done,
             .was_empty = std::exchange(was_empty, false),
             .is_new = std::exchange(is_new, false)});
  }
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
                               if (is_out && is_in({epoch_, number}, room))
                                 leave_until_done(number, room, reason);
                             });
                           });
}

/// As the log has it.
bool SharedDirectory::is_in(const Key& key, std::string_view room) const {
  const auto found = present_.find(key);
  return found != present_.end() && std::any_of(found->second.rooms.begin(), found->second.rooms.end(),
                                                [room](const RoomPtr& each) { return each->key() == room; });
}

void SharedDirectory::put_out(const RoomPtr& room, const PersonPtr& person, const std::string& by,
                              const std::string& reason, const journal::AuditPtr& note,
                              const RuledHandler& then) {
  go_on_putting_out(std::make_shared<PuttingOut>(
      PuttingOut{.room = room, .person = person, .by = by, .reason = reason, .note = note, .then = then}));
}

/// Asks for those by way of whom it is there now and who were not asked for yet, until there are none.
void SharedDirectory::go_on_putting_out(const std::shared_ptr<PuttingOut>& all) {
  for (const auto& key : presences_of(*all->person)) {
    const bool was_asked = std::find(all->asked.begin(), all->asked.end(), key) != all->asked.end();
    if (was_asked || !is_in(key, all->room->key())) continue;
    all->asked.push_back(key);
    ++all->open;
    hub_->in_flight().append(
        presence::Urged{.what = presence::Urged::What::put_out,
                        .epoch = key.first,
                        .person = key.second,
                        .room = all->room->key(),
                        .by = all->by,
                        .reason = all->reason},
        [this, all](const Committed& committed) {
          const auto outcome = outcome_of(committed);
          if (outcome != Ruled::gone && all->outcome != Ruled::failed) all->outcome = outcome;
          if (--all->open == 0) go_on_putting_out(all);
        },
        std::exchange(all->note, nullptr));
  }
  if (all->open == 0) all->then(all->outcome);
}

void SharedDirectory::grant(const PersonPtr& person, const RoomPtr& room, Rank rank, const std::string& by,
                            const journal::AuditPtr& note, const RuledHandler& then) {
  const auto known = by_person_.find(person.get());
  if (known == by_person_.end()) return then(Ruled::gone);
  const auto is_there = [&](const Key& key) { return is_in(key, room->key()); };
  // By way of this node, if it is, since others may go.
  const auto is_here = [&](const Key& key) { return present_.at(key).is_own && is_there(key); };
  auto key = std::find_if(known->second.begin(), known->second.end(), is_here);
  if (key == known->second.end()) key = std::find_if(known->second.begin(), known->second.end(), is_there);
  if (key == known->second.end()) return then(Ruled::gone);
  const auto [epoch, number] = *key;
  hub_->in_flight().append(
      presence::Granted{.epoch = epoch,
                        .person = number,
                        .room = room->key(),
                        .rank = static_cast<std::uint64_t>(rank),
                        .by = by},
      [then](const Committed& committed) { then(outcome_of(committed)); }, note);
}

}  // namespace hubbub::chat
