#include "protocol/hex.hpp"

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

std::string fingerprint(std::string_view digest) { return pairs(digest, "0123456789ABCDEF", ":"); }

}  // namespace hubbub::protocol
