#include "client/connection/secret.hpp"

#include <cstring>
#include <optional>
#include <variant>

namespace hubbub::client {

namespace request = protocol::request;

namespace {

/// All that the string has, also what a longer text before has left, and what a move has left of a short one.
void wipe_all(std::string& text) {
  text.resize(text.capacity());
  wipe(text);
}

void wipe_all(std::optional<std::string>& text) {
  if (text) wipe_all(*text);
}

void wipe_secrets(request::Register& asked) {
  wipe_all(asked.password);
  wipe_all(asked.invite);
}

void wipe_secrets(request::Hello& asked) {
  wipe_all(asked.password);
  wipe_all(asked.token);
}

void wipe_secrets(request::Login& asked) {
  wipe_all(asked.password);
  wipe_all(asked.token);
}

void wipe_secrets(request::Password& asked) {
  wipe_all(asked.before);
  wipe_all(asked.after);
}

void wipe_secrets(const auto&) {}  // has none

}  // namespace

void wipe(std::string& text) {
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

void wipe(request::Any& asked) {
  std::visit([](auto& body) { wipe_secrets(body); }, asked);
}

Secret::Secret(std::string&& text) : text_(std::move(text)) { wipe_all(text); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  forget();
  text_ = std::move(other.text_);
  other.forget();
  return *this;
}

void Secret::forget() { wipe_all(text_); }

}  // namespace hubbub::client
