#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Measures text in the columns of a terminal. Text must be safe for a terminal (protocol::for_terminal),
/// except where noted; sequences of the Palette in it take up no columns.
namespace hubbub::client {

/// Columns that a text takes up (Unicode, UAX #11): wide characters 2, combining marks and other characters
/// of zero width 0. Of a joined emoji all parts count, as in terminals that do not join them: lines may come
/// out a little short, never too long. A tab counts as 1.
std::size_t width(std::string_view text);

/// Keeps at most four combining marks and eight characters of zero width on each character.
std::string tamed(std::string_view text);

/// Text made safe for a terminal, tamed and on one line: line feeds and tabs become blanks. Takes any text.
std::string one_line(std::string_view text);

/// The text cut to that many columns, with `ellipsis` (of one column) at the end when text was cut off.
std::string cut(std::string_view text, std::size_t columns, std::string_view ellipsis);

/// Rows that lines, which may be longer than a row, take up on a terminal of that width.
std::size_t rows(std::string_view lines, std::size_t columns);

/// The last rows of the lines, at most that many.
std::string_view last_rows(std::string_view lines, std::size_t most, std::size_t columns);

/// An unbreakable piece of text: a character with everything joined to it, or a sequence of the Palette.
struct Piece {
  std::string_view bytes;
  std::size_t columns = 0;
  char32_t first = 0;  ///< its first code point; 0: a sequence, or invalid UTF-8
};

/// The piece at the front of a text, which must not be empty.
Piece front_piece(std::string_view text);

/// The prefixes of a paragraph's first line and of its further lines.
struct Prefixes {
  std::string first;
  std::string next;
};

/// Breaks text into lines of at most `columns`, prefixes included, each ended by "\n". Lines break at blanks,
/// which are dropped, before and after wide characters other than Hangul (but not before closing or after
/// opening punctuation), and at "\n"; a word longer than a line is cut. A link (scheme://…) is never cut: if
/// it is longer than a line, it stands alone and the terminal breaks it, so that it can still be clicked.
/// Tabs become blanks; several empty lines become one. Colours that are on at a break are turned off, and on
/// again after the prefix.
std::string wrap(std::string_view text, std::size_t columns, const Prefixes& prefixes);

}  // namespace hubbub::client
