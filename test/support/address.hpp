#pragma once

#include <cstdint>
#include <string>

namespace hubbub::test {

/// The address of a listener, and how to speak there: a numeric IP address and a port, or the path of a unix
/// socket.
struct Address {
  std::string host{};
  std::uint16_t port = 0;
  std::string path{};
  bool is_tls = false;        ///< whether clients speak TLS there
  std::string server_name{};  ///< what they ask for in TLS (SNI); empty: nothing
  bool is_http = false;       ///< whether they agree on http/1.1 in TLS (ALPN)
};

}  // namespace hubbub::test
