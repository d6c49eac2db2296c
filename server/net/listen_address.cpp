#include "server/net/listen_address.hpp"

#include <net/if.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <system_error>

#include "protocol/ascii.hpp"

namespace hubbub::net {
namespace {

using protocol::Code;
using protocol::Error;

Error wrong(std::string_view url, std::string_view why) {
  return {Code::bad_request, '"' + std::string(url) + "\" " + std::string(why)};
}

constexpr std::string_view forms =
    "is no address to listen on; write tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH";

protocol::Result<ListenAddress> parse_tcp(std::string_view text, const boost::urls::url_view& url) {
  const std::string form = std::string(url.scheme()) + "://HOST:PORT";
  if (url.host_address().empty()) return wrong(text, "names no host; write " + form);
  if (!url.has_port() || url.port().empty()) return wrong(text, "names no port; write " + form);
  const std::string digits(url.port());
  std::uint16_t port = 0;  // not url.port_number(), which takes some larger ones modulo 65536
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc{}) {
    return wrong(text, "has a port beyond 65535");
  }
  if (!url.encoded_path().empty() && url.encoded_path() != "/")
    return wrong(text, "has a path, which TCP has no use for");
  if (url.has_fragment() || url.has_userinfo()) return wrong(text, forms);
  return ListenAddress{.place = TcpAddress{.host = url.host_address(), .zone = {}, .port = port},
                       .spoken = {.protocol = {}, .is_tls = url.scheme() == "tls"}};
}

protocol::Result<ListenAddress> parse_unix(std::string_view text, const boost::urls::url_view& url) {
  auto path = std::string(url.path());
  if (!url.encoded_host().empty())
    return wrong(text, "has two slashes where a path begins with three: unix:///PATH");
  if (path.size() < 2 || path.front() != '/' || path.find('\0') != std::string::npos)
    return wrong(text, "names no absolute path; write unix:///PATH");
  if (path.size() >= sizeof(sockaddr_un{}.sun_path))
    return wrong(text, "is longer than the 107 bytes of unix(7)");
  if (url.has_fragment()) return wrong(text, "has a #, which in a path is written %23");
  return ListenAddress{.place = UnixAddress{.path = std::move(path)}};
}

struct Known {
  std::string_view protocol;
  bool is_available;
};
constexpr std::array<Known, 4> known{{{"json", true}, {"text", true}, {"web", true}, {"irc", false}}};

/// The name in `?protocol=NAME`, or what is wrong with the query.
protocol::Result<std::string> parse_query(std::string_view text, std::string_view query) {
  constexpr std::string_view key = "protocol=";
  const auto in_quotes = [](std::string_view word) { return '"' + std::string(word) + '"'; };
  if (!query.starts_with(key)) {
    return wrong(text,
                 "has a ? with something else behind it than protocol=json, protocol=text or protocol=web");
  }
  const auto name = query.substr(key.size());
  if (name.find('&') != std::string_view::npos)
    return wrong(text, "has an & behind the protocol; nothing else can be set");
  const auto* const found =
      std::find_if(known.begin(), known.end(), [&](const Known& row) { return row.protocol == name; });
  if (found == known.end())
    return wrong(text, "asks for the protocol " + in_quotes(name) + "; there are json, text and web");
  if (!found->is_available) {
    return wrong(text, "asks for the protocol " + in_quotes(name) +
                           ", which is not available in this version; there are json, text and web");
  }
  return std::string(name);
}

/// Takes the zone out of an IPv6 address in brackets, because a URL cannot have one.
protocol::Result<std::string> take_zone(std::string_view text, std::string& url) {
  const auto open = url.find('[');
  const auto close = url.find(']');
  const auto percent = url.find('%');
  if (percent == std::string::npos || percent < open || close == std::string::npos || percent > close)
    return std::string();
  std::string zone = url.substr(percent + 1, close - percent - 1);
  if (zone.starts_with("25") && zone.size() > 2) zone.erase(0, 2);
  if (zone.empty() || zone.size() >= IF_NAMESIZE || zone.find_first_of("/% \t") != std::string::npos)
    return wrong(text, "names no network interface behind the %");
  url.erase(percent, close - percent);
  return zone;
}

}  // namespace

protocol::Result<ListenAddress> parse_listen_address(std::string_view text) {
  std::string plain(text);
  const auto zone = take_zone(text, plain);
  if (!zone) return zone.error();
  const auto url = boost::urls::parse_uri(plain);
  const bool is_tcp = url && (url->scheme() == "tcp" || url->scheme() == "tls");
  if (!is_tcp && !(url && url->scheme() == "unix")) return wrong(text, forms);
  auto address = is_tcp ? parse_tcp(text, *url) : parse_unix(text, *url);
  if (!address) return address;
  if (auto* tcp = std::get_if<TcpAddress>(&address->place)) tcp->zone = *zone;
  if (!url->has_query()) return address;
  const std::string query(url->encoded_query());
  auto protocol = parse_query(text, query);
  if (!protocol) return protocol.error();
  address->spoken.protocol = std::move(*protocol);
  return address;
}

protocol::Result<Spoken> spoken_by_name(std::string_view name) {
  constexpr std::string_view tls = "tls";
  constexpr std::string_view tls_and = "tls-";
  if (name.ends_with(".socket")) return Spoken{};  // the unit's, where it has no other
  const bool is_tls = name == tls || name.starts_with(tls_and);
  const bool is_meant_so = protocol::ascii_lower(name.substr(0, tls.size())) == tls;
  const auto inside = name == tls ? std::string_view() : name.substr(is_tls ? tls_and.size() : 0);
  const bool is_known = std::any_of(known.begin(), known.end(), [&](const Known& row) {
    return row.is_available && row.protocol == inside;
  });
  if (is_known || name == tls) return Spoken{.protocol = std::string(inside), .is_tls = is_tls};
  if (!is_meant_so) return Spoken{};
  return Error{
      Code::bad_request,
      "a socket of the service manager is named \"" + std::string(name) +
          "\"; for TLS there are tls, tls-json, tls-text and tls-web (FileDescriptorName= of its unit)"};
}

std::string to_string(const ListenAddress& address) {
  const auto pin = address.spoken.protocol.empty() ? "" : "?protocol=" + address.spoken.protocol;
  if (const auto* local = std::get_if<UnixAddress>(&address.place)) return "unix://" + local->path + pin;
  const auto& tcp = std::get<TcpAddress>(address.place);
  const bool is_v6 = tcp.host.find(':') != std::string::npos;
  const auto zone = tcp.zone.empty() ? "" : '%' + tcp.zone;
  const std::string scheme = address.spoken.is_tls ? "tls://" : "tcp://";
  return scheme + (is_v6 ? '[' + tcp.host + zone + ']' : tcp.host) + ':' + std::to_string(tcp.port) + pin;
}

}  // namespace hubbub::net
