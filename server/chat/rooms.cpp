#include "server/chat/rooms.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "server/chat/room.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

namespace event = protocol::event;

namespace {

// Rooms that are looked at in one tick.
constexpr std::size_t rooms_per_tick = 1000;

}  // namespace

Rooms::RoomPtr Rooms::find(const std::string& key) const {
  const auto found = here_.find(key);
  return found == here_.end() ? nullptr : found->second;
}

std::optional<event::Members> Rooms::members(const protocol::Name& name, const std::string& after,
                                             std::size_t limit, const Session& asker) const {
  if (const auto room = find(name.key)) return room->names(after, limit, &asker.person());
  const auto tail = journal_.tail(name.key);
  if (tail.name.empty()) return std::nullopt;
  return event::Members{.room = std::string(tail.name), .count = 0, .names = {}, .more = false};
}

bool Rooms::is_known(const protocol::Name& name) const {
  return here_.contains(name.key) || !journal_.tail(name.key).name.empty();
}

Rooms::RoomPtr Rooms::find_or_make(const protocol::Name& name) {
  auto& room = here_[name.key];
  if (room) return room;
  const auto tail = journal_.tail(name.key);
  const bool is_new = tail.name.empty();
  if (is_new) ++new_;
  room =
      std::make_shared<Room>(is_new ? name : protocol::Name{std::string(tail.name), name.key},
                             Room::Kept{.last = std::max(tail.last, tail.changed),
                                        .state = tail.state == nullptr ? journal::RoomState() : *tail.state,
                                        .is_new = is_new,
                                        .epoch = journal_.epoch()});
  journal_.occupy(name.key);
  return room;
}

void Rooms::becomes_known(Room& room) {
  if (room.becomes_known()) --new_;
}

void Rooms::let_in(Session& session, const RoomPtr& room) {
  session.stays().add(room);
  room->broadcast().let_in(std::shared_ptr<Participant>(session.shared_from_this(), &session.delivery()));
}

void Rooms::count(Session& session, const RoomPtr& room) {
  if (directory_.shares_rooms()) return;
  session.stays().of(*room).is_counted = 1;
  came(room, session.person());
}

void Rooms::admit(Session& session, const RoomPtr& room, bool is_new) {
  // What it was told is older than what it is shown now.
  session.delivery().let_go_but(*room);
  room->broadcast().admit(session.delivery());
  const bool is_first = is_new || (!directory_.shares_rooms() && room->sessions_of(session.person()) == 1);
  // The others may have been told already.
  if (is_first && !room->presence().is_coming(session.name()))
    arrived_.emplace_back(session.weak_from_this(), room);
}

void Rooms::leave(Session& session, const RoomPtr& room, std::string_view reason) {
  if (session.is_guest())
    room->note_gone(session.name(), std::string(session.address()), clock_.now().steady);
  if (session.stays().of(*room).is_counted != 0) went(room, session.person(), reason);
  room->take_out(session.delivery());
  session.delivery().forget(*room);
  session.stays().remove(*room);
  if (directory_.shares_rooms() && !is_in(session.person(), *room))
    directory_.leave(session.person(), room, reason);
  drop_if_empty(room);
}

bool Rooms::is_in(Person& person, const Room& room) {
  return std::any_of(person.sessions().begin(), person.sessions().end(),
                     [&](auto& session) { return session.stays().has(room.key()); });
}

void Rooms::came(const RoomPtr& room, const Person& person) {
  presence_changes(room, room->presence().clashes_with_coming(person.name()));
  room->came(person);
}

void Rooms::went(const RoomPtr& room, const Person& person, std::string_view reason) {
  presence_changes(room, room->presence().clashes_with_going(person.name()));
  room->went(person, std::string(reason));
  drop_if_empty(room);
}

/// A Room lives as long as it has participants or members; its history and state are the journal's.
void Rooms::drop_if_empty(const RoomPtr& room) {
  if (!room->is_empty()) return;
  // One that was dropped already may have a successor.
  const auto found = here_.find(room->name().key);
  if (found == here_.end() || found->second != room) return;
  if (room->is_new()) --new_;
  here_.erase(found);
  journal_.abandon(room->name().key);
}

