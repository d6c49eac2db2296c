#include "client/model/link.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::client {
namespace {

bool is_ascii_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

bool is_ascii_letter_or_digit(char byte) { return is_ascii_letter(byte) || (byte >= '0' && byte <= '9'); }

bool is_letter_mark_or_number(char32_t value) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(value));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/// The length of a "www." that has something of a host behind it, as people write links by hand; 0: none.
std::size_t www_at_front(std::string_view text) {
  constexpr std::string_view www = "www.";
  if (text.size() <= www.size() || !is_ascii_letter_or_digit(text[www.size()])) return 0;
  return protocol::ascii_lower(text.substr(0, www.size())) == www ? www.size() : 0;
}

/// What may stand on either side of the @ of a mail address; of the signs of RFC 5322 those in use.
bool is_of_mail(char byte) {
  return is_ascii_letter_or_digit(byte) || std::string_view("._-+").find(byte) != std::string_view::npos;
}

/// The mail address around the @ at `at`, or nothing: "@anna" calls somebody, "anna@example.org" does not. In
/// bytes, a local part has at most 64 and a domain at most 255 (RFC 5321, 4.5.3.1).
Span mail_around(std::string_view text, std::size_t at) {
  constexpr std::size_t longest_local = 64;
  constexpr std::size_t longest_domain = 255;
  std::size_t begin = at;
  while (begin > 0 && at - begin < longest_local && is_of_mail(text[begin - 1])) --begin;
  const std::string_view behind = text.substr(at + 1, longest_domain);
  std::string_view domain = behind.substr(
      0,
      static_cast<std::size_t>(std::find_if_not(behind.begin(), behind.end(), is_of_mail) - behind.begin()));
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
      at += std::max<std::size_t>(next.bytes, 1);  // what is no UTF-8 is passed over
    }
  }
  append_mail_addresses(links, text);
  std::sort(links.begin(), links.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  return links;
}

}  // namespace hubbub::client
