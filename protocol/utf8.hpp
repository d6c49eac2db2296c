#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
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

/// How many bytes at the beginning are printable ASCII (0x20 to 0x7E) and none of `but_for`, counted in steps
/// of eight: what follows has to be looked at one by one. Most of what is written in Latin letters goes in
/// such steps.
template <char... but_for>
std::size_t plain_ascii_blocks(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x80 * ones;
  // The top bit of each byte that is less than n, as long as no byte has its own set; of the lowest such byte
  // at least, which is enough here.
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

/// Characters that reorder what stands around them, and line ends that are not a line feed: nothing that
/// somebody else's text should do to a terminal.
constexpr bool is_direction_override(char32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}
constexpr bool is_line_separator(char32_t value) { return value == 0x2028 || value == 0x2029; }

}  // namespace hubbub::protocol
