#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hubbub::client {

/// Keeps what is sent within the server's token bucket (`welcome.limits`), so that nothing is refused:
/// a refusal in the middle of a burst would let what follows it overtake.
///
/// A token is set aside when a request is sent but only counted as spent when its answer comes. The
/// server spends it somewhere in between, and so has always refilled at least as much as is assumed
/// here, however the network bunches things up.
class Pacer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Not limited.
  Pacer() = default;
  /// Either number 0: not limited. The bucket starts full, as that of a new connection does.
  Pacer(double per_second, std::uint64_t burst);

  /// Sets a token aside, if there is one.
  bool take(TimePoint now);
  /// A request that had taken a token was answered.
  void settle(TimePoint now);
  /// When `take` will succeed; nothing when only an answer can bring that about, or it would now.
  std::optional<TimePoint> ready_at(TimePoint now);

 private:
  bool limited() const { return rate_ > 0; }
  double available() const { return level_ - static_cast<double>(in_flight_); }
  void refill(TimePoint now);

  double rate_ = 0;
  double burst_ = 0;
  double level_ = 0;
  std::size_t in_flight_ = 0;
  std::optional<TimePoint> refilled_;
};

}  // namespace hubbub::client
