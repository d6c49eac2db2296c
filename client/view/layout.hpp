#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/view/text_width.hpp"

namespace hubbub::client {

/// What stands before a paragraph: on its first line, and on those that follow.
struct Prefixes {
  std::string first;
  std::string next;
};

/// Breaks text into lines of at most `columns`, prefixes included, each ended by "\n". It is broken at
/// blanks, which are swallowed, before and after wide characters other than Hangul (but not before closing
/// and after opening punctuation), and at "\n"; a word that is longer than a line is cut. A link
/// (scheme://…) never is: if it is longer than a line it has lines to itself, and the terminal breaks it, so
/// that it can still be clicked. Tabs become blanks; several empty lines become one. Colours that are on
/// at a break are turned off, and on again after the prefix.
std::string wrap(std::string_view text, std::size_t columns, const Prefixes& prefixes);

}  // namespace hubbub::client
