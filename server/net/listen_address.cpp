#include "server/net/listen_address.hpp"

#include <sys/un.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <system_error>

namespace hubbub::net {
namespace {

using protocol::Code;
using protocol::Error;

Error wrong(std::string_view url, std::string_view why) {
  return {Code::bad_request, '"' + std::string(url) + "\" " + std::string(why)};
}

constexpr std::string_view forms = "is no address to listen on; write tcp://HOST:PORT or unix:///PATH";

protocol::Result<ListenAddress> parse_tcp(std::string_view text, const boost::urls::url_view& url) {
  if (url.host_address().empty()) return wrong(text, "names no host; write tcp://HOST:PORT");
  if (!url.has_port() || url.port().empty()) return wrong(text, "names no port; write tcp://HOST:PORT");
  const std::string digits(url.port());
  std::uint16_t port = 0;  // not url.port_number(), which takes some larger ones modulo 65536
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc{}) {
    return wrong(text, "has a port beyond 65535");
  }
  if (!url.encoded_path().empty() && url.encoded_path() != "/")
    return wrong(text, "has a path, which TCP has no use for");
  if (url.has_query() || url.has_fragment() || url.has_userinfo()) return wrong(text, forms);
  return TcpAddress{.host = url.host_address(), .port = port};
}

protocol::Result<ListenAddress> parse_unix(std::string_view text, const boost::urls::url_view& url) {
  auto path = std::string(url.path());
  if (!url.encoded_host().empty())
    return wrong(text, "has two slashes where a path begins with three: unix:///PATH");
  if (path.size() < 2 || path.front() != '/')
    return wrong(text, "names no absolute path; write unix:///PATH");
  if (path.size() >= sizeof(sockaddr_un{}.sun_path))
    return wrong(text, "is longer than the 107 bytes of unix(7)");
  return UnixAddress{.path = std::move(path)};
}

}  // namespace

protocol::Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url) return wrong(text, forms);
  if (url->scheme() == "tcp") return parse_tcp(text, *url);
  if (url->scheme() == "unix") return parse_unix(text, *url);
  return wrong(text, forms);
}

std::string to_string(const ListenAddress& address) {
  if (const auto* local = std::get_if<UnixAddress>(&address)) return "unix://" + local->path;
  const auto& tcp = std::get<TcpAddress>(address);
  const bool is_v6 = tcp.host.find(':') != std::string::npos;
  return "tcp://" + (is_v6 ? '[' + tcp.host + ']' : tcp.host) + ':' + std::to_string(tcp.port);
}

}  // namespace hubbub::net
