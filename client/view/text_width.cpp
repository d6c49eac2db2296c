#include "client/view/text_width.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <vector>

#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client {

using protocol::front_cluster;
namespace {

using protocol::CodePoint;
using protocol::front_code_point;

constexpr std::string_view reset = "\x1b[0m";
constexpr char32_t emoji_selector = 0xFE0F;  // shows a sign as an emoji, which is wide (Unicode, UTS #51)
/// Most columns of a piece, more than any emoji in use has; longer joined sequences are broken.
constexpr std::size_t widest_piece = 16;

bool is_mark(char32_t value) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(value));
  return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

/// Columns as terminals and wcwidth(3) count them. utf8proc differs: it gives spacing vowel signs (Mc) a
/// width of 0, and Hangul medial vowels a width above 0.
std::size_t columns_of(char32_t value) {
  if (value >= 0x20 && value < 0x7F) return 1;
  if (value >= 0x1160 && value <= 0x11FF) return 0;
  const auto code_point = static_cast<utf8proc_int32_t>(value);
  const auto columns = static_cast<std::size_t>(utf8proc_charwidth(code_point));
  if (columns > 0) return columns;
  const auto category = utf8proc_category(code_point);
  const bool visible = category == UTF8PROC_CATEGORY_CF && utf8proc_get_property(code_point)->ignorable == 0;
  return category == UTF8PROC_CATEGORY_MC || visible || value == '\t' ? 1 : 0;
}

/// The length of a sequence of the Palette at the front; 0: there is none.
std::size_t sequence_at_front(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find('m');
  return end == std::string_view::npos ? text.size() : end + 1;
}

/// The offsets in bytes at which the rows of a terminal of that width begin.
std::vector<std::size_t> row_begins(std::string_view lines, std::size_t columns) {
  std::vector<std::size_t> begins;
  std::size_t column = 0;
  bool begun = false;
  for (std::size_t at = 0; at < lines.size();) {
    const Piece piece = front_piece(lines.substr(at));
    if (!begun) begins.emplace_back(at);
    begun = piece.first != '\n';
    if (!begun || column + piece.columns > columns) {
      if (begun) begins.emplace_back(at);
      column = 0;
    }
    column += piece.columns;
    at += piece.bytes.size();
  }
  return begins;
}

}  // namespace

Piece front_piece(std::string_view text) {
  if (const std::size_t length = sequence_at_front(text)) return {text.substr(0, length)};
  const std::string_view cluster = text.substr(0, front_cluster(text));
  Piece piece{cluster, 0, front_code_point(cluster).value};
  for (std::size_t at = 0; at < cluster.size();) {
    const CodePoint next = front_code_point(cluster.substr(at));
    const bool widened = next.value == emoji_selector && piece.columns == 1;
    const std::size_t columns = next.bytes == 0 ? 1 : widened ? 1 : columns_of(next.value);
    if (piece.columns + columns > widest_piece) {
      piece.bytes = cluster.substr(0, at);
      break;
    }
    piece.columns += columns;
    at += std::max<std::size_t>(next.bytes, 1);
  }
  return piece;
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Piece piece = front_piece(text);
    columns += piece.columns;
    text.remove_prefix(piece.bytes.size());
  }
  return columns;
}

std::string tamed(std::string_view text) {
  constexpr std::size_t most_marks = 4;
  constexpr std::size_t most_invisible = 8;
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (std::ranges::all_of(text, is_ascii)) return std::string(text);
  std::string result;
  std::size_t marks = 0;
  std::size_t invisible = 0;
  while (!text.empty()) {
    const CodePoint next = front_code_point(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(next.bytes, 1));
    text.remove_prefix(bytes.size());
    const bool mark = is_mark(next.value);
    const bool base = !mark && next.value != '\n' && columns_of(next.value) > 0;
    if (base || next.value == '\n') marks = invisible = 0;
    if (mark) ++marks;
    if (!base && next.value != '\n') ++invisible;
    if (marks <= most_marks && invisible <= most_invisible) result += bytes;
  }
  return result;
}

std::string one_line(std::string_view text) {
  std::string line = tamed(protocol::for_terminal(text));
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

std::string cut(std::string_view text, std::size_t columns, std::string_view ellipsis) {
  if (width(text) <= columns) return std::string(text);
  std::string result;
  bool dressed = false;
  for (std::size_t left = columns; left > 0 && !text.empty();) {
    const Piece piece = front_piece(text);
    if (piece.columns + 1 > left) break;
    if (piece.bytes.starts_with('\x1b')) dressed = piece.bytes != reset;
    result += piece.bytes;
    left -= piece.columns;
    text.remove_prefix(piece.bytes.size());
  }
  if (columns > 0) result += ellipsis;
  return dressed ? result.append(reset) : result;
}

std::size_t rows(std::string_view lines, std::size_t columns) { return row_begins(lines, columns).size(); }

std::string_view last_rows(std::string_view lines, std::size_t most, std::size_t columns) {
  const std::vector<std::size_t> begins = row_begins(lines, columns);
  if (most == 0) return {};
  return begins.size() <= most ? lines : lines.substr(begins[begins.size() - most]);
}

}  // namespace hubbub::client
