#pragma once

#include <openssl/ssl.h>

#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace hubbub::load {

struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};
using Session = std::unique_ptr<SSL, FreeSession>;

/// The clients' side of TLS: any certificate is good, and no session is resumed.
class Tls {
 public:
  /// `spares_memory`: a client that is silent holds no buffers, but allocates them again for each read.
  /// Errors: std::runtime_error.
  explicit Tls(bool spares_memory);
  /// For one connection. Errors: std::bad_alloc.
  Session session() const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, FreeContext> context_;
};

/// Throws std::system_error by errno.
[[noreturn]] void fail(const char* what);

/// A client's connection over the loopback, in the clear or over TLS. Reading and writing never wait.
class Socket {
 public:
  static constexpr ssize_t nothing_yet = -1;

  /// None.
  Socket() = default;
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  /// Neither bound nor connected. Errors, here and below: std::system_error.
  static Socket make();
  /// From 127.0.0.`host`.
  void bind(std::uint32_t host) const;
  /// On the loopback this does not wait for the server.
  void connect(std::uint16_t port) const;
  /// Limits what the kernel holds for it, in bytes.
  void hold_at_most(int bytes) const;
  /// Who has said something in answer acknowledges late, in the hope to say more (tcp(7), TCP_QUICKACK), and
  /// on the loopback it is the server's processor that then does it. From here on it does so when it reads,
  /// until it answers again: so all listeners are alike, whatever they had to say on entering.
  void acknowledge_as_listener() const;
  void close();

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

  /// From here on all is over TLS; the handshake happens in read() and write().
  void secure(const Tls& tls);
  bool is_secured() const { return session_ != nullptr; }
  /// Of TLS; empty: in the clear, or not known yet.
  std::string_view cipher() const;

  /// Number of bytes; 0 at the end; or `nothing_yet`. Over TLS as much as has come and there is room for:
  /// what is left behind when the room was too small wakes nobody.
  ssize_t read(char* place, std::size_t size);
  /// Number of bytes that the kernel has taken. To a connection that has ended it takes all, since reading
  /// tells of the end.
  std::size_t write(std::string_view bytes);

 private:
  ssize_t read_secured(char* place, std::size_t size);

  int descriptor_ = -1;
  Session session_;
};

}  // namespace hubbub::load
