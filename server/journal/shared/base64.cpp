#include "server/journal/shared/base64.hpp"

#include <openssl/evp.h>

#include <cstddef>
#include <limits>
#include <stdexcept>

namespace hubbub::journal::shared {
namespace {

constexpr std::size_t most_bytes = std::numeric_limits<int>::max() / 2;

// OpenSSL has bytes that are unsigned.
unsigned char* place(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data() + at);
}
const unsigned char* place(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

}  // namespace

void append_base64(std::string& text, std::string_view bytes) {
  if (bytes.size() > most_bytes) throw std::length_error("too much for base64");
  const auto before = text.size();
  text.resize(before + (bytes.size() + 2) / 3 * 4 + 1);  // OpenSSL ends it with a zero
  const int size = EVP_EncodeBlock(place(text, before), place(bytes), static_cast<int>(bytes.size()));
  text.resize(before + static_cast<std::size_t>(size));
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() % 4 != 0 || text.size() > most_bytes) return std::nullopt;
  // OpenSSL skips white space at both ends, and takes padding for zeros, wherever it is.
  if (is_space(text.front()) || is_space(text.back())) return std::nullopt;
  const auto padding = text.find('=');
  const auto padded = padding == std::string_view::npos ? 0 : text.size() - padding;
  if (padded > 2 || (padded == 2 && text.back() != '=')) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(place(bytes, 0), place(text), static_cast<int>(text.size()));
  if (size < 0 || static_cast<std::size_t>(size) != bytes.size()) return std::nullopt;
  bytes.resize(bytes.size() - padded);
  return bytes;
}

}  // namespace hubbub::journal::shared
