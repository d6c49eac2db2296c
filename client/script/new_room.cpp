#include "client/script/new_room.hpp"

#include "client/connection/names.hpp"

namespace hubbub::client {

namespace event = protocol::event;

std::optional<std::string> NewRoom::warning(const protocol::Event& event) {
  if (const auto* welcome = std::get_if<event::Welcome>(&event.body)) default_room_ = welcome->default_room;
  const auto* joined = std::get_if<event::Joined>(&event.body);
  if (joined == nullptr || joined->count > 1 || joined->last != 0 || !joined->topic.empty())
    return std::nullopt;
  if (same_name(joined->room, default_room_)) return std::nullopt;
  return joined->room +
         " is a new room: nobody else is in it, and nothing was said there before; hubbub rooms " +
         "lists those that there are (--new: no such warning)";
}

}  // namespace hubbub::client
