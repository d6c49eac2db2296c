#include "test/support/tls_socket.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace hubbub::test {
namespace {

bool wait_for(int fd, int error, const Deadline& deadline) {
  pollfd wanted{fd, static_cast<short>(error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN), 0};
  int count = 0;
  while ((count = ::poll(&wanted, 1, deadline.left())) < 0 && errno == EINTR) {
  }
  return count > 0;
}

bool is_for_now(int error) { return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE; }

[[noreturn]] void fail_tls(const std::string& what) {
  const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error(what + ": " + (reason != nullptr ? reason : "the connection broke"));
}

}  // namespace

struct TlsSocket::Session {
  struct Free {
    void operator()(SSL_CTX* made) const { SSL_CTX_free(made); }
    void operator()(SSL* made) const { SSL_free(made); }
  };
  std::unique_ptr<SSL_CTX, Free> context{SSL_CTX_new(TLS_client_method())};
  std::unique_ptr<SSL, Free> ssl{SSL_new(context.get())};
};

TlsSocket::TlsSocket(int fd, const std::string& server_name, bool is_http) : fd_(fd), session_(new Session) {
  auto* const ssl = session_->ssl.get();
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_fd(ssl, fd);
  if (!server_name.empty()) {
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(server_name.c_str()));
  }
  static constexpr std::array<unsigned char, 9> http{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  if (is_http) SSL_set_alpn_protos(ssl, http.data(), http.size());
  const Deadline deadline(patience);
  ERR_clear_error();
  for (int done = 0; (done = SSL_connect(ssl)) != 1;) {
    const int error = SSL_get_error(ssl, done);
    if (!is_for_now(error)) fail_tls("no TLS");
    if (!wait_for(fd_, error, deadline)) throw std::runtime_error("the handshake does not come to its end");
  }
}

TlsSocket::~TlsSocket() = default;

std::optional<std::size_t> TlsSocket::send_some(std::string_view bytes) {
  ERR_clear_error();
  std::size_t count = 0;
  const int done = SSL_write_ex(session_->ssl.get(), bytes.data(), bytes.size(), &count);
  if (done == 1) return count;
  if (is_for_now(SSL_get_error(session_->ssl.get(), done))) return 0;
  return std::nullopt;
}

std::optional<std::string> TlsSocket::receive(std::chrono::milliseconds time) {
  const Deadline deadline(time);
  std::array<char, std::size_t{16} * 1024> bytes;
  for (;;) {
    ERR_clear_error();
    std::size_t count = 0;
    const int done = SSL_read_ex(session_->ssl.get(), bytes.data(), bytes.size(), &count);
    if (done == 1) return std::string(bytes.data(), count);
    const int error = SSL_get_error(session_->ssl.get(), done);
    if (error == SSL_ERROR_ZERO_RETURN) return "";
    if (!is_for_now(error)) fail_tls("the connection ended without close_notify");
    if (!wait_for(fd_, error, deadline)) return std::nullopt;
  }
}

void TlsSocket::half_close() {
  SSL_shutdown(session_->ssl.get());
  ::shutdown(fd_, SHUT_WR);
}

std::string TlsSocket::version() const { return SSL_get_version(session_->ssl.get()); }

std::string TlsSocket::certified() const {
  X509* const certificate = SSL_get1_peer_certificate(session_->ssl.get());
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  X509_free(certificate);
  return name.data();
}

}  // namespace hubbub::test
