#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error.hpp"

namespace hubbub::net {

struct TcpAddress {
  std::string host;
  std::string zone;  ///< of an IPv6 address: a network interface's name or number (RFC 4007, 11); empty: none
  std::uint16_t port = 0;
};
struct UnixAddress {
  std::string path;
};

/// What is spoken at an address.
struct Spoken {
  std::string protocol{};  ///< the only one; empty: the first bytes decide
  bool is_tls = false;     ///< inside TLS, and not otherwise
};

/// Where to listen: `tcp://HOST:PORT` (an IPv4 address, an IPv6 address in brackets, with a zone if it needs
/// one, or a name; port 0 lets the kernel choose), `tls://HOST:PORT` for TLS alone, or `unix:///PATH`; and
/// for which protocol, with `?protocol=json` or `text`.
struct ListenAddress {
  std::variant<TcpAddress, UnixAddress> place;
  Spoken spoken{};
};

/// A zone may be written as usual, `[fe80::1%eth0]`, or as in RFC 6874, `[fe80::1%25eth0]`. Error:
/// bad_request, with a sentence that says what is wrong with the address.
protocol::Result<ListenAddress> parse_listen_address(std::string_view text);

std::string to_string(const ListenAddress& address);

/// What a socket of the service manager is for, by its name (FileDescriptorName= of systemd.socket(5)):
/// "tls", "json", "text", "web", or both as in "tls-web"; any other name says nothing. Error: bad_request,
/// another name that begins with "tls", in any case.
protocol::Result<Spoken> spoken_by_name(std::string_view name);

}  // namespace hubbub::net
