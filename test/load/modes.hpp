#pragma once

#include <cstdint>
#include <string>

#include "test/load/crowd.hpp"
#include "test/load/options.hpp"

namespace hubbub::load {

/// The results of a measurement. A value that the mode does not measure, or cannot without the process's
/// number, is 0.
struct Report {
  std::size_t connections = 0;
  double joins_per_second = 0;
  double seconds = 0;  ///< length of the measurement, to which the following values belong
  std::uint64_t messages = 0;
  std::uint64_t deliveries = 0;
  double deliveries_per_read = 0;    ///< messages in one read
  std::uint64_t processor_time = 0;  ///< of the server, in nanoseconds
  Histogram times{};                 ///< from a message's due time to its arrival at each reader
  std::uint64_t memory_before = 0;   ///< of the server before the first connection, in bytes
  std::uint64_t memory_joined = 0;   ///< when all clients had joined
  std::uint64_t memory_after = 0;    ///< when all clients had spoken (idle), or the greatest (slow)
  double catch_up_seconds =
      0;  ///< from reading again until all was read, while the other clients send for one more second (slow)
  std::uint64_t handshakes = 0;  ///< that others have done meanwhile
  std::uint64_t scrapes = 0;     ///< pages of /metrics that were read meanwhile
  std::string cipher{};          ///< empty: all was in the clear
  Faults faults{};
  double load_average = 0;
};

/// Runs the measurement that the options ask for. Errors: std::runtime_error.
Report measure(const Options& options);

}  // namespace hubbub::load
