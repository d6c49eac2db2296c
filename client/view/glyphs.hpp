#pragma once

#include <string_view>

namespace hubbub::client {

/// The signs that are more than ASCII where the terminal has them.
struct Glyphs {
  std::string_view bar;          ///< between a name and what it says
  std::string_view mention_bar;  ///< the same, where one is mentioned oneself
  std::string_view rule;         ///< separators are made of it
  std::string_view notice;       ///< in the place of a name; not "*", which is what a person does
  std::string_view arrow;        ///< from whom to whom
  std::string_view dot;          ///< between rooms
  std::string_view ellipsis;     ///< for what was cut; one column
};

inline constexpr Glyphs unicode_glyphs = {"│", "┃", "─", "—", "→", "·", "…"};
inline constexpr Glyphs ascii_glyphs = {"|", ">", "-", "-", "->", "-", "~"};

/// `codeset`: what the terminal speaks; `term`: $TERM, may be nullptr.
const Glyphs& glyphs_for(std::string_view codeset, const char* term);

}  // namespace hubbub::client
