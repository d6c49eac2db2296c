#include "server/accounts/secret.hpp"

#include <sodium/utils.h>

namespace hubbub::accounts {
namespace {

/// All that the string has, also what a longer text before has left.
void wipe(std::string& text) {
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace

Secret::Secret(std::string&& text) : text_(std::move(text)) { wipe(text); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  forget();
  text_ = std::move(other.text_);
  other.forget();
  return *this;
}

void Secret::forget() { wipe(text_); }

}  // namespace hubbub::accounts
