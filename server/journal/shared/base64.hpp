#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hubbub::journal::shared {

/// Appends the bytes in base64, with padding (RFC 4648, 4).
void append_base64(std::string& text, std::string_view bytes);
std::string to_base64(std::string_view bytes);
/// Nothing: that is no base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace hubbub::journal::shared
