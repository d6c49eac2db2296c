#pragma once

#include <string>
#include <string_view>

namespace hubbub::protocol {

/// ASCII letters in lower case; every other byte, bytes of UTF-8 included, is unchanged.
constexpr char ascii_lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}
inline std::string ascii_lower(std::string_view text) {
  std::string small(text);
  for (char& byte : small) byte = ascii_lower(byte);
  return small;
}

}  // namespace hubbub::protocol
