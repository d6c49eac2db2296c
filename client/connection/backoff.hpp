#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace hubbub::client {

/// How long to wait before the next attempt to connect: doubling from `first` to `most`, and each
/// time a random part of the second half less, so that the clients of a server that was restarted
/// do not all come back in the same instant.
class Backoff {
 public:
  using Duration = std::chrono::milliseconds;

  Backoff(Duration first, Duration most, std::uint64_t seed)
      : first_(first), most_(most), next_(first), random_(seed) {}

  /// Between half of the step and the whole of it; the step doubles.
  Duration next();

  /// After a link that worked.
  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration most_;
  Duration next_;
  std::mt19937_64 random_;
};

}  // namespace hubbub::client
