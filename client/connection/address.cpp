#include "client/connection/address.hpp"

#include <algorithm>
#include <optional>

#include "protocol/name.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

using protocol::Result;

protocol::Error mistake(std::string text) { return {protocol::Code::bad_request, std::move(text)}; }

/// The bytes before an `@`, unless a `:` or a `/` comes first: then the `@` is part of a path.
std::optional<std::string_view> name_of(std::string_view text) {
  const std::size_t end = text.find_first_of("@:/");
  if (end == std::string_view::npos || text[end] != '@') return std::nullopt;
  return text.substr(0, end);
}

/// Moves NAME@, if there is one, from the text into the address. Only one is allowed.
std::optional<protocol::Error> take_name(std::string_view& text, Address& address) {
  const auto name = name_of(text);
  if (!name) return std::nullopt;
  if (!address.name.empty()) return mistake("'" + std::string(text) + "' is one name too many");
  const auto parsed = protocol::parse_name(*name);
  if (!parsed) return mistake("'" + std::string(*name) + "' cannot be a name: " + parsed.error().text);
  address.name = parsed->shown;
  text.remove_prefix(name->size() + 1);
  return std::nullopt;
}

/// Whether it has the form of NAME:PASSWORD@HOST, as in URLs.
bool has_password(std::string_view text) {
  const std::size_t colon = text.find(':');
  return !text.starts_with('[') && colon != std::string_view::npos &&
         text.find('@', colon) != std::string_view::npos;
}

Result<Address> parse_unix(std::string_view path, Address address) {
  if (path.starts_with("//")) path.remove_prefix(2);
  if (!path.starts_with('/') || path.size() < 2) {
    return mistake("a UNIX socket is given with its whole path: unix:/run/hubbub.sock");
  }
  address.path = path;
  address.host.clear();
  return address;
}

Result<Address> parse_host(std::string_view text, Address address) {
  if (has_password(text)) {
    return mistake(
        "a password is never given in an address, where others can read it; the address is NAME@HOST, and "
        "`hubbub login NAME@HOST` asks for the password");
  }
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return mistake("'" + std::string(text) + "' has a [ without a ]");
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (std::count(text.begin(), text.end(), ':') > 1) {
    return mistake("an IPv6 address is given in brackets: [::1]:7717");
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (host.find('/') != std::string_view::npos) {
    return mistake("'" + std::string(text) + "' holds a path; a UNIX socket is given as unix:/PATH");
  }
  if (host.empty() || host.find_first_of(" \t") != std::string_view::npos)
    return mistake("'" + std::string(text) + "' names no host");
  address.host = host;
  if (rest.empty()) return address;
  const auto port = rest.front() == ':' ? protocol::number_in<std::uint16_t>(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0)
    return mistake("'" + std::string(text) + "' has no port number from 1 to 65535 after the colon");
  address.port = *port;
  return address;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  Address address;
  if (auto wrong = take_name(text, address)) return *std::move(wrong);
  constexpr std::string_view unix_scheme = "unix:";
  constexpr std::string_view tcp_scheme = "tcp://";
  constexpr std::string_view tls_scheme = "tls://";
  static_assert(tcp_scheme.size() == tls_scheme.size());
  if (text.starts_with(unix_scheme)) return parse_unix(text.substr(unix_scheme.size()), std::move(address));
  if (text.starts_with(tcp_scheme) || text.starts_with(tls_scheme)) {
    address.encryption = text.starts_with(tls_scheme) ? Encryption::always : Encryption::never;
    text.remove_prefix(tcp_scheme.size());
    if (text.ends_with('/')) text.remove_suffix(1);
    if (auto wrong = take_name(text, address)) return *std::move(wrong);
  } else if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    return mistake(
        "'" + std::string(text.substr(0, scheme)) +
        "' is not spoken here; a server is HOST:PORT, tls://HOST:PORT, tcp://HOST:PORT or unix:/PATH");
  }
  return parse_host(text, std::move(address));
}

std::string to_string(const Address& address) {
  if (address.is_unix()) return "unix://" + address.path;
  const bool ipv6 = address.host.find(':') != std::string::npos;
  const std::string scheme = address.encryption == Encryption::always ? "tls://" : "";
  return scheme + (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace hubbub::client
