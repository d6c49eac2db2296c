#include "client/connection/listener.hpp"

#include <variant>

namespace hubbub::client {

using protocol::MessagePtr;
namespace event = protocol::event;

std::vector<MessagePtr> messages_of(const protocol::Event& event) {
  if (const auto* message = std::get_if<MessagePtr>(&event.body)) return {*message};
  if (const auto* history = std::get_if<event::History>(&event.body)) return history->messages;
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) return joined->history;
  return {};
}

}  // namespace hubbub::client