/// Merges the rooms that have participants and those that the journal has, in the order of their keys.
event::Rooms Rooms::list(const std::string& after, std::size_t limit, std::size_t bytes,
                         const IsHidden& is_hidden) const {
  event::Rooms page;
  auto kept = journal_.rooms(after, limit + 1);
  auto next_kept = kept.begin();
  auto next_here = here_.upper_bound(after);
  // Some may be hidden: then there are more to look at.
  const auto look_on = [&](const std::string& behind) {
    if (next_kept != kept.end() || kept.size() <= limit) return;
    kept = journal_.rooms(behind, limit + 1);
    next_kept = kept.begin();
  };
  while (next_kept != kept.end() || next_here != here_.end()) {
    const bool is_here =
        next_here != here_.end() && (next_kept == kept.end() || next_here->first <= next_kept->key);
    const bool is_both = is_here && next_kept != kept.end() && next_kept->key == next_here->first;
    const std::string key(is_here ? std::string_view(next_here->first) : next_kept->key);
    const auto* const state = is_here ? &next_here->second->attributes() : journal_.tail(key).state;
    if (is_hidden(key, state)) {
      if (is_both || !is_here) ++next_kept;
      if (is_here) ++next_here;
      look_on(key);
      continue;
    }
    event::RoomInfo info;
    if (is_here) {
      const auto& room = *next_here->second;
      info = {.room = room.name().shown, .topic = std::string(room.topic()), .count = room.size()};
    } else {
      info = {.room = std::string(next_kept->name), .topic = std::string(next_kept->topic), .count = 0};
    }
    const auto size = 2 * info.topic.size() + info.room.size() + 64;  // escaped, at worst
    if (page.rooms.size() == limit || (size > bytes && !page.rooms.empty())) {
      page.more = true;
      break;
    }
    bytes -= std::min(bytes, size);
    page.rooms.push_back(std::move(info));
    if (is_both || !is_here) ++next_kept;
    if (is_here) ++next_here;
    look_on(key);
  }
  return page;
}

// --- members

void Rooms::tick() {
  auto next = here_.upper_bound(looked_at_);
  for (std::size_t looked = 0; looked < rooms_per_tick && next != here_.end(); ++looked) {
    looked_at_ = next->first;
    if (next->second->was_large(settings_.presence_members)) presence_.push_back(next->second);
    ++next;
  }
  if (next == here_.end()) looked_at_.clear();
  tell_presence();
}

void Rooms::rename(Person& person, Claim& claim) {
  rename(person, [&claim] { claim.bear(); });
}

/// Where its sessions are; and where it is by way of other nodes, or has left, and the others have not seen
/// it yet.
std::vector<Rooms::RoomPtr> Rooms::rooms_of(Person& person) const {
  auto rooms = directory_.rooms_of(person);
  for (const auto& session : person.sessions()) {
    for (const auto& stay : session.stays().all())
      if (std::find(rooms.begin(), rooms.end(), stay.room) == rooms.end()) rooms.push_back(stay.room);
  }
  return rooms;
}

void Rooms::rename(Person& person, const std::function<void()>& bear) {
  const auto before = person.name();
  if (!before.key.empty()) {
    tell_presence();
    ++renames_;
  }
  std::vector<std::pair<RoomPtr, Roster::Members::node_type>> taken_out;
  for (auto& room : rooms_of(person)) {
    auto member = room->take_out(person);
    taken_out.emplace_back(std::move(room), std::move(member));
  }
  bear();
  person.set_named_at(clock_.now().wall);
  for (auto& session : person.sessions()) {
    session.stays().weigh_anew();
    if (person.account() == 0 && !before.key.empty() && before.key != person.name().key)
      session.note_former(before.key);
  }
  for (auto& [room, member] : taken_out) {
    room->note_other_name(before.key, person.name().key);
    room->put_back(std::move(member), before);
  }
}

