#include "server/accounts/scopes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace hubbub::accounts {
namespace {

constexpr std::array<std::string_view, 6> words{"", "read", "say", "moderate", "account", "admin"};

std::optional<Scope> scope_of(std::string_view word) {
  const auto* const found = std::find(words.begin() + 1, words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Scope>(found - words.begin());
}

/// Takes the next word off `rest`; empty: there is none.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

protocol::Error no_scopes() {
  return {protocol::Code::bad_request,
          "a token is for some of read, say, moderate, account and admin, with blanks between them; where no "
          "scopes are given it is for all of it"};
}

}  // namespace

protocol::Result<Scopes> Scopes::parse(std::string_view words) {
  Scopes scopes;
  scopes.bits_ = always;
  for (auto word = next_word(words); !word.empty(); word = next_word(words)) {
    const auto scope = scope_of(word);
    if (!scope) return no_scopes();
    scopes.add(*scope);
  }
  if (scopes.bits_ == always) return no_scopes();
  return scopes;
}

Scopes Scopes::stored(std::string_view text) {
  Scopes scopes;
  if (text.empty()) return scopes;
  scopes.bits_ = always;
  for (auto word = next_word(text); !word.empty(); word = next_word(text))
    if (const auto scope = scope_of(word)) scopes.add(*scope);
  return scopes;
}

std::string Scopes::text() const {
  std::string text;
  if (is_all()) return text;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!has(static_cast<Scope>(i))) continue;
    if (!text.empty()) text += ' ';
    text += words.at(i);
  }
  return text;
}

std::string_view to_string(Scope scope) { return words.at(static_cast<std::size_t>(scope)); }

}  // namespace hubbub::accounts
