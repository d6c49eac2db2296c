#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hubbub::protocol {

/// The bytes as pairs of small hexadecimal digits.
std::string hex(std::string_view bytes);
/// The bytes of such a text; nothing: it is none.
std::optional<std::string> from_hex(std::string_view text);

/// The digest of a certificate as people compare it: pairs of hexadecimal digits, capitals, with colons
/// between them.
std::string fingerprint(std::string_view digest);

}  // namespace hubbub::protocol
