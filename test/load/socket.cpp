#include "test/load/socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace hubbub::load {

namespace {

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7f000000U + host);
  address.sin_port = htons(port);
  return address;
}

/// What a call that returned `result` waits for, or whether it has failed for good. OpenSSL keeps what went
/// wrong in a queue of the thread, where it would be taken for the fault of a later call.
bool is_for_now(const SSL* session, int result) {
  const int error = SSL_get_error(session, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
  ERR_clear_error();
  return false;
}

}  // namespace

void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

// --- TLS

Tls::Tls(bool spares_memory) : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::runtime_error("OpenSSL gives no context for TLS");
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (spares_memory) {
    SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);
  } else {
    // Many records come by one read, instead of one by two.
    SSL_CTX_set_read_ahead(context_.get(), 1);
  }
}

Session Tls::session() const {
  Session made(SSL_new(context_.get()));
  if (!made) throw std::bad_alloc();
  SSL_set_connect_state(made.get());
  return made;
}

// --- the socket

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), session_(std::move(other.session_)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  session_ = std::move(other.session_);
  return *this;
}

Socket::~Socket() { close(); }

void Socket::close() {
  session_.reset();
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Socket Socket::make() {
  Socket made;
  made.descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made.descriptor_ < 0) fail("socket");
  const int on = 1;
  setsockopt(made.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

void Socket::bind(std::uint32_t host) const {
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto from = loopback(host, 0);
  const void* const raw = &from;
  if (::bind(descriptor_, static_cast<const sockaddr*>(raw), sizeof from) != 0) fail("bind");
}

void Socket::connect(std::uint16_t port) const {
  const auto to = loopback(1, port);
  const void* const raw = &to;
  if (::connect(descriptor_, static_cast<const sockaddr*>(raw), sizeof to) != 0) fail("connect");
}

void Socket::hold_at_most(int bytes) const {
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

void Socket::acknowledge_as_listener() const {
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void Socket::secure(const Tls& tls) {
  // OpenSSL cannot be told not to wait.
  const int flags = fcntl(descriptor_, F_GETFL);
  if (flags < 0 || fcntl(descriptor_, F_SETFL, flags | O_NONBLOCK) != 0) fail("fcntl");
  session_ = tls.session();
  if (SSL_set_fd(session_.get(), descriptor_) != 1) throw std::bad_alloc();
}

std::string_view Socket::cipher() const {
  const auto* const cipher = session_ ? SSL_get_current_cipher(session_.get()) : nullptr;
  return cipher != nullptr ? SSL_CIPHER_get_name(cipher) : "";
}

ssize_t Socket::read(char* place, std::size_t size) {
  if (session_) return read_secured(place, size);
  const ssize_t got = recv(descriptor_, place, size, MSG_DONTWAIT);
  if (got >= 0) return got;
  return errno == EAGAIN || errno == EINTR ? nothing_yet : 0;
}

ssize_t Socket::read_secured(char* place, std::size_t size) {
  std::size_t filled = 0;
  while (filled < size) {
    std::size_t count = 0;
    const int result = SSL_read_ex(session_.get(), place + filled, size - filled, &count);
    if (result != 1) {
      const bool waits = is_for_now(session_.get(), result);
      // The end is told by the next read.
      if (filled == 0) return waits ? nothing_yet : 0;
      break;
    }
    filled += count;
  }
  return static_cast<ssize_t>(filled);
}

std::size_t Socket::write(std::string_view bytes) {
  if (session_) {
    std::size_t count = 0;
    const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &count);
    if (result == 1) return count;
    return is_for_now(session_.get(), result) ? 0 : bytes.size();
  }
  const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  return errno == EAGAIN ? 0 : bytes.size();
}

}  // namespace hubbub::load
