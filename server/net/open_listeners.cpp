// How listening sockets come to be: opened, or handed over by the service manager.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <utility>

#include "server/net/listener.hpp"
#include "server/net/peer.hpp"

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using protocol::Code;
using protocol::Error;
using Listeners = std::vector<std::unique_ptr<Listener>>;

Error cannot(const std::string& url, const error_code& ec) {
  const std::string hint =
      ec == asio::error::address_in_use
          ? "the address is in use; is another hubbubd running? (choose another with --listen)"
          : ec.message();
  return {Code::denied, "cannot listen on " + url + ": " + hint};
}

protocol::Result<std::unique_ptr<Listener>> bind_to(asio::io_context& io, Entrance& entrance,
                                                    const Endpoint& endpoint, std::string unlink) {
  error_code ec;
  Listener::Acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec && endpoint.protocol().family() != AF_UNIX)
    acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  // So that tcp://[::]:PORT and tcp://0.0.0.0:PORT can be listened on together (RFC 3493, 5.3).
  if (!ec && endpoint.protocol().family() == AF_INET6) acceptor.set_option(asio::ip::v6_only(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return cannot(to_url(endpoint), ec);
  return std::make_unique<Listener>(io, entrance, std::move(acceptor), std::move(unlink));
}

protocol::Result<Listeners> open(asio::io_context& io, Entrance& entrance, const TcpAddress& address) {
  error_code ec;
  asio::ip::tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port),
                       asio::ip::tcp::resolver::passive | asio::ip::tcp::resolver::numeric_service, ec);
  if (ec) return cannot(to_string(ListenAddress(address)), ec);
  Listeners listeners;
  for (const auto& entry : found) {
    auto listener = bind_to(io, entrance, entry.endpoint(), {});
    if (!listener) return listener.error();
    listeners.push_back(std::move(*listener));
  }
  return listeners;
}

// A socket file that nobody listens on is what a crashed daemon has left.
void remove_stale(asio::io_context& io, const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;  // not ours to remove
  error_code ec;
  asio::local::stream_protocol::socket probe(io);
  probe.connect(asio::local::stream_protocol::endpoint(path), ec);
  if (ec == asio::error::connection_refused) ::unlink(path.c_str());
}

protocol::Result<Listeners> open(asio::io_context& io, Entrance& entrance, const UnixAddress& address) {
  remove_stale(io, address.path);
  auto listener = bind_to(io, entrance, asio::local::stream_protocol::endpoint(address.path), address.path);
  if (!listener) return listener.error();
  Listeners listeners;
  listeners.push_back(std::move(*listener));
  return listeners;
}

}  // namespace

protocol::Result<Listeners> open_listeners(asio::io_context& io, Entrance& entrance,
                                           const ListenAddress& address) {
  return std::visit([&](const auto& one) { return open(io, entrance, one); }, address);
}

protocol::Result<std::unique_ptr<Listener>> adopt_listener(asio::io_context& io, Entrance& entrance, int fd) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) != 0) {
    return Error{Code::denied, "the service manager handed over a descriptor that is no socket"};
  }
  error_code ec;
  Listener::Acceptor acceptor(io);
  acceptor.assign(Listener::Protocol(endpoint.data()->sa_family, 0), fd, ec);
  if (ec) return cannot("the socket of the service manager", ec);
  return std::make_unique<Listener>(io, entrance, std::move(acceptor), std::string());
}

}  // namespace hubbub::net
