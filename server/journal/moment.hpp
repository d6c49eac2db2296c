#pragma once

#include <chrono>

#include "protocol/timestamp.hpp"

namespace hubbub::journal {

using Steady = std::chrono::steady_clock::time_point;

/// The two clocks, read at the same moment: the wall's, and one that only goes forward and stands still while
/// the machine sleeps (CLOCK_MONOTONIC, clock_gettime(2)).
struct Moment {
  protocol::Timestamp wall{};
  Steady steady{};
};

}  // namespace hubbub::journal
