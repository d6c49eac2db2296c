#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "test/support/patience.hpp"

namespace hubbub::test {

/// The client's side of TLS over a connected socket, with a deadline for every call. It takes any
/// certificate. Errors: std::runtime_error.
class TlsSocket {
 public:
  /// Does the handshake. `server_name`: for SNI; empty: none. `is_http`: offers http/1.1 (ALPN).
  TlsSocket(int fd, const std::string& server_name, bool is_http);
  TlsSocket(const TlsSocket&) = delete;
  TlsSocket& operator=(const TlsSocket&) = delete;
  ~TlsSocket();

  /// As Socket.
  std::optional<std::size_t> send_some(std::string_view bytes);
  std::optional<std::string> receive(std::chrono::milliseconds time);
  void half_close();

  std::string version() const;
  /// The name that the certificate was made for.
  std::string certified() const;

 private:
  struct Session;
  const int fd_;
  const std::unique_ptr<Session> session_;
};

}  // namespace hubbub::test
