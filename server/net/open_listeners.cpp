// Makes listening sockets: opened here, or handed over by the service manager.
#include <net/if.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "server/net/listener.hpp"
#include "server/net/peer.hpp"
#include "server/net/tls.hpp"
#include "server/ops/log.hpp"

namespace hubbub::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using protocol::Code;
using protocol::Error;

constexpr std::string_view in_use =
    "the address is in use; is another hubbubd running? (choose another with --listen)";

Error cannot(const std::string& url, const std::string& why) {
  return {Code::denied, "cannot listen on " + url + ": " + why};
}

std::optional<Error> lacks_certificate(const Entrance& entrance, const Spoken& spoken,
                                       const std::string& place) {
  if (!spoken.is_tls || entrance.tls.is_offered()) return std::nullopt;
  return cannot(place, "there is no certificate for it; name one in the configuration, [[tls]]");
}

/// What to do about the error, where the system's message does not say.
std::string explain(const error_code& ec, bool is_path) {
  if (ec == asio::error::address_in_use) return std::string(in_use);
  if (ec == boost::system::errc::address_not_available)
    return "this machine has no such address; `ip address` lists those that it has";
  if (ec == boost::system::errc::no_such_file_or_directory) return "its folder is not there; make it first";
  if (ec != asio::error::access_denied) return ec.message();
  return is_path ? "this user may not write in its folder; choose another path"
                 : "a port below 1024 takes a privilege; choose another, or let hubbubd.socket listen";
}

Error cannot(const std::string& url, const error_code& ec) {
  return cannot(url, explain(ec, url.starts_with("unix:")));
}

const char* kind_of(mode_t mode) {
  if (S_ISREG(mode)) return "a file";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISLNK(mode)) return "a symbolic link";
  return "something else";
}

std::string reason(int fault) { return std::generic_category().message(fault); }

/// Whether no process listens on the socket file. In doubt one does: its queue is full, or connecting is not
/// allowed.
bool is_deserted(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  // Not blocking: connect(2) would wait for space in the queue of a process that does not accept.
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool refused = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
                       errno == ECONNREFUSED;
  ::close(probe);
  return refused;
}

/// `path`: where the file of a unix socket is made; empty: none.
protocol::Result<std::unique_ptr<Listener>> bind_to(asio::io_context& io, Entrance& entrance,
                                                    const Endpoint& endpoint, const std::string& path,
                                                    const Spoken& spoken,
                                                    std::optional<Office> office = std::nullopt) {
  error_code ec;
  Listener::Acceptor acceptor(io);
  const bool is_v6 = endpoint.protocol().family() == AF_INET6;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec && is_tcp(endpoint)) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  // So that tcp://[::]:PORT and tcp://0.0.0.0:PORT can be listened on together (RFC 3493, 5.3).
  if (!ec && is_v6) acceptor.set_option(asio::ip::v6_only(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  SocketFile file = ec ? SocketFile() : SocketFile(path);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  if (!ec) {
    return std::make_unique<Listener>(io, entrance, std::move(acceptor), std::move(file), spoken,
                                      std::move(office));
  }
  file.remove();
  auto url = to_url(endpoint);
  if (spoken.is_tls) url.replace(0, url.find(':'), "tls");
  return cannot(url, ec);
}

/// The endpoint of an IPv6 address that is valid on one network interface alone.
protocol::Result<std::vector<Endpoint>> in_zone(const TcpAddress& address, const std::string& url) {
  error_code ec;
  auto host = asio::ip::make_address_v6(address.host, ec);
  if (ec) return cannot(url, ec);
  auto index = ::if_nametoindex(address.zone.c_str());
  const auto* const end = address.zone.data() + address.zone.size();
  if (index == 0 && std::from_chars(address.zone.data(), end, index).ptr != end) index = 0;
  if (index == 0) return cannot(url, "there is no network interface called " + address.zone);
  host.scope_id(index);
  return std::vector<Endpoint>{asio::ip::tcp::endpoint(host, address.port)};
}

/// The addresses of the host, each once, though a hosts file may name one twice.
protocol::Result<std::vector<Endpoint>> resolve(asio::io_context& io, const TcpAddress& address,
                                                const std::string& url) {
  if (!address.zone.empty()) return in_zone(address, url);
  error_code ec;
  asio::ip::tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port),
                       asio::ip::tcp::resolver::passive | asio::ip::tcp::resolver::numeric_service, ec);
  if (ec) return cannot(url, ec);
  std::vector<Endpoint> endpoints;
  for (const auto& entry : found) {
    const Endpoint endpoint = entry.endpoint();
    if (std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end())
      endpoints.push_back(endpoint);
  }
  return endpoints;
}

