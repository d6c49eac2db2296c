#include "server/chat/mask.hpp"

#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"
#include "server/journal/conversation.hpp"

namespace hubbub::chat {
namespace {

constexpr std::string_view name_word = "name:";
constexpr std::string_view account_word = "account:";
constexpr std::string_view host_word = "host:";
constexpr std::string_view address_word = "address:";

}  // namespace

bool Mask::matches(const Subject& subject, const InRange& is_in_range) const {
  switch (kind_) {
    case Kind::name:
      return is_pattern() ? is_like(subject.name, text_) : subject.name == text_;
    case Kind::account:
      return subject.account == account_;
    case Kind::host:
      return !subject.host.empty() && subject.host == text_;
    case Kind::address:
      return is_in_range && !subject.address.empty() && is_in_range(text_, subject.address);
  }
  return false;
}

std::string Mask::stored() const {
  switch (kind_) {
    case Kind::name:
      return std::string(name_word) + text_;
    case Kind::account:
      return std::string(account_word) + journal::author_key(account_);
    case Kind::host:
      return std::string(host_word) + text_;
    case Kind::address:
      return std::string(address_word) + text_;
  }
  return {};
}

std::optional<Mask> Mask::from(std::string_view stored) {
  if (stored.starts_with(name_word)) return of_name(stored.substr(name_word.size()));
  if (stored.starts_with(host_word)) return of_host(stored.substr(host_word.size()));
  if (stored.starts_with(address_word)) return of_address(stored.substr(address_word.size()));
  if (!stored.starts_with(account_word)) return std::nullopt;
  const auto account = journal::author_of(stored.substr(account_word.size()));
  return account == 0 ? std::nullopt : std::optional(of_account(account));
}

/// Goes on from the last `*` where the rest does not fit: no star before it needs another try.
bool is_like(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t behind_star = 0;
  while (at < text.size()) {
    const auto bytes = protocol::front_code_point(text.substr(at)).bytes;
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      behind_star = at;
    } else if (in < pattern.size() && pattern[in] == '?') {
      ++in;
      at += bytes;
    } else if (in < pattern.size() && pattern[in] == text[at]) {
      ++in;
      ++at;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++behind_star;
    } else {
      return false;
    }
  }
  while (in < pattern.size() && pattern[in] == '*') ++in;
  return in == pattern.size();
}

protocol::Result<std::string> name_pattern(std::string_view typed) {
  const auto bad = [&] {
    return protocol::Error{
        protocol::Code::bad_request,
        "a pattern of names has letters, numbers, '-', '_', '.', and * for any text or ? for one "
        "character, as in name:ann*"};
  };
  if (typed.empty() || typed.size() > protocol::name_code_points * 4) return bad();
  std::string pattern;
  std::string part;
  bool has_letters = false;
  // The parts between the signs are compared as names are. What a part begins with need not begin a name.
  const auto fold = [&] {
    if (part.empty()) return true;
    constexpr std::string_view before = "0";  // with which no mark is composed
    const auto name = protocol::parse_room(std::string(before) + part);
    if (!name) return false;
    pattern += name->key.substr(before.size());
    has_letters = true;
    part.clear();
    return true;
  };
  for (const char sign : typed) {
    if (sign != '*' && sign != '?') {
      part += sign;
      continue;
    }
    if (!fold()) return bad();
    if (sign != '*' || pattern.empty() || pattern.back() != '*') pattern += sign;
  }
  if (!fold() || !has_letters) return bad();
  return pattern;
}

}  // namespace hubbub::chat
