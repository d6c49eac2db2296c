#pragma once

#include <chrono>

namespace hubbub::test {

/// How long anything is waited for. Only a fault takes this long, however busy the machine and
/// however slow the sanitizers.
inline constexpr std::chrono::seconds patience{20};

/// A point in time to be ready by, as poll(2) wants it.
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
