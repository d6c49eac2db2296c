#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text measured in the columns of a terminal. All of it takes text that is safe for a terminal
/// (protocol::for_terminal); sequences of the Palette in it take up no columns.
namespace hubbub::client {

/// How many columns it takes up (Unicode, UAX #11): wide characters 2, combining marks and other characters
/// of zero width 0. Of an emoji that is joined from several, all are counted, as terminals do that do not
/// know it: lines may come out a little short, never too long. A tab counts as one.
std::size_t width(std::string_view text);

/// At most four combining marks, and eight characters of zero width, are left on each character.
std::string tamed(std::string_view text);

/// Somebody's text made safe for a terminal, tamed and on one line: line feeds and tabs become blanks. The
/// one here that takes any text.
std::string one_line(std::string_view text);

/// Cut to so many columns, with `ellipsis` (of one column) at the end when something is missing.
std::string cut(std::string_view text, std::size_t columns, std::string_view ellipsis);

/// How many rows of a terminal of that width lines take up, which may be longer than a row.
std::size_t rows(std::string_view lines, std::size_t columns);

/// The last so many of these rows, or all of them.
std::string_view last_rows(std::string_view lines, std::size_t most, std::size_t columns);

/// What a text begins with, and is not to be broken: a character with all that is joined to it, or a
/// sequence of the Palette.
struct Piece {
  std::string_view bytes;
  std::size_t columns = 0;
  char32_t first = 0;  ///< its first code point; 0: a sequence, or no UTF-8
};

/// The piece at the front of a text, which must not be empty.
Piece front_piece(std::string_view text);

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
