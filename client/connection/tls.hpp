#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/connection/trust.hpp"
#include "protocol/error.hpp"

// OpenSSL's types, so that who includes this needs none of its headers.
struct bio_st;
struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace hubbub::client {

struct TlsFree {
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_session_st* session) const;
  void operator()(ssl_st* session) const;
};

/// TLS with one server, across links: whom it trusts, and what the next link needs to resume the session.
class TlsClient {
 public:
  /// `host`: a name or a numeric address, for which the server's certificate has to be.
  TlsClient(Trust trust, const std::string& host);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  const Trust& trust() const { return trust_; }
  const std::string& host() const { return host_; }

 private:
  friend class TlsSession;
  using Context = std::unique_ptr<ssl_ctx_st, TlsFree>;

  /// Reads the authorities at first. The error's text is a clause.
  protocol::Result<ssl_ctx_st*> context();

  const Trust trust_;
  const std::string host_;
  Context context_;
  /// The newest ticket, which serves once (RFC 8446, C.4); null: none.
  std::unique_ptr<ssl_session_st, TlsFree> ticket_;
};

/// The client's side of TLS on one link: takes what came from the server, and gives what goes there. It has
/// no sockets, and so fits any loop, and shows the bytes of a server that speaks something else.
class TlsSession {
 public:
  enum class State {
    greeting,  ///< the handshake is under way
    open,
    ended,      ///< by the server, in due form
    no_tls,     ///< the server does not speak TLS there
    untrusted,  ///< its certificate is not accepted
    failed,
  };

  /// Error: the authorities cannot be read; its text is a clause.
  static protocol::Result<std::unique_ptr<TlsSession>> begin(std::shared_ptr<TlsClient> client);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  State state() const { return state_; }
  /// A clause about a state from `no_tls` on, safe for a terminal.
  const std::string& why() const { return why_; }
  /// "TLSv1.3"
  std::string version() const;
  /// The handshake went on from an earlier session.
  bool is_resumed() const;

  /// Takes bytes from the server, and appends what they say to `said`.
  void receive(std::string_view bytes, std::string& said);
  /// The server has closed the link.
  void end_of_input();
  /// Takes what is to be said to the server.
  void send(std::string_view text);
  /// Takes leave; nothing can be sent after that.
  void close();
  /// The bytes that have to go to the server now.
  std::string take_output();

 private:
  explicit TlsSession(std::shared_ptr<TlsClient> client) : client_(std::move(client)) {}

  bool set_up(ssl_ctx_st* context);
  void go_on(std::string& said);
  /// OpenSSL does not go on: for now, or for good.
  void stop(int result);
  void fail(State state, std::string why);
  bool accepts(x509_store_ctx_st* certificates);
  static int verify(x509_store_ctx_st* certificates, void* unused);
  static int keep_ticket(ssl_st* ssl, ssl_session_st* ticket);
  friend class TlsClient;

  const std::shared_ptr<TlsClient> client_;
  std::unique_ptr<ssl_st, TlsFree> ssl_;
  bio_st* input_ = nullptr;   ///< of ssl_
  bio_st* output_ = nullptr;  ///< of ssl_
  State state_ = State::greeting;
  bool is_tls_ = false;  ///< the server has begun with it
  std::string why_;
};

}  // namespace hubbub::client
