#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/error.hpp"

namespace hubbub::net {

/// Where to listen: `tcp://HOST:PORT` (an IPv4 address, an IPv6 address in brackets, or a name; port 0
/// lets the kernel choose) or `unix:///PATH`.
struct TcpAddress {
  std::string host;
  std::uint16_t port = 0;
};
struct UnixAddress {
  std::string path;
};
using ListenAddress = std::variant<TcpAddress, UnixAddress>;

/// Error: bad_request, with a sentence that says what is wrong with the address.
protocol::Result<ListenAddress> parse_listen_address(std::string_view text);

std::string to_string(const ListenAddress& address);

}  // namespace hubbub::net
