#pragma once

#include <algorithm>
#include <chrono>

#include "protocol/timestamp.hpp"
#include "server/journal/retention.hpp"

namespace hubbub::journal::sqlite {

/// Which messages are too old to be shown, though they may not have been dropped yet.
struct Ageing {
  /// Those from before that, by the server's retention.
  protocol::Timestamp too_old = protocol::Timestamp::min();
  /// The time of AgeClock, by which a room's own retention goes.
  protocol::Timestamp age_now = protocol::Timestamp::min();

  /// The time from which on messages of a room with that age of its own are shown; 0: it has none.
  protocol::Timestamp oldest(std::chrono::milliseconds own) const {
    if (age_now == protocol::Timestamp::min()) return too_old;
    return std::max(too_old, journal::too_old(own, age_now));
  }
};

}  // namespace hubbub::journal::sqlite
