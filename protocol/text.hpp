#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "protocol/error.hpp"

namespace hubbub::protocol {

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
/// beyond U+10FFFF).
bool is_utf8(std::string_view bytes);

/// Number of code points; the bytes must be UTF-8.
std::size_t code_points(std::string_view text);

/// The longest prefix of at most `bytes` bytes that does not cut a code point in two.
std::string_view prefix(std::string_view text, std::size_t bytes);

/// Bytes of the extended grapheme cluster (Unicode, UAX #29) at the front of a text, which must not be empty:
/// a letter with its marks, or an emoji joined from several. A byte that is not UTF-8 is a cluster of its
/// own.
std::size_t front_cluster(std::string_view text);

/// "1 room", "2 rooms"; the noun must form its plural with "s".
std::string counted(std::uint64_t count, std::string_view noun);

/// "alice, bob": the results of `word` for each element.
template <typename Each, typename Word = std::identity>
std::string listed(const Each& all, const Word& word = {}) {
  std::string list;
  for (const auto& each : all) list.append(list.empty() ? "" : ", ").append(std::invoke(word, each));
  return list;
}

/// The number that the whole text spells in decimal digits; nothing: the text is no number, or too large for
/// the type.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Message text as the server accepts it: every C0 and C1 control and DEL except line feed and tab is removed
/// ("\r\n" becomes "\n"). Errors: bad_utf8; text_invalid for Unicode noncharacters; text_empty when nothing
/// is left; text_too_long when more than `max_bytes` are left (0: no limit).
Result<std::string> clean_text(std::string_view text, std::size_t max_bytes);

/// A topic: like clean_text, but it may be empty (which clears it), and a line feed is text_invalid.
Result<std::string> clean_topic(std::string_view text, std::size_t max_bytes);

/// Text made safe for a terminal or a line-oriented reader: controls except the tab, direction overrides and
/// isolates (U+202A-202E, U+2066-2069) and U+2028/2029 are dropped, each byte that is not UTF-8 becomes
/// U+FFFD, and each line feed is replaced by `newline` (for example a line feed and an indent), so that a
/// second line cannot pass for another person's message.
std::string for_terminal(std::string_view text, std::string_view newline = " ");

}  // namespace hubbub::protocol
