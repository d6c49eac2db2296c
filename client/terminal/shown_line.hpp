#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client::terminal {

/// The space for the typed line, in character cells.
struct Area {
  std::size_t columns = 80;
  std::size_t rows = 23;
  std::size_t prompt = 0;  ///< columns that the prompt takes in the first row
};

/// The part of a line that is shown, and the cursor's place in it, in bytes.
struct ShownLine {
  std::string text;
  std::size_t cursor = 0;
  std::size_t row = 0;  ///< the row of the cursor, from 0
};

/// The line as it is shown while it is edited. Each further line of a message has a row of its own, indented.
/// Of a message with more rows than the area, the part around the cursor is shown, with "…" where rows are
/// left out: Readline cannot draw a line higher than the screen. Widths are those of wcwidth(3), as in
/// Readline. A joined emoji is shown in its parts, a flag as two letters, and variation selectors are left
/// out, since terminals differ in the width of joined emoji. `cursor`: a byte of `line`, or its end.
ShownLine shown_line(std::string_view line, std::size_t cursor, const Area& area);

/// Rows that the shown line takes up.
std::size_t shown_rows(std::string_view line, const Area& area);

/// Columns that a prompt takes up, without the sequences between \001 and \002.
std::size_t columns_of(std::string_view prompt);

/// The words in columns, as `ls` shows names; of very many words, only the first.
std::string in_columns(const std::vector<std::string>& words, std::size_t columns);

}  // namespace hubbub::client::terminal
