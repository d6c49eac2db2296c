#include "client/connection/trust.hpp"

#include <algorithm>

#include "protocol/hex.hpp"

namespace hubbub::client {
namespace {

constexpr std::size_t sha256_bytes = 32;

/// The value of a hexadecimal digit; 16: it is none.
unsigned digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return 16;
}

}  // namespace

protocol::Result<std::string> parse_fingerprint(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ':');
  const bool is_hex = std::ranges::all_of(digits, [](char c) { return digit(c) < 16; });
  if (!is_hex || digits.size() != 2 * sha256_bytes) {
    return protocol::Error{protocol::Code::bad_request,
                           "'" + std::string(text) +
                               "' is no fingerprint; that is the SHA-256 of a certificate, 64 hexadecimal "
                               "digits, as hubbubd certificate prints it"};
  }
  std::string digest;
  for (std::size_t at = 0; at < digits.size(); at += 2)
    digest += static_cast<char>(digit(digits[at]) * 16 + digit(digits[at + 1]));
  return protocol::fingerprint(digest);
}

}  // namespace hubbub::client
