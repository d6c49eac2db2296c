#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

/// How long the attributes of a room without messages outlive the last who was there.
inline constexpr std::chrono::hours state_age{1};

/// Which rooms somebody is in, and when the last left those that somebody was in lately; by their keys. The
/// clock may be set back: what has come from its future counts from when that is noticed.
class Attendance {
 public:
  /// Nobody is anywhere, since `now`.
  explicit Attendance(protocol::Timestamp now) : since_(now) {}

  void occupy(const std::string& room);
  /// `remember`: when; otherwise that is forgotten, because nobody will ask.
  void abandon(const std::string& room, protocol::Timestamp now, bool remember);
  bool is_occupied(std::string_view room) const { return occupied_.contains(room); }
  /// Since when nobody has been in a room that nobody is in, as far as it matters: never later than it was,
  /// and exactly within the last state_age.
  protocol::Timestamp left(std::string_view room, protocol::Timestamp now);
  /// Whether nobody has been in that room for state_age.
  bool is_deserted(std::string_view room, protocol::Timestamp now);
  /// Forgets what has become too old to matter.
  void expire(protocol::Timestamp now);

 private:
  protocol::Timestamp since_;
  std::set<std::string, std::less<>> occupied_;
  std::map<std::string, protocol::Timestamp, std::less<>> left_;
};

}  // namespace hubbub::journal
