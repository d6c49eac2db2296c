#include "client/connection/wipe.hpp"

#include <optional>
#include <string>
#include <variant>

#include "protocol/secret.hpp"

namespace hubbub::client {

namespace request = protocol::request;

namespace {

using protocol::wipe;

void wipe(std::optional<std::string>& text) {
  if (text) wipe(*text);
}

void wipe_secrets(request::Register& asked) {
  wipe(asked.password);
  wipe(asked.invite);
}

void wipe_secrets(request::Hello& asked) {
  wipe(asked.password);
  wipe(asked.token);
  wipe(asked.invite);
}

void wipe_secrets(request::Join& asked) { wipe(asked.key); }

void wipe_secrets(request::Room& asked) {
  if (asked.set) wipe(asked.set->key);
}

void wipe_secrets(request::Redeem& asked) { wipe(asked.token); }

void wipe_secrets(request::Login& asked) {
  wipe(asked.password);
  wipe(asked.token);
}

void wipe_secrets(request::Password& asked) {
  wipe(asked.before);
  wipe(asked.after);
}

void wipe_secrets(const auto&) {}  // has none

}  // namespace

void wipe(request::Any& asked) {
  std::visit([](auto& body) { wipe_secrets(body); }, asked);
}

}  // namespace hubbub::client
