#include "server/front/web/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <new>

#include "protocol/hex.hpp"

namespace hubbub::front::http {
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

bool is_web_socket_key(std::string_view key) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") &&
         key.substr(0, 22).find_first_not_of(alphabet) == std::string_view::npos;
}

std::string web_socket_accept(std::string_view key) {
  return base64(hash(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", EVP_sha1()));
}

std::string sha256_base64(std::string_view text) { return base64(hash(text, EVP_sha256())); }

std::string sha256_digits(std::string_view text) { return protocol::hex(hash(text, EVP_sha256())); }

bool is_token(std::string_view token, std::string_view hashed) {
  const auto given = "sha256:" + sha256_digits(token);
  return given.size() == hashed.size() && CRYPTO_memcmp(given.data(), hashed.data(), given.size()) == 0;
}

}  // namespace hubbub::front::http
