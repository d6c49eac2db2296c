#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::chat {

/// What is known of somebody whom a mask may be about.
struct Subject {
  std::string_view name;      ///< its key
  std::uint64_t account = 0;  ///< 0: a guest
  std::string_view host;      ///< the address as Moderation::host makes it; empty: none
  std::string_view address;   ///< as the wire tells it ("tcp://192.0.2.1:40000"); empty: none
};

/// Whom a ban is about: "name:ann*", "account:ann", "host:3QX7…", or, on the whole server,
/// "address:192.0.2.0/24".
class Mask {
 public:
  enum class Kind : std::uint8_t { name, account, host, address };

  static Mask of_account(std::uint64_t account) { return {Kind::account, {}, account}; }
  static Mask of_host(std::string_view host) { return {Kind::host, std::string(host), 0}; }
  /// `pattern`: of keys of names, in which `*` stands for any text and `?` for one character.
  static Mask of_name(std::string_view pattern) { return {Kind::name, std::string(pattern), 0}; }
  static Mask of_address(std::string_view range) { return {Kind::address, std::string(range), 0}; }

  Kind kind() const { return kind_; }
  std::uint64_t account() const { return account_; }
  /// Of a name, a host or addresses.
  const std::string& text() const { return text_; }
  bool is_pattern() const { return kind_ == Kind::name && text_.find_first_of("*?") != std::string::npos; }

  /// Whether addresses are in a range is for others to say.
  using InRange = std::function<bool(const std::string& range, std::string_view address)>;
  bool matches(const Subject& subject, const InRange& is_in_range = {}) const;

  /// "name:ann*", "account:#12": as it is kept; people are shown the account's name.
  std::string stored() const;
  static std::optional<Mask> from(std::string_view stored);

  bool operator==(const Mask&) const = default;

 private:
  Mask(Kind kind, std::string text, std::uint64_t account)
      : kind_(kind), text_(std::move(text)), account_(account) {}

  Kind kind_;
  std::string text_;
  std::uint64_t account_;
};

/// Whether the pattern, in which `*` and `?` stand for others, is of the whole text. Takes time in proportion
/// to the product of both at worst.
bool is_like(std::string_view text, std::string_view pattern);

/// The pattern of names as names are compared (protocol::Name::key), with its `*` and `?`. Errors:
/// bad_request where it cannot be one of names, or would be of every name.
protocol::Result<std::string> name_pattern(std::string_view typed);

}  // namespace hubbub::chat
