#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hubbub::journal::shared {

/// What one start of a node alone can read: sealed boxes of libsodium (X25519 and XSalsa20-Poly1305, as
/// https://doc.libsodium.org/public-key_cryptography/sealed_boxes describes them). The secret half is in this
/// object's memory alone, so what was sealed can be read by nobody after its end.
class SealKey {
 public:
  using Public = std::array<unsigned char, 32>;

  /// A new pair of keys.
  SealKey();
  ~SealKey();
  SealKey(const SealKey&) = delete;
  SealKey& operator=(const SealKey&) = delete;

  const Public& public_half() const { return public_; }
  /// Nothing: it was not sealed for this key, or was changed.
  std::optional<std::string> open(std::string_view sealed) const;

 private:
  Public public_{};
  std::array<unsigned char, 32> secret_{};
};

std::string sealed(std::string_view text, const SealKey::Public& key);

}  // namespace hubbub::journal::shared
