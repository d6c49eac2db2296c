#include "server/accounts/password.hpp"

#include <sodium/core.h>
#include <sodium/crypto_pwhash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <utf8proc.h>

#include <new>
#include <string>
#include <tuple>
#include <utility>

#include "protocol/character.hpp"
#include "protocol/name.hpp"
#include "protocol/secret.hpp"
#include "protocol/text.hpp"
#include "protocol/utf8.hpp"

namespace hubbub::accounts {

using protocol::Secret;

namespace {

static_assert(std::tuple_size_v<decltype(PasswordHash::salt)> == crypto_pwhash_SALTBYTES);

/// As it is compared (RFC 8265, 4.2.2: OpaqueString). What is no UTF-8 stays what it is.
Secret compared(std::string_view password) {
  auto composed = protocol::normalise(password, UTF8PROC_COMPOSE);
  if (!composed) return Secret(std::string(password));
  std::string same;
  same.reserve(composed->size());
  for (std::string_view rest = *composed; !rest.empty();) {
    const auto next = protocol::front_code_point(rest);
    const auto is_blank =
        utf8proc_category(static_cast<utf8proc_int32_t>(next.value)) == UTF8PROC_CATEGORY_ZS;
    is_blank ? same.append(1, ' ') : same.append(rest.substr(0, next.bytes));
    rest.remove_prefix(next.bytes);
  }
  const Secret wiped(*std::move(composed));
  return Secret(std::move(same));
}

/// The hash with that salt and cost.
std::array<unsigned char, 32> hash_with(std::string_view given, const PasswordHash& how) {
  if (sodium_init() < 0) throw std::bad_alloc();
  const auto secret = compared(given);
  const auto password = secret.text();
  std::array<unsigned char, 32> hash{};
  const auto failed =
      crypto_pwhash(hash.data(), hash.size(), password.data(), password.size(), how.salt.data(), how.passes,
                    std::size_t{how.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();  // the only reason, with a cost that is allowed
  return hash;
}

}  // namespace

HashCost cost_of(const PasswordHash& hash) { return {.memory_kib = hash.memory_kib, .passes = hash.passes}; }

std::optional<std::string> fault_of_password(std::string_view password, std::string_view name) {
  if (password.size() > longest_password)
    return "the password is longer than " + std::to_string(longest_password) + " bytes";
  if (!protocol::is_utf8(password)) return "the password is not UTF-8";
  if (protocol::code_points(compared(password).text()) < shortest_password) {
    return "the password is too short; it takes " + std::to_string(shortest_password) + " characters or more";
  }
  if (protocol::same_name(password, name)) return "the password is the name; choose another";
  return std::nullopt;
}

PasswordHash hash_password(std::string_view password, const HashCost& cost) {
  PasswordHash made{.passes = cost.passes, .memory_kib = cost.memory_kib};
  if (sodium_init() < 0) throw std::bad_alloc();
  randombytes_buf(made.salt.data(), made.salt.size());
  made.hash = hash_with(password, made);
  return made;
}

bool is_password(std::string_view password, const PasswordHash& hash) {
  const auto made = hash_with(password, hash);
  return sodium_memcmp(made.data(), hash.hash.data(), made.size()) == 0;
}

}  // namespace hubbub::accounts
