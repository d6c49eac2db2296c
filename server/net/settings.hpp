#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "protocol/limits.hpp"
#include "server/net/address_range.hpp"

namespace hubbub::net {

/// A certificate and its key, as files in PEM (RFC 7468).
struct CertificateFiles {
  std::string certificate;  ///< with the certificates between it and the authority's behind it
  std::string key;
  bool operator==(const CertificateFiles&) const = default;
};

/// What an operator may choose about connections. All of it may change while the daemon runs. A
/// limit or a timeout of 0 is none.
struct Settings {
  std::size_t connections = 10'000;
  /// Per IPv4 address, and per IPv6 /64, which is what one household is given (RFC 6177).
  std::size_t connections_per_address = 1024;
  /// Token bucket of new connections, per address.
  double connects_per_second_per_address = 20;
  std::size_t connects_burst_per_address = 1024;
  /// Bytes of a line from a client, without its ending.
  std::size_t line_bytes = protocol::default_line_bytes;
  /// Bytes waiting to be sent beyond which the peer's own requests wait.
  std::size_t send_queue_soft = std::size_t{128} * 1024;
  /// Bytes waiting to be sent beyond which the peer is a slow reader, for which no more is queued.
  std::size_t send_queue = std::size_t{256} * 1024;

  /// Silence after which a new connection is greeted as a plain-text user.
  std::chrono::milliseconds sniff{1'000};
  /// Time for a JSON client to get its `hello` accepted.
  std::chrono::milliseconds hello{10'000};
  /// Time without a whole line from a JSON client, before it is closed; and without a sign of TCP that a
  /// plain-text user takes what is sent.
  std::chrono::milliseconds idle{600'000};
  /// Time without a whole line from a plain-text user, before the connection is closed.
  std::chrono::milliseconds idle_text{0};
  /// Silence before a JSON client is asked whether it is still there.
  std::chrono::milliseconds ping{60'000};
  /// Silence after which a client is asked whether it is still there when another client claims its name; and
  /// the time that it has to answer.
  std::chrono::milliseconds claim{5'000};
  /// Time in which a client that has something to read takes no byte of it, before it is closed.
  std::chrono::milliseconds stall{60'000};
  /// Time for clients to take their last lines when the daemon stops.
  std::chrono::milliseconds shutdown{3'000};

  /// Who may say from where the connections come that they pass on.
  std::vector<AddressRange> trusted_proxies{};
  /// The first is for clients that name no server, or one that has no certificate here; none: TLS is not
  /// offered.
  std::vector<CertificateFiles> certificates{};
};

}  // namespace hubbub::net
