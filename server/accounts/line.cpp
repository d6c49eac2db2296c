#include "server/accounts/line.hpp"

#include <algorithm>

namespace hubbub::accounts {

std::size_t Line::ahead_of(const std::string& who, Time now) {
  std::erase_if(waiting_, [now](const Waiting& each) { return each.until < now; });
  const auto place =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& each) { return each.who == who; });
  return static_cast<std::size_t>(place - waiting_.begin());
}

/// Who comes back early keeps his place.
void Line::join(const std::string& who, Time now, std::chrono::milliseconds in) {
  const auto until = now + in + patience;
  const auto place =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& each) { return each.who == who; });
  if (place != waiting_.end()) {
    place->until = std::max(place->until, until);
  } else if (waiting_.size() < most) {
    waiting_.push_back({.who = who, .until = until});
  }
}

void Line::leave(const std::string& who) {
  std::erase_if(waiting_, [&](const Waiting& each) { return each.who == who; });
}

}  // namespace hubbub::accounts
