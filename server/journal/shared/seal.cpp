#include "server/journal/shared/seal.hpp"

#include <sodium/core.h>
#include <sodium/crypto_box.h>
#include <sodium/utils.h>

#include <stdexcept>
#include <tuple>

namespace hubbub::journal::shared {
namespace {

const unsigned char* bytes_in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}
unsigned char* bytes_in(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}

}  // namespace

static_assert(crypto_box_PUBLICKEYBYTES == std::tuple_size_v<SealKey::Public>);
static_assert(crypto_box_SECRETKEYBYTES == 32);

SealKey::SealKey() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used here");
  crypto_box_keypair(public_.data(), secret_.data());
}

SealKey::~SealKey() { sodium_memzero(secret_.data(), secret_.size()); }

std::optional<std::string> SealKey::open(std::string_view sealed) const {
  if (sealed.size() < crypto_box_SEALBYTES) return std::nullopt;
  std::string text(sealed.size() - crypto_box_SEALBYTES, '\0');
  const int failed =
      crypto_box_seal_open(bytes_in(text), bytes_in(sealed), sealed.size(), public_.data(), secret_.data());
  if (failed != 0) return std::nullopt;
  return text;
}

std::string sealed(std::string_view text, const SealKey::Public& key) {
  std::string box(text.size() + crypto_box_SEALBYTES, '\0');
  crypto_box_seal(bytes_in(box), bytes_in(text), text.size(), key.data());
  return box;
}

}  // namespace hubbub::journal::shared
