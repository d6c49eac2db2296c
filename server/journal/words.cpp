#include "server/journal/words.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/character.hpp"
#include "protocol/name.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::journal {
namespace {

constexpr std::size_t longest_word = 64;           // code points
constexpr std::size_t shortest_beginning = 3;      // code points that find longer words too
constexpr std::size_t longest_decomposition = 32;  // code points; Unicode 15 needs 18, for U+FDFA

using CodePoints = std::vector<utf8proc_int32_t>;

struct Range {
  utf8proc_int32_t first;
  utf8proc_int32_t last;
};

/// Whether one of the ranges, which are in ascending order, holds the code point.
template <std::size_t size>
bool holds(const std::array<Range, size>& ranges, utf8proc_int32_t value) {
  const auto* const range = std::lower_bound(ranges.begin(), ranges.end(), value,
                                             [](const Range& r, utf8proc_int32_t v) { return r.last < v; });
  return range != ranges.end() && range->first <= value;
}

// Marks (and one letter, the Arabic tatweel) that people leave out when they search for a word. The marks of
// other scripts are vowels and the like: they make different words.
constexpr std::array<Range, 24> diacritics = {{
    {0x0300, 0x036F},  // of Latin, Greek and Cyrillic
    {0x0483, 0x0489},  // Cyrillic
    {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2}, {0x05C4, 0x05C5}, {0x05C7, 0x05C7},  // Hebrew
    {0x0610, 0x061A}, {0x0640, 0x0640}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC},  // Arabic
    {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x08D3, 0x08E1}, {0x08E3, 0x08FF},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF},  // more of the first, and those for symbols
    {0x2DE0, 0x2DFF}, {0xA66F, 0xA672}, {0xA674, 0xA67D},  // Cyrillic
    {0xFE20, 0xFE2F},                                      // half marks
}};

// Letters that are not gathered into words by blanks (Unicode, UAX #14, classes ID, SA and H2/H3), by
// their blocks.
constexpr std::array<Range, 28> unspaced = {{
    // clang-format off
    {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1100, 0x11FF}, {0x1780, 0x17FF},  // Thai, Lao; Burmese; Hangul; Khmer
    {0x1950, 0x19DF}, {0x19E0, 0x19FF}, {0x1A20, 0x1AAF}, {0x1B00, 0x1B7F},  // Tai; Khmer; Tai Tham; Balinese
    {0x2E80, 0x2FFF}, {0x3000, 0x303F}, {0x3040, 0x30FF}, {0x3100, 0x312F},  // radicals; 々, 〇 …; kana; bopomofo
    {0x3130, 0x318F}, {0x31A0, 0x31BF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF},  // Hangul; bopomofo; kana; Han
    {0x4E00, 0x9FFF}, {0xA000, 0xA4CF}, {0xA960, 0xA97F}, {0xA980, 0xA9DF},  // Han; Yi; Hangul; Javanese
    {0xA9E0, 0xA9FF}, {0xAA60, 0xAA7F}, {0xAA80, 0xAADF}, {0xAC00, 0xD7FF},  // Burmese, twice; Tai Viet; Hangul
    {0xF900, 0xFAFF}, {0x16FE0, 0x18DFF}, {0x1AFF0, 0x1B2FF}, {0x20000, 0x3FFFF},  // Han; Tangut, Khitan; kana, Nüshu; Han
    // clang-format on
}};

enum class Role {
  separator,
  letter,  ///< goes on with a word
  alone,   ///< is a word
  mark,    ///< continues the word or letter before it
};

Role role(utf8proc_int32_t value) {
  if (value < 0x80) {
    const bool word = (value >= 'a' && value <= 'z') || (value >= '0' && value <= '9');
    return word ? Role::letter : Role::separator;
  }
  const auto category = utf8proc_category(value);
  const bool is_letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
  if (is_letter || category == UTF8PROC_CATEGORY_NL)
    return holds(unspaced, value) ? Role::alone : Role::letter;
  if (category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NO) return Role::letter;
  if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) return Role::mark;
  // Emoji are among the SO; scripts that are newer than utf8proc are among the CN.
  const bool is_skin_tone = value >= 0x1F3FB && value <= 0x1F3FF;
  const bool is_alone = category == UTF8PROC_CATEGORY_SO || category == UTF8PROC_CATEGORY_CN ||
                        category == UTF8PROC_CATEGORY_CO;
  return is_alone || is_skin_tone ? Role::alone : Role::separator;
}

bool is_number(utf8proc_int32_t value) {
  if (value < 0x80) return value >= '0' && value <= '9';
  const auto category = utf8proc_category(value);
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

void append_folded(char32_t value, CodePoints& out) {
  constexpr auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  std::array<utf8proc_int32_t, longest_decomposition> folded{};
  int bound = 0;  // not used: it serves grapheme boundaries
  const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(value), folded.data(),
                                             folded.size(), options, &bound);
  for (std::size_t at = 0; at < folded.size() && static_cast<utf8proc_ssize_t>(at) < count; ++at) {
    if (!holds(diacritics, folded[at])) out.push_back(folded[at]);
  }
}

