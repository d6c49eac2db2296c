#include "protocol/character.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace hubbub::protocol {
namespace {

struct Described {
  char32_t first;
  char32_t last;
  std::string_view words;
  bool says_all;  ///< the words alone are enough: no code point is added
};

constexpr std::array described_ones{
    Described{'\t', '\t', "a tab", true},
    Described{'\n', '\n', "a line feed", true},
    Described{'\r', '\r', "a carriage return", true},
    Described{' ', ' ', "a space", true},
    Described{'\'', '\'', "an apostrophe", true},
    Described{0xA0, 0xA0, "a no-break space", true},
    Described{0xAD, 0xAD, "a soft hyphen", true},
    Described{0x200B, 0x200B, "a zero-width space", false},
    Described{0x200C, 0x200C, "a zero-width non-joiner", false},
    Described{0x200D, 0x200D, "a zero-width joiner", false},
    Described{0x200E, 0x200F, "a mark of direction", false},
    Described{0x202A, 0x202E, "a turn of direction", false},
    Described{0x2066, 0x2069, "a turn of direction", false},
    Described{0x3000, 0x3000, "a wide space", true},
    Described{0xFE00, 0xFE0F, "a variation selector", false},
    Described{0xFEFF, 0xFEFF, "a byte-order mark", false},
};

std::string hexadecimal(char32_t value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "U+%04X", static_cast<unsigned>(value));
  return text.data();
}

/// Words for a category whose characters print nothing by themselves; empty: the category prints, or is
/// unknown.
std::string_view words_for(utf8proc_category_t category) {
  if (category == UTF8PROC_CATEGORY_ZS) return "a space";
  if (category == UTF8PROC_CATEGORY_CC) return "a control character";
  if (category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP) return "a line separator";
  if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) return "a combining mark";
  return {};
}

bool prints(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_SO;
}

}  // namespace

std::string described(char32_t value) {
  const auto holds = [value](const Described& each) { return value >= each.first && value <= each.last; };
  const auto* const found = std::find_if(described_ones.begin(), described_ones.end(), holds);
  const std::string code = " (" + hexadecimal(value) + ")";
  if (found != described_ones.end()) return std::string(found->words) + (found->says_all ? "" : code);
  const auto* const property = utf8proc_get_property(static_cast<utf8proc_int32_t>(value));
  const auto category = static_cast<utf8proc_category_t>(property->category);
  if (const auto words = words_for(category); !words.empty()) return std::string(words) + code;
  if (property->ignorable != 0 || !prints(category)) return hexadecimal(value);
  constexpr char32_t ascii = 0x80;
  std::string shown = "'";
  append_utf8(shown, value);
  return shown + "'" + (value < ascii ? "" : code);
}

void append_utf8(std::string& out, char32_t value) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(value), bytes.data());
  out.append(bytes.begin(), bytes.begin() + size);
}

std::optional<std::string> normalise(std::string_view text, unsigned options) {
  utf8proc_uint8_t* bytes = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &bytes,
                                             static_cast<utf8proc_option_t>(UTF8PROC_STABLE | options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(bytes, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace hubbub::protocol
