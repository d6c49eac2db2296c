#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hubbub::ops {

/// How often values fell between given bounds, for operators (a histogram of Prometheus). For one thread.
class Histogram {
 public:
  static constexpr std::size_t most_bounds = 16;

  /// `bounds`: ascending, at most `most_bounds`, and there for as long as this. A value at a bound is below
  /// it.
  explicit Histogram(std::span<const double> bounds) : bounds_(bounds) {}

  void observe(double value) {
    const auto place = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(place)];
    sum_ += value;
  }

  std::span<const double> bounds() const { return bounds_; }
  /// How many fell between the bound before that place and the one at it; at the place behind the last bound:
  /// beyond all.
  std::uint64_t count(std::size_t place) const { return counts_.at(place); }
  double sum() const { return sum_; }

 private:
  std::span<const double> bounds_;
  std::array<std::uint64_t, most_bounds + 1> counts_{};
  double sum_ = 0;
};

/// Bounds in seconds: from 0.1 ms, which a commit to a good disk takes, to 10 s.
inline constexpr std::array<double, 16> bounds_of_seconds{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
/// Bounds of a count: powers of two.
inline constexpr std::array<double, 14> bounds_of_counts{1,   2,   4,   8,    16,   32,   64,
                                                         128, 256, 512, 1024, 2048, 4096, 8192};

}  // namespace hubbub::ops
