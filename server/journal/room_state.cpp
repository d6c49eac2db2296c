#include "server/journal/room_state.hpp"

#include <algorithm>

namespace hubbub::journal {
namespace {

/// The place of the record of that attribute, there or not.
auto place_of(auto& records, std::string_view attribute) {
  return std::lower_bound(
      records.begin(), records.end(), attribute,
      [](const StateRecord& record, std::string_view key) { return record.attribute < key; });
}

}  // namespace

RoomState::Events RoomState::apply(const StateRecord& record) {
  const auto place = place_of(records_, record.attribute);
  const bool is_there = place != records_.end() && place->attribute == record.attribute;
  if (record.value.empty()) {
    if (is_there) records_.erase(place);
  } else if (is_there) {
    *place = record;
  } else {
    records_.insert(place, record);
  }
  if (record.attribute != topic_attribute) return {};
  return {protocol::event::Topic{
      .room = record.room, .text = record.value, .from = record.by, .time = record.at}};
}

std::string_view RoomState::value(std::string_view attribute) const {
  const auto place = place_of(records_, attribute);
  if (place == records_.end() || place->attribute != attribute) return {};
  return place->value;
}

}  // namespace hubbub::journal
