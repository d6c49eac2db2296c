#include "client/connection/names.hpp"

#include "protocol/name.hpp"

namespace hubbub::client {

bool same_name(std::string_view one, std::string_view other) {
  if (one == other) return true;
  // Rooms may be longer than people's names, and are compared alike.
  const auto a = protocol::parse_room(one);
  const auto b = protocol::parse_room(other);
  return a && b && *a == *b;
}

std::string key_of(std::string_view name) {
  const auto parsed = protocol::parse_room(name);
  return parsed ? parsed->key : std::string(name);
}

}  // namespace hubbub::client
