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
  /// Whether the address ("tcp://192.0.2.1:40000") is within the range ("192.0.2.0/24").
  std::function<bool(const std::string& range, std::string_view address)> is_in_range;
  /// Why that is no range of addresses, as the end of a sentence that begins with it; nothing: it is one.
  std::function<std::optional<std::string>(const std::string& range)> fault_of_range;
  /// The address of the page for a browser, without a slash at its end; empty: not known.
  std::function<std::string()> public_url;
  /// From that level on the log is written, until the configuration is read again.
  std::function<std::optional<protocol::Error>(const std::string& level)> set_log_level;
};

}  // namespace hubbub::chat
