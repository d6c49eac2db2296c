#pragma once

#include <chrono>
#include <cstddef>

#include "protocol/limits.hpp"

namespace hubbub::net {

/// What an operator may choose about connections. All of it may change while the daemon runs. A
/// limit or a timeout of 0 is none.
struct Settings {
  std::size_t connections = 10'000;
  /// Per IPv4 address, and per IPv6 /64, since that is what one household is given (RFC 6177).
  std::size_t connections_per_address = 1024;
  /// Token bucket of new connections, per address.
  double connects_per_second_per_address = 20;
  std::size_t connects_burst_per_address = 1024;
  /// Bytes of a line from a client, without its ending.
  std::size_t line_bytes = protocol::default_line_bytes;
  /// Bytes waiting to be sent beyond which a session's own requests wait …
  std::size_t send_queue_soft = std::size_t{128} * 1024;
  /// … and beyond which nothing more is queued for it.
  std::size_t send_queue = std::size_t{256} * 1024;

  /// Silence after which a new connection is greeted as a plain-text user.
  std::chrono::milliseconds sniff{1'000};
  /// For a JSON client to get its `hello` accepted.
  std::chrono::milliseconds hello{10'000};
  /// Without one whole line from a JSON client, before it is closed; and without a sign of TCP that one who
  /// reads plain text takes what he is sent.
  std::chrono::milliseconds idle{600'000};
  /// Without one whole line from one who speaks plain text, before he is closed.
  std::chrono::milliseconds idle_text{0};
  /// Of silence, before a JSON client is asked whether it is still there.
  std::chrono::milliseconds ping{60'000};
  /// Of silence, after which somebody else who asks for a client's name has it asked whether it is there; and
  /// for it to answer.
  std::chrono::milliseconds claim{5'000};
  /// In which a client that has something to read takes no byte of it, before it is closed.
  std::chrono::milliseconds stall{60'000};
  /// For everybody to take their last lines when the daemon stops.
  std::chrono::milliseconds shutdown{3'000};
};

}  // namespace hubbub::net
