#include "protocol/hex.hpp"

#include <charconv>
#include <system_error>

namespace hubbub::protocol {
namespace {

std::string pairs(std::string_view bytes, std::string_view digits, std::string_view between) {
  std::string text;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    if (!text.empty()) text += between;
    text.append({digits[byte >> 4U], digits[byte & 0xFU]});
  }
  return text;
}

}  // namespace

std::string hex(std::string_view bytes) { return pairs(bytes, "0123456789abcdef", ""); }

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  constexpr unsigned base = 16;
  std::string bytes;
  for (; !text.empty(); text.remove_prefix(2)) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, byte, base);
    if (error != std::errc() || end != text.data() + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string fingerprint(std::string_view digest) { return pairs(digest, "0123456789ABCDEF", ":"); }

}  // namespace hubbub::protocol
