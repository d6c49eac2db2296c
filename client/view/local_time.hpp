#pragma once

#include <string>

#include "protocol/timestamp.hpp"

namespace hubbub::client {

/// The time of day on the local clock: "09:30", or "09:30:15".
std::string time_of_day(protocol::Timestamp time, bool seconds);

/// The local day: "2026-11-21".
std::string iso_day(protocol::Timestamp time);
/// "Saturday, 21 November 2026", or "Sat 21 Nov". In English, as everything here, whatever the locale.
std::string day_in_words(protocol::Timestamp time);
std::string short_day(protocol::Timestamp time);

}  // namespace hubbub::client
