#include "protocol/typed.hpp"

#include <algorithm>
#include <cstddef>

#include "protocol/ascii.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::protocol::typed {
namespace {

/// A tab or a character of category Zs (Unicode 15.0, PropList.txt: White_Space).
bool is_blank(char32_t value) {
  return value == '\t' || value == ' ' || value == 0xA0 || value == 0x1680 ||
         (value >= 0x2000 && value <= 0x200A) || value == 0x202F || value == 0x205F || value == 0x3000;
}

/// Bytes of the blank at the front of the text; 0: none is there.
std::size_t front_blank(std::string_view text) {
  if (text.empty()) return 0;
  const CodePoint next = front_code_point(text);
  return is_blank(next.value) ? next.bytes : 0;
}

/// Bytes of the blank at the end of the text; 0: none is there.
std::size_t back_blank(std::string_view text) {
  constexpr std::size_t longest = 3;
  for (std::size_t bytes = 1; bytes <= std::min(longest, text.size()); ++bytes) {
    if (front_blank(text.substr(text.size() - bytes)) == bytes) return bytes;
  }
  return 0;
}

std::string_view without_blanks_before(std::string_view text) {
  while (const std::size_t blank = front_blank(text)) text.remove_prefix(blank);
  return text;
}

/// Bytes of what is at the front and shows nothing: a control character, one of zero width, or what a key
/// sends where nothing edits lines (ECMA-48, 5.4; the arrow keys of a terminal). 0: nothing is.
std::size_t front_unseen(std::string_view text) {
  if (text.empty()) return 0;
  if (text.starts_with("\x1b[")) {
    const std::size_t end = text.find_first_not_of("0123456789:;<=>?!\"#$%&'()*+,-./ ", 2);
    return end == std::string_view::npos ? 0 : end + 1;
  }
  constexpr std::size_t key_of_application = 3;
  if (text.starts_with("\x1bO") && text.size() >= key_of_application) return key_of_application;
  const CodePoint next = front_code_point(text);
  const char32_t value = next.value;
  const bool is_control = value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0xAD;
  const bool has_no_width = (value >= 0x200B && value <= 0x200F) || (value >= 0x202A && value <= 0x202E) ||
                            (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF;
  return is_control || has_no_width ? next.bytes : 0;
}

/// What is not seen before a slash must not make a command something that is said.
std::string_view without_unseen_before(std::string_view text) {
  for (;;) {
    const std::size_t unseen = std::max(front_blank(text), front_unseen(text));
    if (unseen == 0) return text;
    text.remove_prefix(unseen);
  }
}

constexpr std::string_view wide_slash = "\uFF0F";

/// Bytes of the slash at the front of the text; 0: none is there.
std::size_t front_slash(std::string_view text) {
  if (text.starts_with(wide_slash)) return wide_slash.size();
  return text.starts_with('/') ? 1 : 0;
}

bool is_letter(char byte) {
  const bool is_ascii = static_cast<unsigned char>(byte) < 0x80;
  return !is_ascii || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  text = without_blanks_before(text);
  while (const std::size_t blank = back_blank(text)) text.remove_suffix(blank);
  return text;
}

std::pair<std::string_view, std::string_view> split(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && front_blank(text.substr(end)) == 0) ++end;
  return {text.substr(0, end), trimmed(text.substr(end))};
}

std::string first_word(std::string_view text) { return ascii_lower(split(text).first); }

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view room(std::string_view text) {
  constexpr std::string_view wide = "\uFF03";
  for (;;) {
    if (text.starts_with('#')) {
      text.remove_prefix(1);
    } else if (text.starts_with(wide)) {
      text.remove_prefix(wide.size());
    } else {
      return trimmed(text);
    }
  }
}

std::optional<Command> command(std::string_view line) {
  const std::string_view text = without_unseen_before(line);
  const bool is_wide = text.starts_with(wide_slash);
  const std::size_t slash = front_slash(text);
  if (slash == 0 || text.starts_with("//")) return std::nullopt;
  const auto [name, rest] = split(text.substr(slash));
  const bool is_doubtful = is_wide || text.size() < line.size();
  if (is_doubtful && (name.empty() || !std::all_of(name.begin(), name.end(), is_letter))) return std::nullopt;
  return Command{ascii_lower(name), rest};
}

std::optional<std::string_view> parted(std::string_view line) {
  const std::string_view text = without_unseen_before(line);
  const std::string_view behind = text.substr(front_slash(text));
  if (behind.size() == text.size() || front_blank(behind) == 0) return std::nullopt;
  return trimmed(behind);
}

}  // namespace hubbub::protocol::typed
