#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::client::terminal {

/// Room for the line that is being typed, in character cells.
struct Area {
  std::size_t columns = 80;
  std::size_t rows = 23;
  std::size_t prompt = 0;  ///< columns of the first row that the prompt takes
};

/// The part of a line that is shown, and the cursor's place in it, in bytes.
struct ShownLine {
  std::string text;
  std::size_t cursor = 0;
  std::size_t row = 0;  ///< the row of the cursor, from 0
};

/// The line as it is shown while it is edited. Each further line of a message has a row of its own, indented.
/// Of a message with more rows than there are, the part around the cursor is shown, with "…" where rows are
/// left out: Readline cannot draw what is higher than the screen. Widths are those of wcwidth(3), as in
/// Readline. An emoji that is joined from several is shown in its parts, a flag as two letters, without
/// selectors of look, since terminals differ in how wide joined emoji are. `cursor`: a byte of `line`, or its
/// end.
ShownLine shown_line(std::string_view line, std::size_t cursor, const Area& area);

/// How many rows the shown line takes.
std::size_t shown_rows(std::string_view line, const Area& area);

/// How many columns a prompt takes, without what stands between \001 and \002.
std::size_t columns_of(std::string_view prompt);

/// Words in lines of columns, as `ls` shows names; only the first so many, if there are very many.
std::string in_columns(const std::vector<std::string>& words, std::size_t columns);

}  // namespace hubbub::client::terminal
