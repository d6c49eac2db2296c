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

/// What is shown of a line, and where the cursor stands in that, in bytes.
struct ShownLine {
  std::string text;
  std::size_t cursor = 0;
  std::size_t row = 0;  ///< of these, that of the cursor, from 0
};

/// The line as it is shown while it is edited: a message of several lines has each further line on a row of
/// its own, indented. One that needs more rows than there are is shown around the cursor, with "…" where
/// something is left out: Readline cannot draw what is higher than the screen. Widths are wcwidth(3)'s, which
/// Readline counts by; emoji of several are shown in their parts, flags as two letters, and without what
/// changes their look, since terminals differ in how wide they are otherwise. `cursor`: a byte of `line`, or
/// its end.
ShownLine shown_line(std::string_view line, std::size_t cursor, const Area& area);

/// How many rows that takes.
std::size_t shown_rows(std::string_view line, const Area& area);

/// How many columns a prompt takes, without what stands between \001 and \002.
std::size_t columns_of(std::string_view prompt);

/// Words in lines of columns, as `ls` shows names; only the first so many, if there are very many.
std::string in_columns(const std::vector<std::string>& words, std::size_t columns);

}  // namespace hubbub::client::terminal