/// Brings the marks that are left into canonical order and composes what can be. (utf8proc_map would take
/// quadratic time over a long run of marks.)
void compose(CodePoints& text) {
  const auto combining = [](utf8proc_int32_t value) { return utf8proc_get_property(value)->combining_class; };
  const auto is_base = [&](utf8proc_int32_t value) { return combining(value) == 0; };
  for (auto run = text.begin(); run != text.end();) {
    run = std::find_if_not(run, text.end(), is_base);
    const auto end = std::find_if(run, text.end(), is_base);
    std::stable_sort(run, end, [&](auto a, auto b) { return combining(a) < combining(b); });
    run = end;
  }
  const auto size =
      utf8proc_normalize_utf32(text.data(), static_cast<utf8proc_ssize_t>(text.size()),
                               static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  text.resize(static_cast<std::size_t>(std::max<utf8proc_ssize_t>(size, 0)));
}

CodePoints folded(std::string_view text) {
  CodePoints result;
  result.reserve(text.size());
  bool plain = true;
  while (!text.empty()) {
    const auto next = protocol::front_code_point(text);
    if (next.bytes == 0) {
      result.push_back(' ');
    } else if (next.value < 0x80) {
      result.push_back(protocol::ascii_lower(static_cast<char>(next.value)));
    } else {
      append_folded(next.value, result);
      plain = false;
    }
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  if (!plain) compose(result);
  return result;
}

/// Puts words together, one code point after the other.
class Words {
 public:
  explicit Words(std::size_t bytes) { text_.reserve(bytes); }

  void take(utf8proc_int32_t value) {
    const Role is = role(value);
    if (is == Role::separator) {
      open_ = false;
      return;
    }
    const bool goes_on = open_ && length_ < longest_word;
    if (!goes_on || is == Role::alone || (is == Role::letter && alone_)) begin(is == Role::alone);
    append(value);
    ends_in_number_ = is == Role::letter && is_number(value);
  }

  /// Whether the last word also stands for longer words that begin so.
  bool ends_in_beginning() const { return !alone_ && !ends_in_number_ && length_ >= shortest_beginning; }
  std::string take_text() { return std::move(text_); }

 private:
  void begin(bool alone) {
    if (!text_.empty()) text_ += ' ';
    open_ = true;
    alone_ = alone;
    length_ = 0;
  }

  void append(utf8proc_int32_t value) {
    ++length_;
    protocol::append_utf8(text_, static_cast<char32_t>(value));
  }

  std::string text_;
  std::size_t length_ = 0;  ///< code points of the last word
  bool open_ = false;       ///< the last word may go on
  bool alone_ = false;
  bool ends_in_number_ = false;
};

Words words_of(std::string_view text) {
  Words words(text.size() + text.size() / 2);
  for (const auto value : folded(text)) words.take(value);
  return words;
}

// --- queries

bool is_blank(char32_t value) {
  if (value < 0x80) return value <= ' ' || value == 0x7F;
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(value));
  return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CC;
}

/// The first part between blanks, which is taken off `rest`; empty: there is no more.
std::string_view take_part(std::string_view& rest) {
  std::size_t begin = 0;
  std::size_t end = 0;
  while (end < rest.size()) {
    const auto next = protocol::front_code_point(rest.substr(end));
    const bool blank = next.bytes > 0 && is_blank(next.value);
    if (blank && end > begin) break;
    end += std::max<std::size_t>(next.bytes, 1);
    if (blank) begin = end;
  }
  const auto part = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return part;
}

struct Phrase {
  std::string words;
  bool is_beginning;  ///< also finds longer words that begin so
};

/// Keeps the first `most` words, and takes their number off `most`. Returns whether these are all.
bool cut(std::string& words, std::size_t& most) {
  std::size_t end = 0;
  for (; most > 0 && end < words.size(); --most) {
    end = std::min(words.find(' ', end + 1), words.size());
  }
  const bool all = end == words.size();
  words.resize(end);
  return all;
}

std::vector<Phrase> phrases_of(std::string_view query) {
  std::vector<Phrase> phrases;
  for (std::size_t most = most_query_words; most > 0;) {
    const auto part = take_part(query);
    if (part.empty()) break;
    auto words = words_of(part);
    const bool is_beginning = words.ends_in_beginning();
    auto text = words.take_text();
    const bool all = cut(text, most);
    if (!text.empty()) phrases.push_back({.words = std::move(text), .is_beginning = all && is_beginning});
  }
  return phrases;
}

}  // namespace

std::string index_form(std::string_view text) { return words_of(text).take_text(); }

std::optional<std::string> match_expression(std::string_view query) {
  std::string expression;
  for (const auto& phrase : phrases_of(query)) {
    if (!expression.empty()) expression += " AND ";
    expression += '"' + phrase.words + (phrase.is_beginning ? "\" *" : "\"");
  }
  if (expression.empty()) return std::nullopt;
  return expression;
}

protocol::Error nothing_to_search_for() {
  return {protocol::Code::bad_request, "there is no word to look for in what you search for"};
}

Matcher::Matcher(std::string_view query) {
  for (const auto& phrase : phrases_of(query)) {
    needles_.push_back(' ' + phrase.words + (phrase.is_beginning ? "" : " "));
  }
}

bool Matcher::matches(std::string_view text) const {
  if (needles_.empty()) return false;
  const auto haystack = ' ' + index_form(text) + ' ';
  return std::all_of(needles_.begin(), needles_.end(),
                     [&](const std::string& needle) { return haystack.find(needle) != std::string::npos; });
}

Wanted::Wanted(const Query& query, protocol::Timestamp oldest) : from_(query.from), oldest_(oldest) {
  if (!query.search.empty()) words_.emplace(query.search);
}

bool Wanted::is(std::string_view name, std::string_view text, protocol::Timestamp time) {
  return time >= oldest_ && (from_.empty() || is_from(name)) && (!words_ || words_->matches(text));
}

bool Wanted::is_from(std::string_view name) {
  if (name == name_) return is_theirs_;
  const auto parsed = protocol::parse_name(name);
  name_ = name;
  return is_theirs_ = parsed && parsed->key == from_;
}

}  // namespace hubbub::journal
