#pragma once

#include <chrono>

namespace hubbub::chat {

/// A token bucket: `burst` tokens at first, refilled with `rate` a second. A rate of 0 is no limit, and
/// neither is one that is no number.
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
  bool is_full(const Limit& limit, Time now);
  /// Until there will be a token, a day at most; zero when there is one.
  std::chrono::milliseconds wait(const Limit& limit, Time now);

 private:
  void refill(const Limit& limit, Time now);

  double tokens_ = 0;
  Time refilled_{};  ///< the epoch: never yet, so that the first refill fills the bucket
};

}  // namespace hubbub::chat
