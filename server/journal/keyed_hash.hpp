#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hubbub::journal {

/// The name of an `id` in tables of them: a sender's key and the id, neither of which holds a NUL, so that
/// the pair cannot be read in two ways.
std::string id_key(std::string_view sender, std::string_view id);

/// SipHash-2-4 (https://www.aumasson.jp/siphash/siphash.pdf) under a random key of this object's own: for
/// tables whose keys strangers choose. Without the key nobody can choose two whose hashes meet.
class KeyedHash {
 public:
  /// Takes its key from the kernel (getrandom(2)). Throws std::runtime_error when there is none to be had.
  KeyedHash();

  std::size_t operator()(std::string_view text) const;

 private:
  std::array<unsigned char, 16> key_{};
};

/// An epoch (Journal::epoch) as clients are told it: 16 hexadecimal digits.
std::string epoch_text(std::uint64_t number);
/// That of a journal which begins now.
std::string new_epoch();

}  // namespace hubbub::journal
