#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hubbub::load {

/// Times in nanoseconds, kept to within 1.6 %: 64 steps for each power of two. Adding one allocates nothing.
class Histogram {
 public:
  void add(std::uint64_t nanoseconds) {
    ++counts_[place_of(nanoseconds)];
    ++total_;
  }

  std::uint64_t total() const { return total_; }

  /// The time within which `part` (0 to 1) of all times lie; 0 when there are none.
  std::uint64_t within(double part) const {
    const double wanted = part * static_cast<double>(total_);
    double seen = 0;
    for (std::size_t place = 0; place < counts_.size(); ++place) {
      seen += static_cast<double>(counts_[place]);
      if (counts_[place] > 0 && seen >= wanted) return upper_end(place);
    }
    return 0;
  }

 private:
  static constexpr unsigned step_bits = 6;
  static constexpr std::uint64_t steps = 1U << step_bits;

  static std::size_t place_of(std::uint64_t value) {
    if (value < steps) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - step_bits;
    return static_cast<std::size_t>((shift + 1) * steps + (value >> shift) - steps);
  }

  static std::uint64_t upper_end(std::size_t place) {
    if (place < steps) return place;
    const std::uint64_t shift = place / steps - 1;
    return ((steps + place % steps + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - step_bits + 1) * steps);
  std::uint64_t total_ = 0;
};

}  // namespace hubbub::load
