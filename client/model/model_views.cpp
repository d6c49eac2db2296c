// Private views, and the numbers that they share with the rooms.
#include <algorithm>
#include <iterator>
#include <utility>

#include "client/connection/names.hpp"
#include "client/model/model.hpp"

namespace hubbub::client {

namespace event = protocol::event;

namespace {

/// Private messages of this run that are remembered, for views that are opened later.
constexpr std::size_t most_whispers = 500;

}  // namespace

/// It gets the lowest number that is free, and the others keep theirs.
Room& Model::add_room(Room room) {
  std::size_t number = 1;
  auto place = rooms_.begin();
  for (; place != rooms_.end() && place->number() == number; ++place) ++number;
  room.set_number(number);
  return *rooms_.insert(place, std::move(room));
}

std::vector<Item> Model::open_view(std::string_view person, Timestamp now) {
  if (const Room* open = find(view_name(person))) return *turn_to(open->name(), now);
  const std::vector<std::string> known = people();
  const auto as_known = std::find_if(known.begin(), known.end(),
                                     [&](const std::string& name) { return same_name(name, person); });
  const std::string name = as_known == known.end() ? std::string(person) : *as_known;
  Room& view = add_room(Room::with(name));
  for (const Whisper& whisper : whispers_) {
    if (same_name(whisper.person, name)) view.add(whisper.said, true);
  }
  return *turn_to(view.name(), now, Room::most_messages);
}

void Model::remember_whisper(const std::string& person, const Said& said) {
  whispers_.push_back({person, said});
  if (whispers_.size() > most_whispers) whispers_.pop_front();
}

/// A view goes by its person. One of somebody else who had the new name before is closed, so that nothing
/// that was meant for one of them reaches the other.
void Model::rename_views(const std::string& old_name, const std::string& new_name, News& news,
                         Timestamp now) {
  for (Whisper& whisper : whispers_) {
    if (same_name(whisper.person, old_name)) whisper.person = new_name;
  }
  if (addressee_ == old_name) addressee_ = new_name;
  const Room* renamed = find(view_name(old_name));
  if (renamed == nullptr) return;
  if (Room* other = entered(view_name(new_name)); other != nullptr && other != renamed) {
    const auto show = [&news](std::vector<Item> items) {
      std::move(items.begin(), items.end(), std::back_inserter(news.items));
    };
    const std::string closed = other->name();
    show(other->take_unread(0, now));
    // What is being typed in private may not find itself in a room.
    if (is_current(*other)) show(*turn_to(renamed->name(), now));
    show(take({event::Left{closed}, {}}, false, now).items);
  }
  for (std::string* name : {&current_, &going_to_}) {
    if (same_name(person_of(*name), old_name)) *name = view_name(new_name);
  }
  for (std::string& name : trail_) {
    if (same_name(person_of(name), old_name)) name = view_name(new_name);
  }
}

}  // namespace hubbub::client
