#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Spans of time as people type and read them. On the wire they are milliseconds.
namespace hubbub::protocol {

/// 100 years, as in the settings.
inline constexpr std::uint64_t longest_duration_ms = 36'500 * std::uint64_t{86'400'000};

/// Whether it is meant as a span of time, however long: whole numbers with a unit behind each (s, m or min,
/// h, d, w; in any case), the larger unit first: "30s", "10min", "7d", "1h30m".
bool looks_like_duration(std::string_view text);

/// Its milliseconds. Nothing: it does not look like a duration, or is longer than longest_duration_ms.
std::optional<std::uint64_t> duration_ms(std::string_view text);

/// "30 seconds", "1 hour 30 minutes", "7 days"; what is not whole seconds in milliseconds: "500 ms".
std::string duration_in_words(std::uint64_t milliseconds);

}  // namespace hubbub::protocol
