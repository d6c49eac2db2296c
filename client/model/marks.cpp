#include "client/model/marks.hpp"

#include <algorithm>
#include <utility>

#include "client/model/room.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

namespace request = protocol::request;

namespace {

std::string key_of_place(std::string_view place) {
  const std::string_view person = person_of(place);
  return person.empty() ? protocol::key_of(place) : view_name(protocol::key_of(person));
}

}  // namespace

Marks::Place& Marks::at(std::string_view place) {
  Place& found = places_[key_of_place(place)];
  found.name = place;
  return found;
}

void Marks::look(std::string_view place, std::uint64_t seq) {
  if (seq == 0) return;
  Place& looked_at = at(place);
  looked_at.looked = std::max(looked_at.looked, seq);
}

void Marks::know(std::string_view place, std::uint64_t seq) {
  Place& known = at(place);
  known.known = std::max(known.known, seq);
  if (known.known >= known.asked) known.asked = 0;
}

std::optional<request::Read> Marks::next() {
  for (auto& [key, place] : places_) {
    if (place.asked != 0 || place.looked <= place.known) continue;
    place.asked = place.looked;
    request::Read read{.room = {}, .with = {}, .seq = place.asked};
    const std::string_view person = person_of(place.name);
    (person.empty() ? read.room : read.with) = person.empty() ? place.name : std::string(person);
    return read;
  }
  return std::nullopt;
}

void Marks::settle(const request::Read& asked) {
  const auto found =
      places_.find(key_of_place(asked.room ? *asked.room : view_name(asked.with.value_or(""))));
  if (found == places_.end() || found->second.asked != asked.seq) return;
  found->second.asked = 0;
  found->second.known = std::max(found->second.known, asked.seq);
}

void Marks::rename(std::string_view old_place, std::string_view new_place) {
  auto moved = places_.extract(key_of_place(old_place));
  if (moved.empty()) return;
  moved.key() = key_of_place(new_place);
  moved.mapped().name = new_place;
  moved.mapped().asked = 0;
  places_.erase(moved.key());
  places_.insert(std::move(moved));
}

}  // namespace hubbub::client
