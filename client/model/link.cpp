#include "client/model/link.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "protocol/utf8.hpp"

namespace hubbub::client {
namespace {

bool is_ascii_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

bool is_letter_mark_or_number(char32_t value) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(value));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

}  // namespace

std::size_t scheme_at_front(std::string_view text) {
  constexpr std::size_t longest = 20;
  constexpr std::string_view separator = "://";
  if (text.empty() || !is_ascii_letter(text.front())) return 0;
  const auto is_of_scheme = [](char byte) {
    return is_ascii_letter(byte) || (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.';
  };
  const std::string_view front = text.substr(0, longest);
  const auto end =
      static_cast<std::size_t>(std::find_if_not(front.begin(), front.end(), is_of_scheme) - front.begin());
  return text.substr(end).starts_with(separator) ? end + separator.size() : 0;
}

bool is_of_link(char32_t value) {
  constexpr std::string_view never = "<>\"`{}|\\^";
  const bool is_ascii =
      value > 0x20 && value < 0x7F && never.find(static_cast<char>(value)) == std::string_view::npos;
  return value < 0x80 ? is_ascii : is_letter_mark_or_number(value);
}

std::vector<Span> links_in(std::string_view text) {
  std::vector<Span> links;
  if (text.find("://") == std::string_view::npos) return links;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t scheme = in_word ? 0 : scheme_at_front(text.substr(at));
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
      in_word = next.bytes == 1 && (is_ascii_letter(text[at]) || (text[at] >= '0' && text[at] <= '9'));
      at += next.bytes;
    }
  }
  return links;
}

}  // namespace hubbub::client
