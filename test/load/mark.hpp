#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace hubbub::load {

/// The end of a text: the sender and the number of its earlier messages, so that a reader can tell whether a
/// message is missing, comes twice or comes too late. 16 letters from a to p, four bits each, the lowest
/// first; no protocol gives them a meaning, and they are read in a few instructions.
struct Mark {
  std::uint32_t sender = 0;
  std::uint32_t count = 0;

  friend bool operator==(const Mark&, const Mark&) = default;
};

/// Stands before each mark, so that other lines are not taken for messages.
constexpr std::string_view mark_sign = "~~";
constexpr std::size_t mark_size = 16;
/// The placeholder for the mark in a template.
constexpr std::string_view mark_blank = "QQQQQQQQQQQQQQQQ";

constexpr std::uint64_t each_byte(std::uint8_t byte) { return 0x0101010101010101U * byte; }

/// The eight letters of a number, as they lie in memory on a little-endian machine.
constexpr std::uint64_t letters_of(std::uint32_t number) {
  std::uint64_t bits = number;
  bits = (bits | (bits << 16U)) & 0x0000ffff0000ffffU;
  bits = (bits | (bits << 8U)) & 0x00ff00ff00ff00ffU;
  bits = (bits | (bits << 4U)) & 0x0f0f0f0f0f0f0f0fU;
  return bits + each_byte('a');
}

constexpr std::uint32_t number_of(std::uint64_t letters) {
  std::uint64_t bits = letters - each_byte('a');
  bits = (bits | (bits >> 4U)) & 0x00ff00ff00ff00ffU;
  bits = (bits | (bits >> 8U)) & 0x0000ffff0000ffffU;
  return static_cast<std::uint32_t>(bits | (bits >> 16U));
}

static_assert(number_of(letters_of(0xfedc0123U)) == 0xfedc0123U);

inline void write_mark(char* at, Mark mark) {
  const std::uint64_t letters[] = {letters_of(mark.sender), letters_of(mark.count)};
  std::memcpy(at, letters, sizeof letters);
}

inline Mark read_mark(const char* at) {
  std::uint64_t letters[2];
  std::memcpy(letters, at, sizeof letters);
  return {.sender = number_of(letters[0]), .count = number_of(letters[1])};
}

}  // namespace hubbub::load
