#include "client/terminal/shown_line.hpp"

#include <algorithm>
#include <cwchar>
#include <vector>

#include "protocol/utf8.hpp"

namespace hubbub::client::terminal {
namespace {

constexpr std::string_view next_line = "\n  ";
constexpr std::string_view left_out = "…";
constexpr std::size_t tab_stop = 8;
constexpr std::size_t fewest_rows = 3;
constexpr std::size_t most_words = 200;

/// Characters that join or change emoji: the zero-width joiner, the selectors of text and of emoji, and the
/// invisible tag characters of regions' flags (Unicode, UTS #51).
bool joins(char32_t value) {
  return value == 0x200D || value == 0xFE0E || value == 0xFE0F || (value >= 0xE0020 && value <= 0xE007F);
}

bool is_skin_tone(char32_t value) { return value >= 0x1F3FB && value <= 0x1F3FF; }

/// The letter for a regional indicator, two of which make a flag: "A" for U+1F1E6. Empty: the character is
/// none.
std::string_view regional_letter(char32_t value) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr char32_t first = 0x1F1E6;
  return value < first || value - first >= letters.size() ? "" : letters.substr(value - first, 1);
}

/// A character of the line, and how it is shown.
struct Cell {
  std::size_t bytes = 1;
  std::size_t columns = 1;
  std::string_view shown;
  char32_t value = 0;  ///< 0: invalid UTF-8
};

/// The character at the front of the text, with Readline's width for it in that column. Terminals differ in
/// the width of joined emoji: these are shown in their parts, without characters that change the preceding
/// one, `before`.
Cell front_cell(std::string_view text, std::size_t column, char32_t before = 0) {
  const protocol::CodePoint point = protocol::front_code_point(text);
  const char32_t value = point.value;
  if (point.bytes == 0) return {1, 1, text.substr(0, 1), 0};
  const std::string_view bytes = text.substr(0, point.bytes);
  if (value == '\t') return {1, tab_stop - column % tab_stop, bytes, value};
  if (value < 0x20 || value == 0x7F) return {1, 2, bytes, value};  // ^A
  if (joins(value) || (is_skin_tone(value) && before >= 0x80)) return {point.bytes, 0, {}, value};
  if (const std::string_view letter = regional_letter(value); !letter.empty())
    return {point.bytes, 1, letter, value};
  const int width = ::wcwidth(static_cast<wchar_t>(value));
  return {point.bytes, width < 0 ? 1 : static_cast<std::size_t>(width), bytes, value};
}

/// A row of the screen, as bytes of the line.
struct Row {
  std::size_t begin;
  bool continues = false;  ///< it continues the previous row, without a line feed
};

std::vector<Row> rows_of(std::string_view line, const Area& area) {
  std::vector<Row> rows = {{0, true}};
  std::size_t column = area.prompt;
  char32_t before = 0;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == '\n') {
      rows.push_back({++at});
      column = next_line.size() - 1;
      before = 0;
      continue;
    }
    const Cell cell = front_cell(line.substr(at), column, before);
    before = cell.value;
    if (column + cell.columns > area.columns) {
      rows.push_back({at, true});
      column = 0;
    }
    column += cell.columns;
    at += cell.bytes;
  }
  if (column >= area.columns) rows.push_back({line.size(), true});  // a row for the cursor
  return rows;
}

/// Bytes of a line.
struct Stretch {
  std::size_t begin;
  std::size_t end;
};

/// A part of the line, with the cursor in that row of the part.
ShownLine part(std::string_view line, Stretch stretch, std::size_t cursor, std::size_t row) {
  ShownLine shown;
  shown.row = row;
  char32_t before = 0;
  for (std::size_t at = stretch.begin; at < stretch.end;) {
    const Cell cell = front_cell(line.substr(at), 0, before);
    if (cursor >= at && cursor < at + cell.bytes) shown.cursor = shown.text.size();
    shown.text += cell.value == '\n' ? next_line : cell.shown;
    before = cell.value;
    at += cell.bytes;
  }
  if (cursor >= stretch.end) shown.cursor = shown.text.size();
  return shown;
}

}  // namespace

ShownLine shown_line(std::string_view line, std::size_t cursor, const Area& area) {
  cursor = std::min(cursor, line.size());
  const std::vector<Row> rows = rows_of(line, area);
  const std::size_t most = std::max(area.rows, fewest_rows);
  const auto after = std::upper_bound(rows.begin(), rows.end(), cursor,
                                      [](std::size_t at, Row row) { return at < row.begin; });
  const auto at = static_cast<std::size_t>(after - rows.begin()) - 1;
  if (rows.size() <= most) return part(line, {0, line.size()}, cursor, at);
  // The "…" marks, and the prompt when it pushes text on, may each cost a row.
  const std::size_t count = most - 2;
  const std::size_t first = std::min(at - std::min(at, count / 2), rows.size() - count);
  const std::size_t last = first + count;
  const std::size_t end =
      last == rows.size() ? line.size() : rows[last].begin - (rows[last].continues ? 0 : 1);
  ShownLine shown = part(line, {rows[first].begin, end}, cursor, at - first);
  if (first > 0) {
    shown.text.insert(0, left_out);
    shown.cursor += left_out.size();
  }
  if (last < rows.size()) shown.text += left_out;
  return shown;
}

std::size_t shown_rows(std::string_view line, const Area& area) {
  return std::min(rows_of(line, area).size(), std::max(area.rows, fewest_rows));
}

std::size_t columns_of(std::string_view prompt) {
  std::size_t columns = 0;
  bool counts = true;
  for (std::size_t at = 0; at < prompt.size();) {
    const char byte = prompt[at];
    if (byte == '\001' || byte == '\002') {
      counts = byte == '\002';
      ++at;
      continue;
    }
    const Cell cell = front_cell(prompt.substr(at), columns);
    if (counts) columns += cell.columns;
    at += cell.bytes;
  }
  return columns;
}

std::string in_columns(const std::vector<std::string>& words, std::size_t columns) {
  constexpr std::size_t gap = 2;
  const std::size_t shown = std::min(words.size(), most_words);
  std::size_t widest = 0;
  for (std::size_t nth = 0; nth < shown; ++nth) widest = std::max(widest, columns_of(words[nth]));
  const std::size_t in_line = std::max<std::size_t>(columns / (widest + gap), 1);
  std::string lines;
  for (std::size_t nth = 0; nth < shown; ++nth) {
    lines += words[nth];
    const bool last = nth + 1 == shown || (nth + 1) % in_line == 0;
    lines += last ? "\n" : std::string(widest + gap - columns_of(words[nth]), ' ');
  }
  if (words.size() > shown) lines += "… and " + std::to_string(words.size() - shown) + " others\n";
  return lines;
}

}  // namespace hubbub::client::terminal
