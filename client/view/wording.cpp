#include "client/view/wording.hpp"

#include <string_view>

#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::for_terminal;

namespace {

/// A second line of a message must not pass for somebody else's.
constexpr std::string_view next_line = "\n    ";

}  // namespace

std::string Wording::message(const protocol::Message& message, const Scene& scene) const {
  const auto name = [this](const std::string& shown) { return palette_.name(for_terminal(shown)); };
  const std::string text = for_terminal(message.text, next_line) + '\n';
  if (message.room.empty()) {
    const auto side = [&](const std::string& who) { return who == scene.me ? "you" : name(who); };
    return '[' + side(message.from) + " -> " + side(message.to) + "] " + text;
  }
  const std::string room = scene.several_rooms ? palette_.faint('[' + for_terminal(message.room) + "] ") : "";
  if (message.is_action()) return room + "* " + name(message.from) + ' ' + text;
  return room + name(message.from) + ": " + text;
}

}  // namespace hubbub::client
