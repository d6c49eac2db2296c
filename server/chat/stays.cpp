#include "server/chat/stays.hpp"

#include <algorithm>

#include "server/chat/room.hpp"

namespace hubbub::chat {

std::shared_ptr<Room> Stays::find(std::string_view name) const {
  const auto shown = std::find_if(stays_.begin(), stays_.end(),
                                  [&](const Stay& stay) { return stay.room->name().shown == name; });
  if (shown != stays_.end()) return shown->room;
  const auto parsed = protocol::parse_room(name);
  if (!parsed) return nullptr;
  const auto same = std::find_if(stays_.begin(), stays_.end(),
                                 [&](const Stay& stay) { return stay.room->name() == *parsed; });
  return same == stays_.end() ? nullptr : same->room;
}

bool Stays::has(std::string_view key) const {
  return std::any_of(stays_.begin(), stays_.end(), [&](const Stay& stay) { return stay.room->key() == key; });
}

Stay& Stays::of(const Room& room) {
  return *std::find_if(stays_.begin(), stays_.end(),
                       [&](const Stay& stay) { return stay.room.get() == &room; });
}

void Stays::remove(const Room& room) { stays_.erase(stays_.begin() + (&of(room) - stays_.data())); }

}  // namespace hubbub::chat
