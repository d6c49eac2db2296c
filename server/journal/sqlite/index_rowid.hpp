#pragma once

#include <cstdint>
#include <limits>

namespace hubbub::journal::sqlite {

// A text's rowid is its room's number and its ordinal, so that what is in one room stands together in every
// list that FTS5 keeps of a word: a search in a small room does not read what is in the large ones, and the
// lists are half as long as with message numbers for rowids and the room for a word of its own.
// 36 bits of ordinals are 68 thousand million messages; rooms beyond the rest are not indexed.
inline constexpr unsigned ordinal_bits = 36;
inline constexpr std::int64_t most_rooms = std::int64_t{1} << (63U - ordinal_bits);

/// Greater than every number of a message.
inline constexpr std::uint64_t no_end = std::numeric_limits<std::int64_t>::max();

inline std::int64_t rowid(std::int64_t room, std::uint64_t ordinal) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(room) << ordinal_bits) | ordinal);
}

inline std::uint64_t ordinal_in(std::int64_t rowid) {
  return static_cast<std::uint64_t>(rowid) & ((std::uint64_t{1} << ordinal_bits) - 1);
}

}  // namespace hubbub::journal::sqlite
