#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/front/web/request.hpp"
#include "server/net/address_range.hpp"
#include "server/net/peer.hpp"

namespace hubbub::front::http {

/// From where a request comes, and how.
struct Sender {
  net::Endpoint endpoint;
  bool is_encrypted = false;  ///< on its whole way, as far as is known
  bool is_passed_on = false;  ///< a proxy has passed it on
  bool is_told = false;       ///< `endpoint` is what trusted proxies say, and not the proxy itself
  bool is_in_doubt = false;   ///< what trusted proxies say contradicts itself
};

/// What the fields of the request say about who sent it first: X-Forwarded-For and X-Forwarded-Proto, or
/// Forwarded (RFC 7239); where both do, they must agree, since a proxy that writes the one may pass on what
/// its client has put into the other. They count as far as they come from trusted proxies: the sender is the
/// last one named that is none. `peer`: whom the connection comes from.
Sender sender_of(const Request& request, const Sender& peer, const std::vector<net::AddressRange>& trusted);

/// An address as these fields write it, with or without a port: 192.0.2.7, 192.0.2.7:80, 2001:db8::7,
/// [2001:db8::7]:80. A port that is not told is 0.
std::optional<net::Endpoint> parse_node(std::string_view node);

}  // namespace hubbub::front::http
