#pragma once

#include <string>
#include <string_view>

namespace hubbub::front::http {

/// Whether it is 16 bytes in base64 (RFC 6455, 4.1).
bool is_web_socket_key(std::string_view key);
/// What the server proves with that it has read the key (RFC 6455, 4.2.2).
std::string web_socket_accept(std::string_view key);

/// The SHA-256 hash, in base64 as Content Security Policy writes it.
std::string sha256_base64(std::string_view text);

/// The same in small hexadecimal digits.
std::string sha256_digits(std::string_view text);

/// Whether `hashed` is "sha256:" and the digits of the token. The time that it takes says nothing about where
/// they differ.
bool is_token(std::string_view token, std::string_view hashed);

}  // namespace hubbub::front::http
