#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/error.hpp"
#include "protocol/event.hpp"

namespace hubbub::chat {

/// What the daemon lends to operators. What is not set cannot be had here.
struct Operations {
  /// Fills in what the chat does not know.
  std::function<void(protocol::event::Status& status)> describe;
  /// Reads the configuration again; the error says why it stays as it was.
  std::function<std::optional<protocol::Error>()> reload;
  /// From that level on the log is written, until the configuration is read again.
  std::function<std::optional<protocol::Error>(const std::string& level)> set_log_level;
};

}  // namespace hubbub::chat
