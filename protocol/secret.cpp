#include "protocol/secret.hpp"

#include <cstring>

namespace hubbub::protocol {

void wipe(std::string& text) {
  text.resize(text.capacity());
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string&& text) : text_(std::move(text)) { wipe(text); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  forget();
  text_ = std::move(other.text_);
  other.forget();
  return *this;
}

}  // namespace hubbub::protocol