protocol::Result<Listeners> open(asio::io_context& io, Entrance& entrance, const TcpAddress& address,
                                 const ListenAddress& whole) {
  const auto endpoints = resolve(io, address, to_string(whole));
  if (!endpoints) return endpoints.error();
  return open_those_that_work(io, entrance, *endpoints, whole.spoken);
}

protocol::Result<Listeners> open(asio::io_context& io, Entrance& entrance, const UnixAddress& address,
                                 const ListenAddress& whole) {
  const asio::local::stream_protocol::endpoint endpoint(address.path);
  if (const auto fault = make_way(address.path)) return cannot(to_url(endpoint), fault->text);
  auto listener = bind_to(io, entrance, endpoint, address.path, whole.spoken);
  if (!listener) return listener.error();
  Listeners listeners;
  listeners.push_back(std::move(*listener));
  return listeners;
}

/// What accept(2) needs: a stream socket that listens already.
bool is_listening(int fd) {
  int type = 0;
  int listens = 0;
  socklen_t size = sizeof(int);
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
         ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)), bound_(identity(path_)) {}

std::optional<SocketFile::Identity> SocketFile::identity(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

void SocketFile::remove() {
  if (bound_ && identity(path_) == bound_) ::unlink(path_.c_str());
  bound_.reset();
}

std::optional<Error> make_way(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;  // bind(2) tells what else is wrong
  if (!S_ISSOCK(status.st_mode)) {
    return Error{Code::denied, path + " is " + kind_of(status.st_mode) +
                                   " and no socket; remove it, or choose another path"};
  }
  if (!is_deserted(path)) return Error{Code::denied, std::string(in_use)};
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
  return Error{Code::denied, "the socket that is there is nobody's, but cannot be removed: " + reason(errno)};
}

protocol::Result<Listeners> open_those_that_work(asio::io_context& io, Entrance& entrance,
                                                 std::span<const Endpoint> endpoints, const Spoken& spoken) {
  Listeners listeners;
  std::vector<std::string> faults;
  for (const auto& endpoint : endpoints) {
    auto listener = bind_to(io, entrance, endpoint, {}, spoken);
    if (listener) {
      listeners.push_back(std::move(*listener));
    } else {
      faults.push_back(listener.error().text);
    }
  }
  if (!listeners.empty()) {
    for (const auto& fault : faults) ops::log::warning("net", fault);
    return listeners;
  }
  std::string all;
  for (const auto& fault : faults) all += (all.empty() ? "" : "; ") + fault;
  return Error{Code::denied, all};
}

protocol::Result<Listeners> open_listeners(asio::io_context& io, Entrance& entrance,
                                           const ListenAddress& address) {
  if (auto lack = lacks_certificate(entrance, address.spoken, to_string(address))) return *std::move(lack);
  return std::visit([&](const auto& place) { return open(io, entrance, place, address); }, address.place);
}

protocol::Result<std::unique_ptr<Listener>> open_office(asio::io_context& io, Entrance& entrance,
                                                        const std::string& path, Office office) {
  const auto group = office.keepers.group;
  Endpoint endpoint;
  try {
    endpoint = asio::local::stream_protocol::endpoint(path);
  } catch (const boost::system::system_error&) {
    return cannot("unix://" + path, "the path is longer than a socket's may be; choose another");
  }
  if (const auto fault = make_way(path)) return cannot(to_url(endpoint), fault->text);
  auto listener = bind_to(io, entrance, endpoint, path, {}, std::move(office));
  if (!listener) return listener;
  if (const auto fault = hand_over(path, group)) return cannot(to_url(endpoint), fault->text);
  return listener;
}

protocol::Result<std::unique_ptr<Listener>> adopt_listener(asio::io_context& io, Entrance& entrance, int fd,
                                                           std::string_view name) {
  const auto spoken = spoken_by_name(name);
  if (!spoken) return spoken.error();
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) != 0) {
    return Error{Code::denied, "the service manager handed over a descriptor that is no socket"};
  }
  if (!is_listening(fd)) {
    return Error{Code::denied, "the service manager handed over a socket that no stream can be accepted on"};
  }
  if (auto lack = lacks_certificate(entrance, *spoken, "the socket of the service manager"))
    return *std::move(lack);
  error_code ec;
  Listener::Acceptor acceptor(io);
  acceptor.assign(Listener::Protocol(endpoint.data()->sa_family, 0), fd, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  if (ec) return cannot("the socket of the service manager", ec);
  return std::make_unique<Listener>(io, entrance, std::move(acceptor), SocketFile(), *spoken);
}

}  // namespace hubbub::net
