#include "server/net/peer.hpp"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstring>
#include <optional>
#include <string_view>

namespace hubbub::net {
namespace {

namespace ip = boost::asio::ip;

struct IpEndpoint {
  ip::address address;
  std::uint16_t port = 0;
};

/// A kernel's address as the type that its family says it is.
template <class Sockaddr>
Sockaddr as(const Endpoint& endpoint) {
  Sockaddr result{};
  std::memcpy(&result, endpoint.data(), std::min(sizeof(result), endpoint.size()));
  return result;
}

std::optional<IpEndpoint> ip_endpoint(const Endpoint& endpoint) {
  const auto family = endpoint.protocol().family();
  if (family == AF_INET) {
    const auto v4 = as<sockaddr_in>(endpoint);
    return IpEndpoint{ip::address_v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
  }
  if (family == AF_INET6) {
    const auto v6 = as<sockaddr_in6>(endpoint);
    ip::address_v6::bytes_type bytes;
    std::copy(std::begin(v6.sin6_addr.s6_addr), std::end(v6.sin6_addr.s6_addr), bytes.begin());
    return IpEndpoint{ip::address_v6(bytes, v6.sin6_scope_id), ntohs(v6.sin6_port)};
  }
  return std::nullopt;
}

std::string host_and_port(const IpEndpoint& peer) {
  const auto host = peer.address.to_string();
  return (peer.address.is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(peer.port);
}

}  // namespace

AddressBytes address_bytes(const ip::address& address) {
  return address.is_v6() ? address.to_v6().to_bytes()
                         : ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

bool is_within(const AddressRange& range, std::string_view url) {
  constexpr std::string_view scheme = "tcp://";
  const auto colon = url.rfind(':');
  if (!url.starts_with(scheme) || colon <= scheme.size())
    return range.is_unix() && url.starts_with("unix://");
  auto host = url.substr(scheme.size(), colon - scheme.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && !range.is_unix() && range.contains(address_bytes(address));
}

bool is_within(const std::vector<AddressRange>& ranges, const Endpoint& endpoint) {
  const auto peer = ip_endpoint(endpoint);
  return std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& range) {
    return peer ? range.contains(address_bytes(peer->address)) : range.is_unix();
  });
}

bool is_loopback(const Endpoint& endpoint) {
  const auto peer = ip_endpoint(endpoint);
  if (!peer) return true;
  const bool is_mapped = peer->address.is_v6() && peer->address.to_v6().is_v4_mapped();
  return is_mapped ? ip::make_address_v4(ip::v4_mapped, peer->address.to_v6()).is_loopback()
                   : peer->address.is_loopback();
}

bool is_tcp(const Endpoint& endpoint) { return endpoint.protocol().family() != AF_UNIX; }

std::string address_key(const Endpoint& endpoint) {
  const auto peer = ip_endpoint(endpoint);
  if (!peer) return {};
  if (peer->address.is_v4()) return peer->address.to_string();
  const auto v6 = peer->address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return ip::address_v6(bytes).to_string();
}

std::string shown_address(const Endpoint& endpoint) {
  auto peer = ip_endpoint(endpoint);
  if (!peer) return "local";
  if (peer->address.is_v6() && peer->address.to_v6().is_v4_mapped()) {
    peer->address = ip::make_address_v4(ip::v4_mapped, peer->address.to_v6());
  }
  return host_and_port(*peer);
}

std::string to_url(const Endpoint& endpoint) {
  if (const auto peer = ip_endpoint(endpoint)) return "tcp://" + host_and_port(*peer);
  if (endpoint.protocol().family() != AF_UNIX || endpoint.size() <= sizeof(sa_family_t)) return "unix://";
  const auto local = as<sockaddr_un>(endpoint);
  return "unix://" +
         std::string(std::string_view(local.sun_path, strnlen(local.sun_path, sizeof(local.sun_path))));
}

TcpPeer::TcpPeer(const Endpoint& endpoint) {
  const auto peer = ip_endpoint(endpoint);
  if (!peer) return;
  port_ = peer->port;
  kind_ = peer->address.is_v6() ? Kind::v6 : Kind::v4;
  if (kind_ == Kind::v6) {
    bytes_ = peer->address.to_v6().to_bytes();
    scope_ = static_cast<std::uint32_t>(peer->address.to_v6().scope_id());
  } else {
    const auto v4 = peer->address.to_v4().to_bytes();
    std::copy(v4.begin(), v4.end(), bytes_.begin());
  }
}

Endpoint TcpPeer::endpoint() const {
  if (kind_ == Kind::not_tcp) return {};
  ip::address address = ip::address_v6(bytes_, scope_);
  if (kind_ == Kind::v4) {
    ip::address_v4::bytes_type v4{};
    std::copy_n(bytes_.begin(), v4.size(), v4.begin());
    address = ip::address_v4(v4);
  }
  const ip::tcp::endpoint tcp(address, port_);
  return {tcp.data(), tcp.size()};
}

}  // namespace hubbub::net
