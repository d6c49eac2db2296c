#pragma once

#include <cstdint>

#include "test/load/crowd.hpp"
#include "test/load/options.hpp"

namespace hubbub::load {

/// What was measured. What a mode does not measure, or cannot because it does not know the process, is 0.
struct Report {
  std::size_t connections = 0;
  double joins_per_second = 0;
  double seconds = 0;  ///< of measurement; what follows is of these alone
  std::uint64_t messages = 0;
  std::uint64_t deliveries = 0;
  double deliveries_per_read = 0;    ///< messages that came in one piece
  std::uint64_t processor_time = 0;  ///< of the server, in nanoseconds
  Histogram times{};                 ///< from when a message was due to each of its readers
  std::uint64_t memory_before = 0;   ///< of the server before anybody came, in bytes
  std::uint64_t memory_joined = 0;   ///< when everybody had joined
  std::uint64_t memory_after = 0;    ///< when everybody had spoken (idle), or the most there was (slow)
  double catch_up_seconds =
      0;  ///< from reading again until everything was read, while the others talk for one more second (slow)
  Faults faults{};
  double load_average = 0;
};

/// Does what the options ask for; a std::runtime_error when it cannot be done.
Report measure(const Options& options);

}  // namespace hubbub::load
