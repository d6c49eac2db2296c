#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// Wall-clock time of the wire, in UTC, to the millisecond.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 in UTC with milliseconds: "2026-11-21T09:30:00.125Z".
std::string to_string(Timestamp time);
/// Reads what to_string writes; a fraction of any length and numeric offsets too (RFC 3339, 5.6).
std::optional<Timestamp> timestamp_from(std::string_view text);

}  // namespace hubbub::protocol
