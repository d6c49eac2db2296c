#include "server/journal/keyed_hash.hpp"

#include <sodium/core.h>
#include <sodium/crypto_shorthash.h>
#include <sodium/randombytes.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace hubbub::journal {

static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == sizeof(std::uint64_t));

std::string id_key(std::string_view sender, std::string_view id) {
  std::string key;
  key.reserve(sender.size() + 1 + id.size());
  return key.append(sender).append(1, '\0').append(id);
}

KeyedHash::KeyedHash() {
  if (sodium_init() < 0) throw std::runtime_error("there are no random numbers to be had");
  randombytes_buf(key_.data(), key_.size());
}

std::size_t KeyedHash::operator()(std::string_view text) const {
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  const auto* const bytes = reinterpret_cast<const unsigned char*>(
      text.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  crypto_shorthash(hash.data(), bytes, text.size(), key_.data());
  std::uint64_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return number;
}

std::string epoch_text(std::uint64_t number) {
  std::array<char, 17> text{};
  const int size = std::snprintf(text.data(), text.size(), "%016jx", std::uintmax_t{number});
  return {text.data(), static_cast<std::size_t>(size)};
}

/// A hash is as random as its key.
std::string new_epoch() { return epoch_text(KeyedHash()({})); }

}  // namespace hubbub::journal
