#include "test/support/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace hubbub::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// An address in the kernel's form.
struct Name {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

template <class Form>
Name name_from(const Form& form) {
  Name name;
  std::memcpy(&name.storage, &form, sizeof form);
  name.length = sizeof form;
  return name;
}

Name name_of(const Address& address) {
  if (!address.path.empty()) {
    sockaddr_un unix_name{};
    unix_name.sun_family = AF_UNIX;
    if (address.path.size() >= sizeof unix_name.sun_path) throw std::length_error(address.path);
    address.path.copy(unix_name.sun_path, address.path.size());
    return name_from(unix_name);
  }
  sockaddr_in ip4{};
  if (::inet_pton(AF_INET, address.host.c_str(), &ip4.sin_addr) == 1) {
    ip4.sin_family = AF_INET;
    ip4.sin_port = htons(address.port);
    return name_from(ip4);
  }
  sockaddr_in6 ip6{};
  if (::inet_pton(AF_INET6, address.host.c_str(), &ip6.sin6_addr) != 1) {
    throw std::invalid_argument("no IP address: " + address.host);
  }
  ip6.sin6_family = AF_INET6;
  ip6.sin6_port = htons(address.port);
  return name_from(ip6);
}

/// Whether the socket is ready within the time.
bool ready(int fd, short events, const Deadline& deadline) {
  pollfd wanted{fd, events, 0};
  int count = 0;
  while ((count = ::poll(&wanted, 1, deadline.left())) < 0 && errno == EINTR) {
  }
  return count > 0;
}

bool is_closed(int error) { return error == EPIPE || error == ECONNRESET; }

Descriptor make_socket(int family) {
  Descriptor fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) fail("socket");
  return fd;
}

}  // namespace

Socket::Socket(const Address& address, const SocketOptions& options) {
  const Name peer = name_of(address);
  fd_ = make_socket(peer.family());
  if (options.receive_buffer > 0) {
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof options.receive_buffer);
  }
  if (!options.from.empty()) {
    const Name local = name_of({.host = options.from});
    if (::bind(fd_.get(), local.get(), local.length) != 0) fail("bind to " + options.from);
  }
  if (::connect(fd_.get(), peer.get(), peer.length) != 0) fail("connect");
  const int yes = 1;
  if (address.path.empty()) ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (address.is_tls) tls_ = std::make_unique<TlsSocket>(fd_.get(), address.server_name, address.is_http);
}

std::optional<std::size_t> Socket::send_some(std::string_view bytes) const {
  if (tls_) return tls_->send_some(bytes);
  const auto count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EAGAIN || errno == EINTR) return 0;
  if (is_closed(errno)) return std::nullopt;
  fail("send");
}

bool Socket::send(std::string_view bytes) const {
  const Deadline deadline(patience);
  while (!bytes.empty()) {
    if (!ready(fd_.get(), POLLOUT, deadline)) throw std::runtime_error("nobody takes what is sent");
    const auto sent = send_some(bytes);
    if (!sent) return false;
    bytes.remove_prefix(*sent);
  }
  return true;
}

std::optional<std::string> Socket::receive(std::chrono::milliseconds time) const {
  if (tls_) return tls_->receive(time);
  const Deadline deadline(time);
  if (!ready(fd_.get(), POLLIN, deadline)) return std::nullopt;
  std::array<char, std::size_t{64} * 1024> bytes;
  const auto count = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (count >= 0) return std::string(bytes.data(), static_cast<std::size_t>(count));
  if (is_closed(errno)) return "";
  fail("recv");
}

void Socket::half_close() const { tls_ ? tls_->half_close() : void(::shutdown(fd_.get(), SHUT_WR)); }

ListeningSocket::ListeningSocket() : fd(make_socket(AF_INET)), address{.host = "127.0.0.1"} {
  const Name local = name_of(address);
  if (::bind(fd.get(), local.get(), local.length) != 0 || ::listen(fd.get(), SOMAXCONN) != 0) fail("listen");
  sockaddr_in bound{};
  socklen_t length = sizeof bound;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &length);
  address.port = ntohs(bound.sin_port);
}

}  // namespace hubbub::test
