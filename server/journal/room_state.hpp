#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"
#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// What a room is about; a single line.
inline constexpr std::string_view topic_attribute = "topic";

/// The record that sets an attribute of a room.
struct StateRecord {
  std::string room;       ///< as shown
  std::uint64_t seq = 0;  ///< its place among the messages; 0: none yet, or it is from before records had one
  std::string attribute{};  ///< such as topic_attribute; never empty
  std::string value{};      ///< empty: the room does not have the attribute any more
  std::string by{};         ///< name of the person who set it; empty: not known
  protocol::Timestamp at{};
};
using StatePtr = std::shared_ptr<const StateRecord>;

/// The attributes that a room has, each with the record that set it.
class RoomState {
 public:
  using Events = std::vector<protocol::event::Any>;

  /// The only way to change it: applies a record from the journal, at the start as when it has just been
  /// stored. The result depends on nothing but the state and the record. Returns the events for the room's
  /// participants; an attribute that this program does not know is kept, and has none.
  Events apply(const StateRecord& record);

  /// The value; empty: the room does not have the attribute.
  std::string_view value(std::string_view attribute) const;
  std::string_view topic() const { return value(topic_attribute); }
  bool is_empty() const { return records_.empty(); }
  /// In the order of their attributes.
  const std::vector<StateRecord>& records() const { return records_; }

 private:
  std::vector<StateRecord> records_;  ///< few
};

}  // namespace hubbub::journal
