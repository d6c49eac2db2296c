#pragma once

#include <optional>
#include <string>

#include "protocol/event.hpp"

namespace hubbub::client {

/// Tells a room that is new from one that was there: a mistyped name makes a room, in which nobody hears what
/// is said. It goes by what the server tells on the way in, and asks nothing.
class NewRoom {
 public:
  /// A sentence about the room, where the event is the `joined` of one that is new: nobody else is in it,
  /// nothing was ever said there and it has no topic. The server's default room, where everybody begins,
  /// never is.
  std::optional<std::string> warning(const protocol::Event& event);

 private:
  std::string default_room_;
};

}  // namespace hubbub::client
