#include "server/journal/room_state.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace hubbub::journal {
namespace {

/// The place of the record of that attribute, there or not.
auto place_of(auto& records, std::string_view attribute) {
  return std::lower_bound(
      records.begin(), records.end(), attribute,
      [](const StateRecord& record, std::string_view key) { return record.attribute < key; });
}

// A thousand years: times less that can be told.
constexpr std::uint64_t greatest_bound = std::uint64_t{1000} * 366 * 24 * 3600 * 1000;

}  // namespace

std::uint64_t bound_in(std::string_view value) {
  std::uint64_t bound = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), bound);
  const bool is_bound = error == std::errc{} && end == value.data() + value.size() && bound <= greatest_bound;
  return is_bound ? bound : 0;
}

bool may_forbid(const StateRecord& record) {
  return record.attribute != topic_attribute && record.attribute != host_key_attribute;
}

bool ends_a_life(const StateRecord& record) {
  return !record.value.empty() && record.attribute == closed_attribute;
}

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
  is_lasting_ = is_server(record.room) || !value(owner_attribute).empty() || !value(kept_attribute).empty();
  if (record.attribute == keep_messages_attribute) retention_.messages = bound_in(record.value);
  if (record.attribute == keep_age_attribute)
    retention_.age = std::chrono::milliseconds(bound_in(record.value));
  if (record.attribute != topic_attribute) return {};
  return {protocol::event::Topic{
      .room = record.room, .text = record.value, .from = record.by, .time = record.at}};
}

const StateRecord* RoomState::find(std::string_view attribute) const {
  const auto place = place_of(records_, attribute);
  return place == records_.end() || place->attribute != attribute ? nullptr : &*place;
}

std::string_view RoomState::value(std::string_view attribute) const {
  const auto* const record = find(attribute);
  return record == nullptr ? std::string_view() : std::string_view(record->value);
}

std::span<const StateRecord> RoomState::all(std::string_view prefix) const {
  const auto begin = place_of(records_, prefix);
  const auto end = std::find_if_not(
      begin, records_.end(), [&](const StateRecord& record) { return record.attribute.starts_with(prefix); });
  return {begin, end};
}

}  // namespace hubbub::journal
