#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// Wall-clock time of the wire, in UTC, to the millisecond.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// The current time of the wall clock.
inline Timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// RFC 3339 in UTC with milliseconds: "2026-11-21T09:30:00.125Z". Times outside the years 0 to 9999, which
/// the format cannot express, become the first or last moment of that range.
std::string to_string(Timestamp time);
/// Appends the same text to `out`, without a temporary string.
void append(std::string& out, Timestamp time);

/// Reads what to_string writes, and the rest of RFC 3339 (5.6): a fraction of any length, of which
/// milliseconds are kept, and numeric offsets.
std::optional<Timestamp> timestamp_from(std::string_view text);

}  // namespace hubbub::protocol
