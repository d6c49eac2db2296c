#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "server/journal/account_record.hpp"

/// Passwords, of which only a hash is kept.
namespace hubbub::accounts {

/// What it costs to try one password: this much memory, gone through so often, which is to be much for
/// whoever has stolen the hashes (RFC 9106, 4).
struct HashCost {
  std::uint32_t memory_kib = 19 * 1024;  ///< at least 8
  std::uint32_t passes = 2;              ///< at least 1

  bool operator==(const HashCost&) const = default;
};

using journal::PasswordHash;
HashCost cost_of(const PasswordHash& hash);

/// Code points of the shortest password that is taken.
inline constexpr std::size_t shortest_password = 8;
/// Bytes of the longest.
inline constexpr std::size_t longest_password = 1024;

/// Why it may not be the password of somebody of that name, as a sentence: there is no rule but its length,
/// and that it is not the name. Nothing: it may.
std::optional<std::string> fault_of_password(std::string_view password, std::string_view name);

/// A password is compared in its NFC, with each blank as a space (RFC 8265, 4.2), since keyboards differ in
/// how they write one letter. With a salt of its own. Takes as long as the cost says. Throws std::bad_alloc
/// when there is no memory.
PasswordHash hash_password(std::string_view password, const HashCost& cost);
/// Takes as long as the hash's own cost says, whatever the password. Throws std::bad_alloc.
bool is_password(std::string_view password, const PasswordHash& hash);

}  // namespace hubbub::accounts
