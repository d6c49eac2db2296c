#pragma once

#include <chrono>

namespace hubbub::test {

/// The time limit of every wait. Only a fault takes this long, even on a busy machine and with slow
/// sanitizers.
inline constexpr std::chrono::seconds patience{20};

/// A deadline, for the timeout of poll(2).
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now) : at_(Clock::now() + from_now) {}

  /// Milliseconds left, rounded up; 0 when it has passed.
  int left() const {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now()).count();
    return rest > 0 ? static_cast<int>(rest) : 0;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point at_;
};

}  // namespace hubbub::test
