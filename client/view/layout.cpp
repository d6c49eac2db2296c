#include "client/view/text_width.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

#include "client/model/spans.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client {
namespace {

constexpr std::size_t tab_stop = 4;

utf8proc_category_t category_of(char32_t value) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(value));
}

bool is_blank(char32_t value) { return value == ' ' || value == '\t'; }

bool is_hangul(char32_t value) {
  return (value >= 0x1100 && value <= 0x11FF) || (value >= 0x3130 && value <= 0x318F) ||
         (value >= 0xAC00 && value <= 0xD7FF);
}

/// Punctuation that must not begin a line (closing) or end one (opening).
bool is_closing(char32_t value) {
  constexpr std::u32string_view others = U"!%,.:;?、。々・ー，．：；？！…‥％";
  const auto category = category_of(value);
  return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF ||
         others.find(value) != std::u32string_view::npos;
}
bool is_opening(char32_t value) {
  const auto category = category_of(value);
  return category == UTF8PROC_CATEGORY_PS || category == UTF8PROC_CATEGORY_PI;
}

/// Bytes of the link at the front of the text; 0: there is none.
std::size_t link_at_front(std::string_view text) {
  std::size_t end = scheme_at_front(text);
  if (end == 0) return 0;
  const std::size_t begin = end;
  while (end < text.size()) {
    const Piece piece = front_piece(text.substr(end));
    if (piece.first != 0 && !is_of_link(piece.first)) break;
    end += piece.bytes.size();
  }
  return end > begin ? end : 0;
}

/// Fills lines with words.
class Filler {
 public:
  Filler(std::size_t columns, const Prefixes& prefixes) : columns_(columns), prefixes_(prefixes) { begin(); }

  void blank(char32_t value) {
    const std::size_t column = used_ + blanks_;
    blanks_ += value == '\t' ? tab_stop - column % tab_stop : 1;
  }

  void word(std::string_view text, std::size_t columns, bool whole) {
    if (used_ > 0 && used_ + blanks_ + columns > available_) end_line();
    // Blanks that indent a paragraph are kept, up to half a line.
    const std::size_t most = used_ > 0 ? blanks_ : fresh_ ? available_ / 2 : 0;
    blanks_ = std::min(blanks_, most);
    if (used_ == 0 && blanks_ + columns > available_) blanks_ = 0;
    line_.append(blanks_, ' ');
    used_ += std::exchange(blanks_, 0);
    if (columns <= available_ || whole) {
      append(text, columns);
    } else {
      cut_up(text);
    }
  }

  /// A line feed in the text.
  void end_paragraph() {
    const bool empty = used_ == 0;
    if (!empty || !was_empty_) end_line();
    was_empty_ = empty;
    blanks_ = 0;
    fresh_ = true;
  }

  std::string finish() {
    if (used_ > 0 || out_.empty() || !line_.empty()) end_line();
    return std::move(out_);
  }

 private:
  void begin() {
    const std::string& prefix = out_.empty() ? prefixes_.first : prefixes_.next;
    const std::size_t taken = width(prefix);
    available_ = std::max<std::size_t>(columns_ > taken ? columns_ - taken : 0, 2);
  }

  void append(std::string_view text, std::size_t columns) {
    line_ += text;
    used_ += columns;
    was_empty_ = false;
    for (std::string_view rest = text;
         (rest = rest.substr(std::min(rest.find('\x1b'), rest.size()))), !rest.empty();) {
      const Piece sequence = front_piece(rest);
      active_ = sequence.bytes == "\x1b[0m" ? std::string() : active_.append(sequence.bytes);
      rest.remove_prefix(sequence.bytes.size());
    }
  }

  void cut_up(std::string_view text) {
    while (!text.empty()) {
      const Piece piece = front_piece(text);
      if (used_ > 0 && used_ + piece.columns > available_) end_line();
      append(piece.bytes, piece.columns);
      text.remove_prefix(piece.bytes.size());
    }
  }

  void end_line() {
    out_ += (out_.empty() ? prefixes_.first : prefixes_.next) + line_;
    if (!active_.empty()) out_ += "\x1b[0m";
    out_ += '\n';
    line_ = active_;
    used_ = blanks_ = 0;
    fresh_ = false;
    begin();
  }

  std::size_t columns_;
  const Prefixes& prefixes_;
  std::string out_;
  std::string line_;    ///< the line being filled, without its prefix
  std::string active_;  ///< the sequences in force at the end of line_
  std::size_t available_ = 0;
  std::size_t used_ = 0;
  std::size_t blanks_ = 0;  ///< pending until a word follows
  bool fresh_ = true;       ///< the line is the first of its paragraph
  bool was_empty_ = false;  ///< the paragraph before was
};

/// Cuts a text into unbreakable words, and fills lines with them.
class Wrapper {
 public:
  Wrapper(std::size_t columns, const Prefixes& prefixes) : filler_(columns, prefixes) {}

  std::string wrap(std::string_view text) {
    while (!text.empty()) text.remove_prefix(take(text));
    flush();
    return filler_.finish();
  }

 private:
  /// Takes the piece at the front of the text; returns its bytes.
  std::size_t take(std::string_view text) {
    const Piece piece = front_piece(text);
    if (piece.first == '\n') {
      flush();
      filler_.end_paragraph();
    } else if (is_blank(piece.first)) {
      flush();
      filler_.blank(piece.first);
    } else if (const std::size_t link = is_letter_mark_or_number(last_) ? 0 : link_at_front(text)) {
      flush();
      add(text.substr(0, link), width(text.substr(0, link)), '/');
      flush(true);
      return link;
    } else {
      if (piece.first != 0 && may_break_before(piece)) flush();
      add(piece.bytes, piece.columns, piece.first);
      if (piece.first != 0) last_is_wide_ = is_wide(piece);
    }
    return piece.bytes.size();
  }

  static bool is_wide(const Piece& piece) { return piece.columns >= 2 && !is_hangul(piece.first); }

  bool may_break_before(const Piece& piece) const {
    return last_ != 0 && (last_is_wide_ || is_wide(piece)) && !is_closing(piece.first) && !is_opening(last_);
  }

  void add(std::string_view bytes, std::size_t columns, char32_t first) {
    word_ += bytes;
    word_columns_ += columns;
    if (first != 0) last_ = first;
  }

  void flush(bool whole = false) {
    if (!word_.empty()) filler_.word(word_, word_columns_, whole);
    word_.clear();
    word_columns_ = 0;
    last_ = 0;
    last_is_wide_ = false;
  }

  Filler filler_;
  std::string word_;  ///< pieces taken and not yet put into a line
  std::size_t word_columns_ = 0;
  char32_t last_ = 0;  ///< the last character of word_; 0: none
  bool last_is_wide_ = false;
};

}  // namespace

std::string wrap(std::string_view text, std::size_t columns, const Prefixes& prefixes) {
  return Wrapper(columns, prefixes).wrap(text);
}

}  // namespace hubbub::client
