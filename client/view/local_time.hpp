#pragma once

#include <string>
#include <string_view>

#include "protocol/timestamp.hpp"

namespace hubbub::client {

/// When that was, on the local clock (TZ): "09:30", with the date when that is not today.
std::string local_time(protocol::Timestamp time, protocol::Timestamp now);

/// The time of day on the local clock: "09:30", or "09:30:15".
std::string time_of_day(protocol::Timestamp time, bool seconds);

/// The local day: "2026-11-21".
std::string iso_day(protocol::Timestamp time);
/// "Saturday, 21 November 2026", or "Sat 21 Nov". In English, as everything here, whatever the locale.
std::string day_in_words(protocol::Timestamp time);
std::string short_day(protocol::Timestamp time);

/// Puts `stamp` in front of every line that is not indented, which continues the one before.
std::string stamped(std::string_view lines, std::string_view stamp);

}  // namespace hubbub::client
