#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "test/support/catch.hpp"

namespace hubbub::net {

/// The client's side of a TLS session, in memory: what it sends is taken from it, and what comes is given to
/// it.
class TlsPeer {
 public:
  /// `server_name`: for SNI; empty: none.
  explicit TlsPeer(const std::string& server_name = {}, int newest = 0)
      : context_(SSL_CTX_new(TLS_client_method())), session_(SSL_new(context_.get())) {
    SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(session_.get());
    if (!server_name.empty()) {
      SSL_ctrl(session_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(server_name.c_str()));
    }
    if (newest == 0) return;
    // So that old versions are offered at all, where the library would not.
    SSL_set_security_level(session_.get(), 0);
    SSL_set_min_proto_version(session_.get(), newest);
    SSL_set_max_proto_version(session_.get(), newest);
  }

  /// What the session has to send now.
  std::string take() {
    SSL_do_handshake(session_.get());
    std::string bytes(BIO_ctrl_pending(SSL_get_wbio(session_.get())), '\0');
    if (!bytes.empty()) {
      REQUIRE(BIO_read(SSL_get_wbio(session_.get()), bytes.data(), static_cast<int>(bytes.size())) ==
              static_cast<int>(bytes.size()));
    }
    return bytes;
  }
  /// Gives the session what has come for it.
  void give(std::string_view bytes) {
    BIO_write(SSL_get_rbio(session_.get()), bytes.data(), static_cast<int>(bytes.size()));
  }
  using Session = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;
  /// With its newest ticket.
  Session session() const { return {SSL_get1_session(session_.get()), SSL_SESSION_free}; }
  void resume(SSL_SESSION* session) { SSL_set_session(session_.get(), session); }
  bool is_resumed() const { return SSL_session_reused(session_.get()) == 1; }
  /// Offers that group alone for the agreement on keys.
  void agree_by(const std::string& group) {
    std::string name = group;
    REQUIRE(SSL_ctrl(session_.get(), SSL_CTRL_SET_GROUPS_LIST, 0, name.data()) == 1);
  }
  /// What the session sends to use new keys from there on (RFC 8446, 4.6.3).
  std::string new_keys() {
    REQUIRE(SSL_key_update(session_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    return take();
  }
  bool is_ready() const { return SSL_is_init_finished(session_.get()) == 1; }
  /// What the session sends for a text.
  std::string sealed(std::string_view text) {
    REQUIRE(SSL_write(session_.get(), text.data(), static_cast<int>(text.size())) ==
            static_cast<int>(text.size()));
    return take();
  }
  /// What the session sends to end its output.
  std::string close_notify() {
    SSL_shutdown(session_.get());
    return take();
  }
  /// All text that has come so far.
  std::string read() {
    std::string all;
    char buffer[16384];
    for (int n = 0; (n = SSL_read(session_.get(), buffer, sizeof buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(n));
    return all;
  }
  bool has_been_closed() const { return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  std::string version() const { return SSL_get_version(session_.get()); }
  /// The name that the certificate was made for.
  std::string certified() const {
    X509* const certificate = SSL_get1_peer_certificate(session_.get());
    REQUIRE(certificate != nullptr);
    char name[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> session_;
};

}  // namespace hubbub::net
