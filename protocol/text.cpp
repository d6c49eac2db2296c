#include "protocol/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "protocol/utf8.hpp"

namespace hubbub::protocol {
namespace {

/// How many bytes at the beginning are ASCII, counted in steps of eight.
std::size_t ascii_blocks(std::string_view bytes) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::size_t at = 0;
  for (; bytes.size() - at >= sizeof high_bits; at += sizeof high_bits) {
    std::uint64_t block = 0;
    std::memcpy(&block, bytes.data() + at, sizeof block);
    if ((block & high_bits) != 0) break;
  }
  return at;
}

Error too_long(std::size_t bytes, std::size_t max_bytes) {
  return {Code::text_too_long, "the text has " + std::to_string(bytes) + " bytes; at most " +
                                   std::to_string(max_bytes) + " are allowed"};
}

/// Number of leading bytes that stay unchanged; the next byte, if any, begins a control, a noncharacter or
/// invalid UTF-8.
std::size_t clean_bytes(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size()) {
    const std::size_t plain = plain_ascii_blocks<>(text.substr(count));
    if (plain > 0) {
      count += plain;
      continue;
    }
    const CodePoint next = front_code_point(text.substr(count));
    const bool stays = !is_control(next.value) || next.value == '\n' || next.value == '\t';
    if (next.bytes == 0 || is_noncharacter(next.value) || !stays) break;
    count += next.bytes;
  }
  return count;
}

/// The text without its controls, but for line feed and tab; it may be empty.
Result<std::string> without_controls(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (true) {
    const std::size_t run = clean_bytes(text);
    clean.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) return clean;
    const CodePoint next = front_code_point(text);
    if (next.bytes == 0) return Error{Code::bad_utf8, "the text is not valid UTF-8"};
    if (is_noncharacter(next.value)) {
      return Error{Code::text_invalid,
                   "the text holds a code point that Unicode keeps from being a character"};
    }
    text.remove_prefix(next.bytes);
  }
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (true) {
    bytes.remove_prefix(ascii_blocks(bytes));
    if (bytes.empty()) return true;
    const std::size_t length = front_code_point(bytes).bytes;
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
}

std::size_t code_points(std::string_view text) {
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

std::string_view prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

std::size_t front_cluster(std::string_view text) {
  const auto is_ascii = [text](std::size_t at) { return static_cast<unsigned char>(text[at]) < 0x80; };
  if (is_ascii(0) && (text.size() == 1 || is_ascii(1))) return 1;
  CodePoint one = front_code_point(text);
  std::size_t length = std::max<std::size_t>(one.bytes, 1);
  for (utf8proc_int32_t state = 0; one.bytes > 0 && length < text.size();) {
    const CodePoint next = front_code_point(text.substr(length));
    if (next.bytes == 0 ||
        utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(one.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state))
      break;
    length += next.bytes;
    one = next;
  }
  return length;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count).append(1, ' ').append(noun).append(count == 1 ? "" : "s");
}

Result<std::string> clean_text(std::string_view text, std::size_t max_bytes) {
  Result<std::string> clean = without_controls(text);
  if (!clean) return clean;
  if (clean->empty()) return Error{Code::text_empty, "there is no text to send"};
  if (max_bytes != 0 && clean->size() > max_bytes) return too_long(clean->size(), max_bytes);
  return clean;
}

Result<std::string> clean_topic(std::string_view text, std::size_t max_bytes) {
  Result<std::string> clean = without_controls(text);
  if (!clean) return clean;
  if (clean->find('\n') != std::string::npos)
    return Error{Code::text_invalid, "a topic is a single line: it may not hold a line feed"};
  if (max_bytes != 0 && clean->size() > max_bytes) return too_long(clean->size(), max_bytes);
  return clean;
}

std::string for_terminal(std::string_view text, std::string_view newline) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = front_code_point(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(next.bytes, 1));
    text.remove_prefix(bytes.size());
    if (next.bytes == 0) {
      safe += "\uFFFD";
    } else if (next.value == '\n') {
      safe += newline;
    } else if (next.value == '\t') {
      safe += '\t';
    } else if (!is_control(next.value) && !is_direction_override(next.value) &&
               !is_line_separator(next.value)) {
      safe += bytes;
    }
  }
  return safe;
}

}  // namespace hubbub::protocol
