#pragma once

#include <string>
#include <string_view>

/// Hashes; and tokens, of which only the hash is kept.
namespace hubbub::ops {

/// In base64 (RFC 4648, 4).
std::string sha1_base64(std::string_view text);
std::string sha256_base64(std::string_view text);

/// How the hash of a token begins, before 64 small hexadecimal digits.
constexpr std::string_view token_hash_prefix = "sha256:";
/// The hash of the token, with its prefix.
std::string token_hash(std::string_view token);
/// Whether `hash` is that of the token. The time that it takes says nothing about where they differ.
bool is_token(std::string_view token, std::string_view hash);

}  // namespace hubbub::ops
