#pragma once

#include <cstddef>
#include <string_view>

/// UTF-8, one code point at a time (RFC 3629).
namespace hubbub::protocol {

/// A code point and the bytes it takes up; no bytes: what is there is no UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

/// Reads the code point that `text`, which must not be empty, begins with. Overlong forms, surrogates,
/// what lies beyond U+10FFFF and what is cut short are no UTF-8.
constexpr CodePoint front_code_point(std::string_view text) {
  const auto byte = [text](std::size_t at) -> char32_t { return static_cast<unsigned char>(text[at]); };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
  char32_t value = first & (0x7FU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(at) & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

/// C0 and C1 controls and DEL.
constexpr bool is_control(char32_t value) { return value < 0x20 || (value >= 0x7F && value <= 0x9F); }

/// U+FDD0 to U+FDEF and the last two of every plane: "intended for process-internal use" (Unicode, 23.7).
constexpr bool is_noncharacter(char32_t value) {
  return (value & 0xFFFEU) == 0xFFFE || (value >= 0xFDD0 && value <= 0xFDEF);
}

/// Characters that reorder what stands around them, and line ends that are not a line feed: nothing that
/// somebody else's text should do to a terminal.
constexpr bool is_direction_override(char32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}
constexpr bool is_line_separator(char32_t value) { return value == 0x2028 || value == 0x2029; }

}  // namespace hubbub::protocol
