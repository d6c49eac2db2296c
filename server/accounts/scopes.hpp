#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::accounts {

/// What a request is about, for tokens that allow some of it alone. `any`: what each token allows.
enum class Scope : std::uint8_t { any, read, say, moderate, account, admin };

/// What the program that has a token may do with it: besides what the account may, never more.
class Scopes {
 public:
  /// Everything.
  constexpr Scopes() = default;
  /// Words with blanks between them, as in "read say". An error if one of them is no scope, or there is none.
  static protocol::Result<Scopes> parse(std::string_view words);
  /// What text() has written, at some time; what it names that is not known now allows nothing.
  static Scopes stored(std::string_view text);

  bool has(Scope scope) const { return ((bits_ >> static_cast<unsigned>(scope)) & 1U) != 0; }
  bool is_all() const { return bits_ == all; }
  /// In the order of the enumerators; empty: everything.
  std::string text() const;

 private:
  static constexpr std::uint8_t all = 0x3f;
  static constexpr std::uint8_t always = 1;  ///< Scope::any

  void add(Scope scope) { bits_ |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope)); }

  std::uint8_t bits_ = all;
};

/// As in Scopes::text.
std::string_view to_string(Scope scope);

}  // namespace hubbub::accounts
