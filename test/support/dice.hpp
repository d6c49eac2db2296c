#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace hubbub::test {

/// What chance decides in a test; the same again from the same seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  /// From 0 to one less than `bound`.
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 random_;
};

}  // namespace hubbub::test
