#include "client/model/spans.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/limits.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client {

using protocol::front_cluster;

namespace {

bool is_ascii_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

bool is_ascii_letter_or_digit(char byte) { return is_ascii_letter(byte) || (byte >= '0' && byte <= '9'); }

/// The length of a "www." with the beginning of a host behind it, as in links written by hand; 0: none.
std::size_t www_at_front(std::string_view text) {
  constexpr std::string_view www = "www.";
  if (text.size() <= www.size() || !is_ascii_letter_or_digit(text[www.size()])) return 0;
  return protocol::ascii_lower(text.substr(0, www.size())) == www ? www.size() : 0;
}

/// Whether the byte may stand in a mail address; of the special characters of RFC 5322, only those in common
/// use.
bool is_of_mail(char byte) {
  return is_ascii_letter_or_digit(byte) || std::string_view("._-+").find(byte) != std::string_view::npos;
}

/// The mail address around the @ at `at`, or nothing: "@anna" mentions a person, "anna@example.org" does not.
/// A local part has at most 64 bytes and a domain at most 255 (RFC 5321, 4.5.3.1).
Span mail_around(std::string_view text, std::size_t at) {
  constexpr std::size_t longest_local = 64;
  constexpr std::size_t longest_domain = 255;
  std::size_t begin = at;
  while (begin > 0 && at - begin < longest_local && is_of_mail(text[begin - 1])) --begin;
  const std::string_view behind = text.substr(at + 1, longest_domain);
  std::string_view domain(behind.begin(), std::ranges::find_if_not(behind, is_of_mail));
  while (!domain.empty() && !is_ascii_letter_or_digit(domain.back())) domain.remove_suffix(1);
  const std::size_t dot = domain.find('.');
  if (begin == at || dot == 0 || dot == std::string_view::npos) return {at, at};
  return {begin, at + 1 + domain.size()};
}

void append_mail_addresses(std::vector<Span>& links, std::string_view text) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const Span mail = mail_around(text, at);
    if (mail.begin != mail.end) links.push_back(mail);
  }
}

using protocol::CodePoint;
using protocol::front_code_point;

/// Blocks of scripts that are written without blanks between words, or, as Hangul is, with endings
/// attached to names (Unicode, Blocks.txt).
constexpr std::array<std::pair<char32_t, char32_t>, 14> unspaced_blocks = {{
    {0x0E00, 0x0EFF},    // Thai, Lao
    {0x1000, 0x109F},    // Myanmar
    {0x1100, 0x11FF},    // Hangul Jamo
    {0x1780, 0x17FF},    // Khmer
    {0x2E80, 0x2FDF},    // radicals
    {0x3005, 0x3007},    // iteration mark, closing mark, zero
    {0x3040, 0x31FF},    // Kana, Bopomofo, Hangul compatibility
    {0x3400, 0x4DBF},    // Han
    {0x4E00, 0x9FFF},    // Han
    {0xA960, 0xA97F},    // Hangul Jamo
    {0xAC00, 0xD7FF},    // Hangul
    {0xF900, 0xFAFF},    // Han
    {0xFF66, 0xFFDC},    // Kana and Hangul of half width
    {0x20000, 0x3FFFF},  // Han
}};

bool is_unspaced(char32_t value) {
  const auto holds = [value](const auto& block) { return value >= block.first && value <= block.second; };
  return std::ranges::any_of(unspaced_blocks, holds);
}

/// Whether the character is a letter, mark or number, or one of `and_these`.
bool is_word_character(char32_t value, std::string_view and_these) {
  if (value < 0x80 && and_these.find(static_cast<char>(value)) != std::string_view::npos) return true;
  return is_letter_mark_or_number(value);
}
bool is_of_word(char32_t value) { return is_word_character(value, "_"); }
bool is_of_name(char32_t value) { return is_word_character(value, "-_."); }

/// The code point that ends at `at`, and the one that begins there; 0: none.
char32_t before(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  std::size_t begin = at - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
  return front_code_point(text.substr(begin)).value;
}
char32_t after(std::string_view text, std::size_t at) {
  return at == text.size() ? 0 : front_code_point(text.substr(at)).value;
}

