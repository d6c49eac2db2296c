#include "client/model/roster.hpp"

#include <algorithm>

#include "client/connection/names.hpp"

namespace hubbub::client {

namespace event = protocol::event;

namespace {

void add(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

void Roster::note(const protocol::Event& event) {
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
    enter(*joined);
  } else if (const auto* left = std::get_if<event::Left>(&event.body)) {
    leave(left->room);
  } else if (const auto* presence = std::get_if<event::Presence>(&event.body)) {
    note(*presence);
  } else if (const auto* renamed = std::get_if<event::Renamed>(&event.body)) {
    note(*renamed);
  } else if (const auto* topic = std::get_if<event::Topic>(&event.body)) {
    if (Room* room = entered(topic->room)) room->topic = topic->text;
  } else if (const auto* members = std::get_if<event::Members>(&event.body)) {
    if (Room* room = entered(members->room)) {
      for (const std::string& name : members->names) add(room->members, name);
    }
  } else if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) {
    if ((*message)->room.empty()) add(correspondents_, (*message)->from);
  }
}

void Roster::enter(const event::Joined& joined) {
  Room* room = entered(joined.room);
  if (room == nullptr) room = &rooms_.emplace_back();
  *room = {joined.room, joined.topic, joined.members};
  if (current_.empty()) current_ = joined.room;
}

void Roster::note(const event::Presence& presence) {
  Room* room = entered(presence.room);
  if (room == nullptr) return;
  for (const event::Departure& departure : presence.left) std::erase(room->members, departure.name);
  for (const std::string& name : presence.joined) add(room->members, name);
}

void Roster::note(const event::Renamed& renamed) {
  for (Room& room : rooms_)
    std::replace(room.members.begin(), room.members.end(), renamed.old_name, renamed.new_name);
  std::replace(correspondents_.begin(), correspondents_.end(), renamed.old_name, renamed.new_name);
}

void Roster::leave(const std::string& room) {
  std::erase_if(rooms_, [&](const Room& r) { return r.name == room; });
  if (current_ == room) current_ = rooms_.empty() ? std::string() : rooms_.front().name;
}

bool Roster::turn_to(std::string_view room) {
  const Room* found = find(room);
  if (found != nullptr) current_ = found->name;
  return found != nullptr;
}

std::size_t Roster::index_of(std::string_view room) const {
  const auto found =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const Room& r) { return same_name(r.name, room); });
  return static_cast<std::size_t>(found - rooms_.begin());
}

Roster::Room* Roster::entered(std::string_view room) {
  const std::size_t index = index_of(room);
  return index == rooms_.size() ? nullptr : &rooms_[index];
}

const Roster::Room* Roster::find(std::string_view room) const {
  const std::size_t index = index_of(room);
  return index == rooms_.size() ? nullptr : &rooms_[index];
}

std::vector<std::string> Roster::people() const {
  std::vector<std::string> names;
  if (const Room* room = find(current_)) names = room->members;
  for (const Room& room : rooms_) {
    for (const std::string& name : room.members) add(names, name);
  }
  for (const std::string& name : correspondents_) add(names, name);
  return names;
}

}  // namespace hubbub::client
