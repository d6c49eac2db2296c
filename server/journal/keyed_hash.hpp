#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hubbub::journal {

/// The key of an `id` in tables of ids: a sender's key and the id, neither of which holds a NUL, so that no
/// two pairs give the same key.
std::string id_key(std::string_view sender, std::string_view id);

/// SipHash-2-4 (https://www.aumasson.jp/siphash/siphash.pdf) under a random key of this object's own: for
/// tables whose keys clients choose. Without the key nobody can choose two texts whose hashes collide.
class KeyedHash {
 public:
  /// Takes its key from the kernel (getrandom(2)). Throws std::runtime_error when there is none to be had.
  KeyedHash();
  /// Under that key, of 16 bytes: so the same hashes come after another start.
  using Key = std::array<unsigned char, 16>;
  explicit KeyedHash(const Key& key) : key_(key) {}

  const Key& key() const { return key_; }
  std::size_t operator()(std::string_view text) const;

 private:
  Key key_{};
};

/// An epoch (Journal::epoch) as clients are told it: 16 hexadecimal digits.
std::string epoch_text(std::uint64_t number);
/// The epoch of a journal that begins now.
std::string new_epoch();

}  // namespace hubbub::journal
