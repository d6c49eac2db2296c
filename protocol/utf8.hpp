#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// UTF-8, one code point at a time (RFC 3629).
namespace hubbub::protocol {

/// A code point and its length in bytes; 0 bytes: invalid UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

/// Reads the code point that `text`, which must not be empty, begins with. Overlong forms, surrogates, values
/// beyond U+10FFFF and incomplete sequences are invalid.
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

/// Number of leading bytes that are printable ASCII (0x20 to 0x7E) and none of `but_for`, rounded down to
/// whole blocks of eight; the caller checks the following bytes one by one. Most text in Latin letters passes
/// in blocks.
template <char... but_for>
std::size_t plain_ascii_blocks(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x80 * ones;
  // Sets the top bit of each byte that is less than n, provided that no byte of the block has its top bit
  // set. Only the lowest bit set is exact, which is enough here.
  const auto less = [](std::uint64_t block, std::uint64_t n) { return (block - ones * n) & ~block; };
  const auto equal = [&less](std::uint64_t block, char byte) {
    return less(block ^ (ones * static_cast<unsigned char>(byte)), 1);
  };
  std::size_t at = 0;
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, sizeof block);
    const std::uint64_t found =
        block | less(block, 0x20) | equal(block, 0x7F) | (equal(block, but_for) | ... | 0);
    if ((found & tops) != 0) break;
  }
  return at;
}

/// C0 and C1 controls and DEL.
constexpr bool is_control(char32_t value) { return value < 0x20 || (value >= 0x7F && value <= 0x9F); }

/// U+FDD0 to U+FDEF and the last two of every plane: "intended for process-internal use" (Unicode, 23.7).
constexpr bool is_noncharacter(char32_t value) {
  return (value & 0xFFFEU) == 0xFFFE || (value >= 0xFDD0 && value <= 0xFDEF);
}

/// Direction overrides and isolates, and line separators other than a line feed: another person's text must
/// not reorder or break lines on a terminal.
constexpr bool is_direction_override(char32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}
constexpr bool is_line_separator(char32_t value) { return value == 0x2028 || value == 0x2029; }

}  // namespace hubbub::protocol