void Rooms::change_person(Session& session, const PersonPtr& person, std::string_view reason) {
  const PersonPtr before(&session.person());
  // One who came a moment ago has been shown its own name, and stays to hear that it has gone.
  tell_presence();
  const bool shares = directory_.shares_rooms();
  std::vector<Rank> ranks;
  for (const auto& stay : session.stays().all()) {
    presence_changes(stay.room, stay.room->presence().clashes_with_going(before->name()));
    // Who runs the room as long as he is here goes on to do so.
    const bool is_last = std::none_of(before->sessions().begin(), before->sessions().end(), [&](auto& other) {
      return &other != &session && other.stays().has(stay.room->key());
    });
    const auto* const given = stay.room->grant(*before);
    const bool takes_it = is_last && given != nullptr && (!shares || stay.room->sessions_of(*before) <= 1);
    ranks.push_back(takes_it ? given->rank : Rank::anyone);
    if (takes_it && !shares) stay.room->pass_on(*before, *person);
    if (!shares) {
      stay.room->went(*before, std::string(reason));
    } else if (is_last) {
      directory_.leave(*before, stay.room, reason);
    }
  }
  session.set_person(person);
  auto rank = ranks.begin();
  for (const auto& stay : session.stays().all()) {
    if (shares) {
      directory_.stay(person, stay.room, *rank++);
      continue;
    }
    presence_changes(stay.room, stay.room->presence().clashes_with_coming(person->name()));
    stay.room->came(*person);
  }
  session.stays().weigh_anew();
}

void Rooms::presence_changes(const RoomPtr& room, bool clashes) {
  if (clashes) room->tell_presence(moment());
  if (!room->presence().is_due()) presence_.push_back(room);
}

void Rooms::tell_arrivals() {
  for (const auto& [weak, room] : std::exchange(arrived_, {})) {
    const auto session = weak.lock();
    const bool is_large = settings_.presence_members != 0 && room->size() > settings_.presence_members;
    if (!session || is_large || !session->stays().has(room->key())) continue;
    const auto& name = session->name().shown;
    protocol::Event event{.body = event::Presence{.room = room->name().shown,
                                                  .count = room->size(),
                                                  .joined = {name},
                                                  .left = {},
                                                  .roles = room->roles_among({name})},
                          .ref = {}};
    session->delivery().share(Rendered(event).in(session->delivery().format()), room.get());
  }
}

void Rooms::tell_presence() {
  if (!arrived_.empty()) tell_arrivals();
  if (presence_.empty()) return;
  const auto now = moment();
  std::erase_if(presence_, [&](const auto& room) { return room->tell_presence(now); });
}

Presence::Moment Rooms::moment() const {
  return {.limit = settings_.presence_members, .renames = renames_, .now = clock_.now().steady};
}

void Rooms::broadcast(const Person& person, const protocol::Event& event) const {
  Rendered rendered(event);
  std::unordered_set<const Participant*> told;
  for (const auto& room : directory_.rooms_of(person)) {
    for (const auto& member : room->broadcast().admitted())
      if (told.insert(member.get()).second) member->share(rendered.in(member->format()), nullptr);
  }
}

void Rooms::broadcast(Session& session, const protocol::Event& event) const {
  Rendered rendered(event);
  std::unordered_set<const Participant*> told{&session.delivery()};
  std::size_t rooms = 0;
  for (auto& sibling : session.person().sessions()) {
    rooms += sibling.stays().size();
    // What one goes by oneself is nothing that the state of a room tells, so no slow reader may miss it.
    if (told.insert(&sibling.delivery()).second)
      sibling.delivery().own(rendered.in(sibling.delivery().format()), {});
  }
  // Nobody is met twice in one room.
  const bool is_one_room = rooms <= 1 && told.size() == 1 && !directory_.shares_rooms();
  const auto tell = [&](Participant& participant) {
    const bool is_new = is_one_room ? &participant != &session.delivery() : told.insert(&participant).second;
    if (is_new) participant.share(rendered.in(participant.format()), nullptr);
  };
  for (auto& sibling : session.person().sessions()) {
    for (const auto& stay : sibling.stays().all()) {
      for (const auto& member : stay.room->broadcast().admitted()) tell(*member);
    }
  }
  for (const auto& room : directory_.rooms_of(session.person())) {
    for (const auto& member : room->broadcast().admitted()) tell(*member);
  }
}

}  // namespace hubbub::chat
