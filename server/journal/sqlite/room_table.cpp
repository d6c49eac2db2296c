#include "server/journal/sqlite/room_table.hpp"

#include <utility>

namespace hubbub::journal::sqlite {

void RoomTable::Room::show(std::string_view name, std::string_view topic) {
  if (name.empty() && topic.empty()) {
    shown.reset();
  } else {
    shown = std::make_unique<Shown>(Shown{.name = std::string(name), .topic = std::string(topic)});
  }
}

RoomEntry RoomTable::entry(const Rooms::value_type& room) {
  const auto& [key, known] = room;
  RoomEntry entry{.key = key, .name = key, .topic = {}};
  if (!known.shown) return entry;
  if (!known.shown->name.empty()) entry.name = known.shown->name;
  entry.topic = known.shown->topic;
  return entry;
}

/// Changes a room, and counts it if that makes it one that is listed.
template <class Change>
void RoomTable::change(Rooms::iterator room, Change apply) {
  listed_ -= room->second.is_listed() ? 1 : 0;
  apply(room->second);
  listed_ += room->second.is_listed() ? 1 : 0;
}

void RoomTable::add(const RoomEntry& room, std::uint64_t last, bool kept) {
  const auto place = rooms_.try_emplace(rooms_.end(), std::string(room.key));
  change(place, [&](Room& known) {
    known.last = last;
    known.kept = kept;
    known.show(room.name == room.key ? std::string_view() : room.name, room.topic);
  });
}

void RoomTable::stored(const std::string& room, const std::string& name, std::uint64_t seq) {
  const auto place = find_or_add(room);
  change(place, [&](Room& known) {
    // Those who find a room empty may write its name differently.
    if (!known.kept) {
      const std::string topic(entry(*place).topic);
      known.show(name == room ? std::string_view() : name, topic);
    }
    known.last = seq;
    known.kept = true;
  });
}

void RoomTable::set_topic(const std::string& room, const std::string& name, const std::string& topic) {
  const auto place = find_or_add(room);
  change(place, [&](Room& known) {
    const std::string shown = known.kept ? std::string(entry(*place).name) : name;
    known.show(shown == room ? std::string_view() : shown, topic);
  });
  if (!place->second.is_listed() && place->second.last == 0) rooms_.erase(place);
}

void RoomTable::emptied(const std::string& room) {
  const auto place = rooms_.find(room);
  if (place != rooms_.end()) change(place, [](Room& known) { known.kept = false; });
}

void RoomTable::lose_topic(const std::string& room) {
  const auto place = rooms_.find(room);
  if (place == rooms_.end()) return;
  set_topic(room, std::string(entry(*place).name), {});
}

void RoomTable::forget(const std::string& room) {
  const auto place = rooms_.find(room);
  if (place == rooms_.end()) return;
  listed_ -= place->second.is_listed() ? 1 : 0;
  rooms_.erase(place);
}

Tail RoomTable::tail(std::string_view room) const {
  const auto place = rooms_.find(room);
  if (place == rooms_.end()) return {};
  const auto shown = entry(*place);
  return {.last = place->second.last,
          .kept = place->second.kept,
          .topic = shown.topic,
          .name = place->second.is_listed() ? shown.name : std::string_view()};
}

std::vector<RoomEntry> RoomTable::list(std::string_view after, std::size_t limit) const {
  std::vector<RoomEntry> page;
  for (auto next = rooms_.upper_bound(after); next != rooms_.end() && page.size() < limit; ++next) {
    if (next->second.is_listed()) page.push_back(entry(*next));
  }
  return page;
}

}  // namespace hubbub::journal::sqlite
