#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/address_range.hpp"

namespace hubbub::net {

using Endpoint = boost::asio::generic::stream_protocol::endpoint;

/// What the limit per address counts as one peer: an IPv4 address (also one mapped into IPv6), or an IPv6
/// /64, the least that one site is given (RFC 6177). Empty for a unix socket, which has no address.
std::string address_key(const Endpoint& endpoint);

AddressBytes address_bytes(const boost::asio::ip::address& address);

/// Whether one of the ranges contains the endpoint's address.
bool is_within(const std::vector<AddressRange>& ranges, const Endpoint& endpoint);

/// The same of an address as to_url() writes it; a unix socket has none.
bool is_within(const AddressRange& range, std::string_view url);

/// Whether the address is one of this machine alone: 127.0.0.0/8, ::1, or that of a unix socket.
bool is_loopback(const Endpoint& endpoint);

/// Whether it is an endpoint of TCP (IPv4 or IPv6), and not of unix(7).
bool is_tcp(const Endpoint& endpoint);

/// As users are shown it: "192.0.2.7:40112", "[2001:db8::7]:40112", and "local" for a unix socket. An IPv4
/// address that is mapped into IPv6 is shown as IPv4.
std::string shown_address(const Endpoint& endpoint);

/// As in a listen URL: "tcp://127.0.0.1:7717", "unix:///run/hubbub.sock".
std::string to_url(const Endpoint& endpoint);

/// The peer's address of a connection over TCP in 24 bytes, a sixth of an Endpoint: every connection holds
/// one. Of a unix socket (unix(7)) it holds only that it is one.
class TcpPeer {
 public:
  TcpPeer() = default;
  explicit TcpPeer(const Endpoint& endpoint);

  bool is_tcp() const { return kind_ != Kind::not_tcp; }
  /// Empty if it is not TCP.
  Endpoint endpoint() const;

 private:
  enum class Kind : std::uint8_t { not_tcp, v4, v6 };

  std::array<unsigned char, 16> bytes_{};  ///< an IPv4 address has the first four
  std::uint32_t scope_ = 0;                ///< of an IPv6 address
  std::uint16_t port_ = 0;
  Kind kind_ = Kind::not_tcp;
};

}  // namespace hubbub::net
