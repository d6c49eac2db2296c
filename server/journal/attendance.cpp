#include "server/journal/attendance.hpp"

#include <algorithm>

namespace hubbub::journal {

void Attendance::occupy(const std::string& room) {
  occupied_.insert(room);
  left_.erase(room);
}

void Attendance::abandon(const std::string& room, protocol::Timestamp now, bool remember) {
  occupied_.erase(room);
  if (remember) left_.insert_or_assign(room, now);
}

protocol::Timestamp Attendance::left(std::string_view room, protocol::Timestamp now) {
  since_ = std::min(since_, now);
  const auto found = left_.find(room);
  if (found == left_.end()) return since_;
  return found->second = std::min(found->second, now);
}

bool Attendance::is_deserted(std::string_view room, protocol::Timestamp now) {
  return !is_occupied(room) && left(room, now) + state_age <= now;
}

void Attendance::expire(protocol::Timestamp now) {
  since_ = std::min(since_, now);
  for (auto& [room, left] : left_) left = std::min(left, now);
  std::erase_if(left_,
                [&](const auto& one) { return one.second + state_age <= now && since_ <= one.second; });
}

}  // namespace hubbub::journal
