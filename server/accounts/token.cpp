#include "server/accounts/token.hpp"

#include <sodium/core.h>
#include <sodium/crypto_generichash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace hubbub::accounts {
namespace {

constexpr std::string_view prefix = "hub_";
constexpr std::size_t random_bytes = 32;
constexpr std::size_t digits = 43;  // of base64 without padding
using Random = std::array<unsigned char, random_bytes>;

}  // namespace

Secret new_token() {
  if (sodium_init() < 0) throw std::runtime_error("there are no random numbers to be had");
  Random random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, digits + 1> text{};
  sodium_bin2base64(text.data(), text.size(), random.data(), random.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  std::string token;
  token.reserve(prefix.size() + digits);  // so that no part of it stays behind
  token.append(prefix).append(text.data(), digits);
  sodium_memzero(random.data(), random.size());
  sodium_memzero(text.data(), text.size());
  return Secret(std::move(token));
}

std::optional<TokenHash> hash_token(std::string_view text) {
  if (!text.starts_with(prefix) || text.size() != prefix.size() + digits) return std::nullopt;
  Random random{};
  std::size_t size = 0;
  const auto failed = sodium_base642bin(random.data(), random.size(), text.data() + prefix.size(), digits,
                                        nullptr, &size, nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(random.data(), random.size());
  if (failed != 0 || size != random_bytes) return std::nullopt;
  TokenHash hash{};
  static_assert(std::tuple_size_v<TokenHash> == crypto_generichash_BYTES);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  crypto_generichash(hash.data(), hash.size(), bytes, text.size(), nullptr, 0);
  return hash;
}

}  // namespace hubbub::accounts
