#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Sizes and bounds that both ends of the wire agree on. The `default_` ones are defaults of keys in the
/// configuration's `[limits]`; the server sends its values in `welcome`.
namespace hubbub::protocol {

inline constexpr std::uint64_t version = 1;

/// Bytes of a request line, without its line ending.
inline constexpr std::size_t default_line_bytes = std::size_t{16} * 1024;
/// Bytes of UTF-8 of a message's text.
inline constexpr std::size_t default_text_bytes = 4096;
/// Code points of a user's name and of a room's name, after normalisation to NFC.
inline constexpr std::size_t name_code_points = 32;
inline constexpr std::size_t room_code_points = 50;
/// Bytes of an `id` or a `ref`.
inline constexpr std::size_t id_bytes = 64;
/// Nesting of objects and arrays in a line.
inline constexpr std::size_t json_depth = 8;
/// Whole numbers on the wire stay within what a JavaScript number holds exactly (2^53).
inline constexpr std::uint64_t max_integer = std::uint64_t{1} << 53U;

/// One reply line stays under this many bytes however much history or how many names it could
/// carry, because 64 KiB is where common line readers give up (Go's bufio.Scanner, Python's asyncio).
inline constexpr std::size_t reply_bytes = std::size_t{60} * 1024;
/// Names in one `members` or `joined`, rooms in one `rooms`.
inline constexpr std::size_t page_names = 100;
/// Messages in one `history` or `joined`, at most; fewer where `reply_bytes` is reached first.
inline constexpr std::size_t page_messages = 500;
/// Rooms that one search goes through.
inline constexpr std::size_t searched_rooms = 100;
/// Hits of a search that are counted.
inline constexpr std::size_t most_counted = 1000;

/// A repeated `id` is recognised for at least dedupe_age, and for at least dedupe_messages later messages of
/// its room.
inline constexpr std::chrono::minutes dedupe_age{10};
inline constexpr std::size_t dedupe_messages = 1000;
/// Ids of private messages with guests that are recognised for dedupe_age, for all senders together. These
/// messages are stored nowhere else.
inline constexpr std::size_t dedupe_tells = 100'000;

}  // namespace hubbub::protocol
