#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/connection/trust.hpp"
#include "protocol/error.hpp"

namespace hubbub::client {

inline constexpr std::uint16_t default_port = 7717;

/// A server's address, how to be sure of it, and the name to use there.
struct Address {
  std::string name;  ///< empty: the server picks one
  std::string host;  ///< a name or a numeric address (IPv6 without its brackets); empty with a path
  std::uint16_t port = default_port;
  std::string path;  ///< of a UNIX socket; empty with a host
  Encryption encryption = Encryption::by_host;
  Trust trust;

  bool is_unix() const { return !path.empty(); }
};

/// Reads `[NAME@]HOST[:PORT]`, `[NAME@][IPV6][:PORT]` or `[NAME@]unix:/PATH`, and the daemon's forms for
/// addresses to listen on: `tls://HOST[:PORT]`, always with TLS, `tcp://HOST[:PORT]`, never with it, and
/// `unix:///PATH`. In these, NAME@ stands at the front or, as in other URLs, before the host. The error's
/// text is a sentence about what was typed.
protocol::Result<Address> parse_address(std::string_view text);

/// The address without the name: "127.0.0.1:7717", "[::1]:7717", "tls://chat.example.org:7717" where it is
/// always with TLS, or "unix:///run/hubbub.sock".
std::string to_string(const Address& address);

}  // namespace hubbub::client
