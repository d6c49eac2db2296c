#pragma once

#include <chrono>
#include <cstddef>

namespace hubbub::protocol {

/// A token bucket, by which a pace is kept: `burst` tokens at first, refilled with `rate` a second. A rate of
/// 0 is no limit, and neither is one that is no number. It is eight bytes, since everybody has several: all
/// that is kept is when it will be full again (the generic cell rate algorithm, ITU-T I.371).
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limit {
    double rate = 0;   ///< tokens a second
    double burst = 0;  ///< tokens at most; at least 1
  };

  /// Takes so many tokens; all that a full bucket has where that is more. False, and nothing is taken, when
  /// there are not as many.
  bool take(const Limit& limit, Time now, std::size_t tokens = 1);
  /// Whether it is untouched, as far as the limit goes.
  bool is_full(Time now) const { return full_at_ <= now; }
  /// Until there will be as many, a day at most; zero when there are.
  std::chrono::milliseconds wait(const Limit& limit, Time now, std::size_t tokens = 1);

 private:
  std::chrono::nanoseconds missing(const Limit& limit, Time now, std::size_t tokens);

  Time full_at_{};
};

}  // namespace hubbub::protocol
