#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/secret.hpp"
#include "server/journal/account_record.hpp"

/// Tokens of devices and of invitations: 256 random bits, of which only a hash is kept.
namespace hubbub::accounts {

using journal::TokenHash;
using protocol::Secret;

/// "hub_" and base64url (RFC 4648, 5).
Secret new_token();
/// Of a text that is a token, whoever's; nothing: it is none.
std::optional<TokenHash> hash_token(std::string_view text);

}  // namespace hubbub::accounts
