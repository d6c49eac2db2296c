#include "server/journal/epoch.hpp"

#include <array>
#include <cstdio>

#include "server/journal/keyed_hash.hpp"

namespace hubbub::journal {

std::string epoch_text(std::uint64_t number) {
  std::array<char, 17> text{};
  const int size = std::snprintf(text.data(), text.size(), "%016jx", std::uintmax_t{number});
  return {text.data(), static_cast<std::size_t>(size)};
}

/// A hash is as random as its key.
std::string new_epoch() { return epoch_text(KeyedHash()({})); }

}  // namespace hubbub::journal
