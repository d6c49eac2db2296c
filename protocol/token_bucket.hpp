#pragma once

#include <chrono>
#include <cstddef>

namespace hubbub::protocol {

/// A token bucket: `burst` tokens at first, refilled at `rate` a second. A rate of 0 or NaN means no limit.
/// The object takes eight bytes, since every session has several: it stores only the time at which the bucket
/// will be full again (the generic cell rate algorithm, ITU-T I.371).
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limit {
    double rate = 0;   ///< tokens a second
    double burst = 0;  ///< tokens at most; at least 1
  };

  /// Takes that many tokens, or a full bucket's worth if that is less. False: there are too few, and none is
  /// taken.
  bool take(const Limit& limit, Time now, std::size_t tokens = 1);
  /// One that was taken, for nothing.
  void give_back(const Limit& limit);
  /// Whether the bucket is full again.
  bool is_full(Time now) const { return full_at_ <= now; }
  /// Time until that many tokens are there, a day at most; zero: they are there now.
  std::chrono::milliseconds wait(const Limit& limit, Time now, std::size_t tokens = 1);

 private:
  std::chrono::nanoseconds missing(const Limit& limit, Time now, std::size_t tokens);

  Time full_at_{};
};

}  // namespace hubbub::protocol
