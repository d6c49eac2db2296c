#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// How long a room without messages keeps its attributes after the last participant has left.
inline constexpr std::chrono::hours state_age{1};

/// Which rooms, by their keys, are occupied, and when the last participant left rooms that were occupied
/// lately. The clock may be set back: a time in its future counts from when that is noticed.
class Attendance {
 public:
  /// No room is occupied, since `now`.
  explicit Attendance(protocol::Timestamp now) : since_(now) {}

  void occupy(const std::string& room);
  /// `remember`: keep the time; otherwise left() will not be asked of that room.
  void abandon(const std::string& room, protocol::Timestamp now, bool remember);
  bool is_occupied(std::string_view room) const { return occupied_.contains(room); }
  /// Since when an empty room has been empty: exact within the last state_age, otherwise never too late a
  /// time.
  protocol::Timestamp left(std::string_view room, protocol::Timestamp now);
  /// Whether the room has been empty for state_age.
  bool is_deserted(std::string_view room, protocol::Timestamp now);
  /// Forgets times that are too old to matter.
  void expire(protocol::Timestamp now);

 private:
  protocol::Timestamp since_;
  std::set<std::string, std::less<>> occupied_;
  std::map<std::string, protocol::Timestamp, std::less<>> left_;
};

}  // namespace hubbub::journal
