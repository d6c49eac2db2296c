#pragma once

#include <chrono>

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

  /// Takes one token. False, and nothing is taken, when there is none.
  bool take(const Limit& limit, Time now);
  /// Whether it is untouched, as far as the limit goes.
  bool is_full(Time now) const { return full_at_ <= now; }
  /// Until there will be a token, a day at most; zero when there is one.
  std::chrono::milliseconds wait(const Limit& limit, Time now);

 private:
  std::chrono::nanoseconds missing(const Limit& limit, Time now);

  Time full_at_{};
};

}  // namespace hubbub::protocol
