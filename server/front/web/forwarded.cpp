#include "server/front/web/forwarded.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <ranges>

#include "protocol/ascii.hpp"
#include "protocol/text.hpp"
#include "server/front/web/field_text.hpp"

namespace hubbub::front::http {
namespace {

namespace ip = boost::asio::ip;

struct Hop {
  std::string node;
  std::string scheme;
};

std::vector<Hop> x_forwarded(const Request& request) {
  std::vector<Hop> hops;
  const auto all = request.field("x-forwarded-for");
  const auto schemes = request.field("x-forwarded-proto");
  const auto scheme = protocol::ascii_lower(split(schemes, ',').back());
  for (const auto node : split(all, ',')) hops.push_back({.node = std::string(node), .scheme = scheme});
  return hops;
}

std::vector<Hop> forwarded(const Request& request) {
  std::vector<Hop> hops;
  const auto all = request.field("forwarded");
  for (const auto element : split(all, ',')) {
    auto& hop = hops.emplace_back();
    for (const auto pair : split(element, ';')) {
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      auto value = trimmed(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      const auto name = protocol::ascii_lower(pair.substr(0, equals));
      if (name == "for") hop.node = value;
      if (name == "proto") hop.scheme = protocol::ascii_lower(value);
    }
  }
  return hops;
}

/// Goes back from hop to hop, as far as the proxies are trusted.
void follow(const std::vector<Hop>& hops, const std::vector<net::AddressRange>& trusted, Sender& sender) {
  if (!hops.back().scheme.empty()) sender.is_encrypted = hops.back().scheme == "https";
  for (const auto& hop : hops | std::views::reverse) {
    const auto endpoint = parse_node(hop.node);
    if (!endpoint) break;  // a name that the proxy gives, or "unknown": the proxy itself is all that is known
    sender.endpoint = *endpoint;
    sender.is_told = true;
    if (!net::is_within(trusted, *endpoint)) break;
  }
}

}  // namespace

std::optional<net::Endpoint> parse_node(std::string_view node) {
  std::uint16_t port = 0;
  auto host = node;
  const auto colon = node.rfind(':');
  const bool in_brackets = node.starts_with('[');
  const auto close = node.find(']');
  const bool has_port =
      colon != std::string_view::npos &&
      (in_brackets ? close != std::string_view::npos && colon == close + 1 : node.find(':') == colon);
  if (has_port) {
    const auto number = protocol::number_in<std::uint16_t>(node.substr(colon + 1));
    if (!number) return std::nullopt;
    port = *number;
    host = node.substr(0, colon);
  }
  if (in_brackets) {
    if (!host.ends_with(']')) return std::nullopt;
    host = host.substr(1, host.size() - 2);
  }
  boost::system::error_code ec;
  const auto address = ip::make_address(std::string(host), ec);
  if (ec) return std::nullopt;
  return ip::tcp::endpoint(address, port);
}

Sender sender_of(const Request& request, const Sender& peer, const std::vector<net::AddressRange>& trusted) {
  auto sender = peer;
  const bool has_x = !request.field("x-forwarded-for").empty();
  const bool has_standard = !request.field("forwarded").empty();
  const auto scheme = request.field("x-forwarded-proto");
  sender.is_passed_on = has_x || has_standard || !scheme.empty() || !request.field("via").empty();
  if (!net::is_within(trusted, peer.endpoint)) return sender;
  if (!has_x && !has_standard) {
    sender.is_encrypted = sender.is_encrypted || scheme == "https";
    return sender;
  }
  follow(has_x ? x_forwarded(request) : forwarded(request), trusted, sender);
  if (has_x && has_standard) {
    auto other = peer;
    follow(forwarded(request), trusted, other);
    sender.is_in_doubt = net::address_key(other.endpoint) != net::address_key(sender.endpoint);
  }
  return sender;
}

}  // namespace hubbub::front::http
