#include "server/journal/age_clock.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::journal {
namespace {

using namespace std::chrono_literals;

// What a clock that is being adjusted gradually, or a short sleep, may differ by (adjtime(3): 43 s a day).
constexpr std::chrono::milliseconds tolerance = 1min;
constexpr std::chrono::milliseconds near = 24h;
constexpr std::chrono::milliseconds settles_when_near = 10min;
constexpr std::chrono::milliseconds settles_when_far = 1h;
constexpr int speed_when_far = 24;

}  // namespace

AgeClock::AgeClock(protocol::Timestamp known, const Moment& now)
    : time_(std::min(known, now.wall)), wall_(now.wall), together_since_(now), counted_(now.steady) {}

AgeClock::Change AgeClock::advance(const Moment& now) {
  using std::chrono::floor;
  using std::chrono::milliseconds;
  const auto passed = floor<milliseconds>(now.steady - counted_);
  counted_ += passed;
  wall_ = now.wall;
  const auto departed =
      (now.wall - together_since_.wall) - floor<milliseconds>(now.steady - together_since_.steady);
  if (std::chrono::abs(departed) > tolerance) together_since_ = now;
  const auto settled = now.steady - together_since_.steady;

  time_ += passed;
  const auto ahead = now.wall - time_;
  if (ahead > near) {
    if (settled >= settles_when_far) time_ += (speed_when_far - 1) * passed;
  } else if (settled >= settles_when_near) {
    time_ = now.wall;
  }
  time_ = std::min(time_, now.wall);

  const bool was_far_behind = std::exchange(is_far_behind_, behind() > near);
  if (was_far_behind == is_far_behind_) return Change::none;
  return is_far_behind_ ? Change::fell_behind : Change::caught_up;
}

}  // namespace hubbub::journal