/// Whether a word may begin or end between the two characters.
bool is_boundary(char32_t left, char32_t right) {
  return !is_of_word(left) || !is_of_word(right) || is_unspaced(left) || is_unspaced(right);
}

/// Appends the NFKC_Casefold of one grapheme cluster. A cluster of more than 64 bytes is copied unchanged: no
/// name has one, and ordering its marks takes quadratic time.
void append_folded(std::string& out, std::string_view cluster) {
  if (cluster.size() == 1) {
    out += protocol::ascii_lower(cluster.front());
    return;
  }
  constexpr std::size_t most_bytes = 64;
  // The longest decomposition of a code point has 18 code points (U+FDFA), and a cluster has few of those.
  std::array<utf8proc_int32_t, 257> buffer{};
  constexpr auto size = static_cast<utf8proc_ssize_t>(buffer.size() - 1);
  constexpr auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  utf8proc_ssize_t count = -1;
  if (cluster.size() <= most_bytes) {
    count = utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(cluster.data()),
                               static_cast<utf8proc_ssize_t>(cluster.size()), buffer.data(), size, options);
  }
  if (count >= 0 && count <= size) count = utf8proc_reencode(buffer.data(), count, options);
  if (count < 0 || count > size) {
    out += cluster;
  } else {
    out.append(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(count));
  }
}

/// A folded text, and the place in the original of each of its characters.
struct Folded {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> origins;  ///< offset in `text`, offset in the original

  explicit Folded(std::string_view original) {
    text.reserve(original.size());
    origins.reserve(original.size() + 1);
    for (std::size_t at = 0; at < original.size();) {
      origins.emplace_back(text.size(), at);
      const std::size_t length = front_cluster(original.substr(at));
      append_folded(text, original.substr(at, length));
      at += length;
    }
    origins.emplace_back(text.size(), original.size());
  }

  /// The offset in the original; nullptr: `at` is within a character.
  const std::size_t* origin(std::size_t at) const {
    const auto found = std::lower_bound(origins.begin(), origins.end(), std::pair(at, std::size_t{0}));
    return found == origins.end() || found->first != at ? nullptr : &found->second;
  }
};

/// Whether the span is a whole word in the text.
bool stands_alone(std::string_view text, const Span& span, bool all_alone) {
  const char32_t left = before(text, span.begin);
  const char32_t right = after(text, span.end);
  if (all_alone) return left == '@' || (!is_of_word(left) && !is_of_word(right));
  return is_boundary(left, after(text, span.begin)) && is_boundary(before(text, span.end), right);
}

/// The longest part of the text around the span that could be a name, without the punctuation at its ends. If
/// that part is too long for a name: the span alone.
std::string_view name_around(std::string_view text, const Span& span) {
  constexpr std::size_t most_bytes = 4 * protocol::name_code_points;  // of UTF-8, RFC 3629
  std::size_t begin = span.begin;
  std::size_t end = span.end;
  while (begin > 0 && end - begin <= most_bytes && is_of_name(before(text, begin))) {
    do --begin;
    while ((static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U);
  }
  while (end < text.size() && end - begin <= most_bytes && is_of_name(after(text, end)))
    end += front_code_point(text.substr(end)).bytes;
  if (end - begin > most_bytes) return text.substr(span.begin, span.end - span.begin);
  const auto is_punctuation = [text](std::size_t at) {
    return std::string_view("-_.").find(text[at]) != std::string_view::npos;
  };
  while (begin < span.begin && is_punctuation(begin)) ++begin;
  while (end > span.end && is_punctuation(end - 1)) --end;
  return text.substr(begin, end - begin);
}

bool is_within(const Span& span, const std::vector<Span>& others) {
  const auto holds = [&](const Span& other) { return span.begin >= other.begin && span.end <= other.end; };
  return std::ranges::any_of(others, holds);
}

/// Whether a found name is only a part of another person's name. A text may consist of such places only:
/// IsSomebody is called once for each part of the text, and at most most_asked times.
class OthersNames {
 public:
  OthersNames(std::string_view text, const Mentions::IsSomebody& is_somebody)
      : text_(text), is_somebody_(is_somebody) {}

  bool have(const Span& span) {
    if (!is_somebody_) return false;
    const std::string_view around = name_around(text_, span);
    if (around.size() == span.end - span.begin) return false;
    if (around.data() == last_.data() && around.size() == last_.size()) return answer_;
    if (asked_ == Mentions::most_asked) return false;
    ++asked_;
    last_ = around;
    return answer_ = is_somebody_(around);
  }

 private:
  std::string_view text_;
  const Mentions::IsSomebody& is_somebody_;
  std::string_view last_;
  bool answer_ = false;
  std::size_t asked_ = 0;
};

}  // namespace

