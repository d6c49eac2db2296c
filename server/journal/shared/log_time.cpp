#include "server/journal/shared/log_time.hpp"

#include <algorithm>

namespace hubbub::journal::shared {

bool LogTime::advance(std::uint64_t position, protocol::Timestamp time) {
  now_ = std::max(now_, time);
  if (!marks_.empty() && now_ - marks_.back().time < interval) return false;
  marks_.push_back({.position = position, .time = now_});
  thin();
  return true;
}

/// Of the newest mark that is so old.
std::uint64_t LogTime::position_before(std::chrono::milliseconds age) const {
  const auto first_young =
      std::upper_bound(marks_.begin(), marks_.end(), now_ - age,
                       [](const auto& time, const Mark& mark) { return time < mark.time; });
  return first_young == marks_.begin() ? 0 : std::prev(first_young)->position;
}

/// Of the marks before the one that old_up_to() names, one for each coarse_interval stays, and of those too
/// old for quiet_up_to() the newest. A mark that has been named is not taken away before a later one is.
void LogTime::thin() {
  const auto old = position_before(dedupe_window);
  const auto quiet = position_before(quiet_after);
  std::vector<Mark> kept;
  for (const auto& mark : marks_) {
    if (mark.position < quiet) continue;
    const bool is_needed = mark.position >= old || mark.position == quiet || kept.empty() ||
                           mark.time - kept.back().time >= coarse_interval;
    if (is_needed) kept.push_back(mark);
  }
  marks_ = std::move(kept);
}

}  // namespace hubbub::journal::shared
