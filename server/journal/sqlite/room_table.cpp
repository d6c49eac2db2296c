#include "server/journal/sqlite/room_table.hpp"

#include <iterator>
#include <utility>

namespace hubbub::journal::sqlite {

void RoomTable::Room::show(std::string_view name, RoomState state) {
  if (name.empty() && state.is_empty()) {
    shown.reset();
  } else {
    shown = std::make_unique<Shown>(Shown{.name = std::string(name), .state = std::move(state)});
  }
}

std::string_view RoomTable::name_of(const Rooms::value_type& room) {
  const auto& [key, known] = room;
  return known.shown && !known.shown->name.empty() ? std::string_view(known.shown->name) : key;
}

RoomEntry RoomTable::entry(const Rooms::value_type& room) {
  const auto& [key, known] = room;
  return {.key = key,
          .name = name_of(room),
          .topic = known.shown ? known.shown->state.topic() : std::string_view()};
}

/// Changes a room, and keeps the count of listed rooms; a room of which nothing is left is removed.
template <class Change>
void RoomTable::change(Rooms::iterator room, Change apply) {
  listed_ -= is_listed(*room) ? 1 : 0;
  apply(room->second);
  listed_ += is_listed(*room) ? 1 : 0;
  if (!room->second.is_kept() && room->second.last == 0) rooms_.erase(room);
}

void RoomTable::add(std::string_view room, std::string_view name, RoomState state, std::uint64_t last,
                    bool kept, std::uint64_t changed) {
  const auto place = rooms_.try_emplace(rooms_.end(), std::string(room));
  change(place, [&](Room& known) {
    known.last = last;
    known.kept = kept;
    known.changed = changed;
    known.show(name == room ? std::string_view() : name, std::move(state));
  });
}

void RoomTable::stored(const std::string& room, const std::string& name, std::uint64_t seq) {
  const auto place = find_or_add(room);
  change(place, [&](Room& known) {
    // The first message in an empty room may change the spelling of its name.
    if (!known.kept) known.show(name == room ? std::string_view() : name, known.take_state());
    known.last = seq;
    known.kept = true;
  });
}

void RoomTable::changed(const std::string& room, std::uint64_t number) {
  const auto place = rooms_.find(room);
  if (place != rooms_.end()) place->second.changed = number;
}

void RoomTable::apply(const std::string& room, const StateRecord& record) {
  const auto place = find_or_add(room);
  change(place, [&](Room& known) {
    const std::string name(known.kept ? name_of(*place) : record.room);
    // In place: a room may have very many bans.
    auto state = known.take_state();
    state.apply(record);
    known.show(name == room ? std::string_view() : name, std::move(state));
  });
}

void RoomTable::emptied(const std::string& room) {
  const auto place = rooms_.find(room);
  if (place != rooms_.end()) change(place, [](Room& known) { known.kept = false; });
}

RoomState RoomTable::lose_state(const std::string& room) {
  RoomState state;
  const auto place = rooms_.find(room);
  if (place == rooms_.end()) return state;
  change(place, [&](Room& known) {
    const std::string name(name_of(*place));
    state = known.take_state();
    known.show(name == room ? std::string_view() : name, {});
  });
  return state;
}

void RoomTable::forget(const std::string& room) {
  const auto place = rooms_.find(room);
  if (place != rooms_.end()) change(place, [](Room& known) { known = {}; });
}

Tail RoomTable::tail(std::string_view room) const {
  const auto place = rooms_.find(room);
  if (place == rooms_.end()) return {};
  const auto& known = place->second;
  return {.last = known.last,
          .kept = known.kept,
          .changed = known.changed,
          .state = known.has_state() ? &known.shown->state : nullptr,
          .name = is_listed(*place) ? name_of(*place) : std::string_view()};
}

std::vector<RoomEntry> RoomTable::list(std::string_view after, std::size_t limit) const {
  std::vector<RoomEntry> page;
  for (auto next = rooms_.upper_bound(after); next != rooms_.end() && page.size() < limit;) {
    if (is_listed(*next)) page.push_back(entry(*next));
    next = is_conversation(next->first) ? rooms_.lower_bound(behind_conversations) : std::next(next);
  }
  return page;
}

void RoomTable::each_state(
    const std::function<void(const std::string& key, const RoomState& state)>& take) const {
  for (const auto& [key, room] : rooms_)
    if (room.has_state()) take(key, room.shown->state);
}

void RoomTable::each_conversation(const std::function<void(std::string_view key)>& take) const {
  const auto end = rooms_.lower_bound(behind_conversations);
  for (auto next = rooms_.lower_bound("@"); next != end; ++next) take(next->first);
}

}  // namespace hubbub::journal::sqlite