bool is_letter_mark_or_number(char32_t value) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(value));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

std::size_t scheme_at_front(std::string_view text) {
  constexpr std::size_t longest = 20;
  constexpr std::string_view separator = "://";
  if (text.empty() || !is_ascii_letter(text.front())) return 0;
  const auto is_of_scheme = [](char byte) {
    return is_ascii_letter_or_digit(byte) || byte == '+' || byte == '-' || byte == '.';
  };
  const std::string_view front = text.substr(0, longest);
  const std::string_view scheme(front.begin(), std::ranges::find_if_not(front, is_of_scheme));
  return text.substr(scheme.size()).starts_with(separator) ? scheme.size() + separator.size() : 0;
}

bool is_of_link(char32_t value) {
  constexpr std::string_view never = "<>\"`{}|\\^";
  const bool is_ascii =
      value > 0x20 && value < 0x7F && never.find(static_cast<char>(value)) == std::string_view::npos;
  return value < 0x80 ? is_ascii : is_letter_mark_or_number(value);
}

std::vector<Span> links_in(std::string_view text) {
  std::vector<Span> links;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t scheme =
        in_word ? 0 : std::max(scheme_at_front(text.substr(at)), www_at_front(text.substr(at)));
    std::size_t end = at + scheme;
    while (scheme > 0 && end < text.size()) {
      const auto next = protocol::front_code_point(text.substr(end));
      if (!is_of_link(next.value)) break;
      end += next.bytes;
    }
    if (end > at + scheme) {
      links.push_back({at, end});
      at = end;
      in_word = false;
    } else {
      const auto next = protocol::front_code_point(text.substr(at));
      in_word = next.bytes == 1 && is_ascii_letter_or_digit(text[at]);
      at += std::max<std::size_t>(next.bytes, 1);  // skips a byte that is not UTF-8
    }
  }
  append_mail_addresses(links, text);
  std::ranges::sort(links, {}, &Span::begin);
  return links;
}

Mentions::Mentions(const std::vector<std::string>& words, Purpose purpose) : purpose_(purpose) {
  for (const std::string& word : words) {
    std::string key = Folded(word).text;
    if (key.empty()) continue;
    const CodePoint first = front_code_point(key);
    const bool single = first.bytes == key.size() && is_unspaced(first.value);
    words_.push_back({std::move(key), single && purpose == Purpose::call});
  }
}

std::vector<Span> Mentions::find(std::string_view text, const IsSomebody& is_somebody) const {
  std::vector<Span> found;
  if (words_.empty() || text.empty()) return found;
  const Folded folded(text);
  OthersNames others(text, is_somebody);
  const std::vector<Span> links = purpose_ == Purpose::call ? links_in(text) : std::vector<Span>();
  for (const Word& word : words_) {
    for (std::size_t at = folded.text.find(word.key); at != std::string::npos;
         at = folded.text.find(word.key, at + 1)) {
      const std::size_t* begin = folded.origin(at);
      const std::size_t* end = folded.origin(at + word.key.size());
      if (begin == nullptr || end == nullptr) continue;
      const Span span{*begin, *end};
      if (is_within(span, links)) continue;
      if (stands_alone(text, span, word.alone) && !others.have(span)) found.push_back(span);
    }
  }
  std::sort(found.begin(), found.end(), [](const Span& a, const Span& b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);  // the longer one first
  });
  std::size_t until = 0;
  std::erase_if(found, [&until](const Span& span) {
    const bool overlaps = span.begin < until;
    if (!overlaps) until = span.end;
    return overlaps;
  });
  return found;
}

}  // namespace hubbub::client
