#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "test/support/address.hpp"
#include "test/support/descriptor.hpp"
#include "test/support/patience.hpp"
#include "test/support/tls_socket.hpp"

namespace hubbub::test {

struct SocketOptions {
  std::string from{};      ///< the local address to connect from, such as "127.0.0.2"; empty: any
  int receive_buffer = 0;  ///< SO_RCVBUF, for a slow reader; 0: the system's default
};

/// One end of a stream, with a deadline for every call. Errors: std::system_error.
class Socket {
 public:
  explicit Socket(const Address& address, const SocketOptions& options = {});

  /// Sends all bytes; false when the other side has closed the connection.
  bool send(std::string_view bytes) const;
  /// Sends as many bytes as the socket takes, without waiting. Returns their number; nothing when the other
  /// side has closed the connection.
  std::optional<std::size_t> send_some(std::string_view bytes) const;
  /// The bytes that have arrived, or "" at the end of the stream (also after a reset); nothing when none
  /// arrived within `time`.
  std::optional<std::string> receive(std::chrono::milliseconds time = patience) const;
  /// Shuts down the sending side.
  void half_close() const;
  void close() {
    tls_.reset();
    fd_.reset();
  }

  int descriptor() const { return fd_.get(); }
  /// Null: it speaks without TLS.
  const TlsSocket* tls() const { return tls_.get(); }

 private:
  Descriptor fd_;
  std::unique_ptr<TlsSocket> tls_;
};

/// Listens on a free port of 127.0.0.1, for handing over to a daemon.
struct ListeningSocket {
  ListeningSocket();
  Descriptor fd;
  Address address;
};

}  // namespace hubbub::test
