#include "server/ops/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <new>

#include "protocol/hex.hpp"

namespace hubbub::ops {
namespace {

std::string hash(std::string_view text, const EVP_MD* kind) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, kind, nullptr) != 1) throw std::bad_alloc();
  return {out.begin(), out.begin() + size};
}

std::string base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

std::string sha1_base64(std::string_view text) { return base64(hash(text, EVP_sha1())); }

std::string sha256_base64(std::string_view text) { return base64(hash(text, EVP_sha256())); }

std::string token_hash(std::string_view token) {
  return std::string(token_hash_prefix) + protocol::hex(hash(token, EVP_sha256()));
}

bool is_token(std::string_view token, std::string_view hash) {
  const auto given = token_hash(token);
  return given.size() == hash.size() && CRYPTO_memcmp(given.data(), hash.data(), given.size()) == 0;
}

}  // namespace hubbub::ops
