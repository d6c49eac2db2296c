#include "client/connection/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <optional>
#include <utility>

#include "client/connection/certificate.hpp"
#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

using protocol::Code;
using protocol::Error;

/// The place of the TlsSession among an SSL's own data: that which OpenSSL keeps for applications.
constexpr int place = 0;

TlsSession& session_of(const SSL* ssl) { return *static_cast<TlsSession*>(SSL_get_ex_data(ssl, place)); }

/// Whether a server that speaks TLS may begin so: with a record that is an alert or belongs to the handshake.
bool is_record(char first) { return first == SSL3_RT_ALERT || first == SSL3_RT_HANDSHAKE; }

/// Why OpenSSL has refused the last thing, in its words.
std::string refusal() {
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  return reason != nullptr ? reason : "OpenSSL does not say why";
}

Error unusable(const std::string& file, const std::string& why) {
  return {Code::denied, "cannot use " + protocol::for_terminal(file) + ": " + why};
}

/// Makes the context trust those whom the user trusts. A fingerprint needs nobody to vouch for it.
std::optional<Error> trust(SSL_CTX* context, const Trust& trust) {
  if (!trust.fingerprint.empty()) return std::nullopt;
  if (trust.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) == 1) return std::nullopt;
    return Error{Code::denied, "cannot use the system's authorities: " + refusal()};
  }
  if (const auto why = protocol::unreadable(trust.ca_file); !why.empty()) return unusable(trust.ca_file, why);
  if (SSL_CTX_load_verify_file(context, trust.ca_file.c_str()) != 1)
    return unusable(trust.ca_file, "it has no certificates in PEM (" + refusal() + ")");
  // Each certificate of the file is trusted, also one that another has signed.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return std::nullopt;
}

/// What was said instead of TLS, as a clause.
std::string in_plain_words(std::string_view bytes) {
  constexpr std::size_t enough = 200;
  if (bytes.starts_with("HTTP/")) return "it is a web server that does not speak TLS there";
  const std::string line = protocol::for_terminal(bytes.substr(0, bytes.find_first_of("\r\n")));
  return "it does not speak TLS there, but says \"" + std::string(protocol::prefix(line, enough)) + '"';
}

std::string why_refused() {
  switch (ERR_GET_REASON(ERR_peek_error())) {
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "it speaks no TLS as new as version 1.2; it has to be brought up to date";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return "it has no way of encryption in common with this client";
    default:
      return "TLS has failed: " + refusal();
  }
}

/// Without its last dot, and without the zone of an IPv6 address: neither is in a certificate.
std::string certified(const std::string& host) {
  std::string name = host.substr(0, host.find('%'));
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

}  // namespace

void TlsFree::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsFree::operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }

void TlsFree::operator()(SSL* session) const {
  // A link that broke is no reason to doubt the session (RFC 5246, 7.2.1); OpenSSL would not let it be
  // resumed.
  SSL_set_shutdown(session, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(session);
}

TlsClient::TlsClient(Trust trust, const std::string& host)
    : trust_(std::move(trust)), host_(certified(host)) {}

protocol::Result<SSL_CTX*> TlsClient::context() {
  if (context_) return context_.get();
  ERR_clear_error();
  Context made(SSL_CTX_new(TLS_client_method()));
  auto* const context = made.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return Error{Code::denied, "cannot use OpenSSL: " + refusal()};
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, TlsSession::keep_ticket);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, TlsSession::verify, nullptr);
  if (auto error = client::trust(context, trust_)) return *std::move(error);
  context_ = std::move(made);
  return context;
}

protocol::Result<std::unique_ptr<TlsSession>> TlsSession::begin(std::shared_ptr<TlsClient> client) {
  const auto context = client->context();
  if (!context) return context.error();
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(client)));
  if (!session->set_up(*context)) return Error{Code::denied, "cannot begin with TLS: " + refusal()};
  std::string nothing_yet;
  session->go_on(nothing_yet);
  return session;
}

TlsSession::~TlsSession() = default;

bool TlsSession::set_up(SSL_CTX* context) {
  ERR_clear_error();
  ssl_.reset(SSL_new(context));
  if (!ssl_) return false;
  input_ = BIO_new(BIO_s_mem());
  output_ = BIO_new(BIO_s_mem());
  if (input_ == nullptr || output_ == nullptr) {
    BIO_free(input_);
    BIO_free(output_);
    return false;
  }
  SSL_set_bio(ssl_.get(), input_, output_);  // which owns them
  SSL_set_connect_state(ssl_.get());
  if (SSL_set_ex_data(ssl_.get(), place, this) != 1) return false;
  auto* const wanted = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  std::string host = client_->host();
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
    ERR_clear_error();
    // SNI is for names alone (RFC 6066, 3). OpenSSL's macro for it has a cast in the old style.
    if (X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) != 1 ||
        SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) != 1)
      return false;
  }
  if (auto& ticket = client_->ticket_) {
    SSL_set_session(ssl_.get(), ticket.get());
    if (SSL_SESSION_get_protocol_version(ticket.get()) >= TLS1_3_VERSION) ticket.reset();
  }
  return true;
}

std::string TlsSession::version() const { return SSL_get_version(ssl_.get()); }
bool TlsSession::is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

void TlsSession::receive(std::string_view bytes, std::string& said) {
  if (bytes.empty()) return;
  if (!std::exchange(is_tls_, true) && !is_record(bytes.front()))
    return fail(State::no_tls, in_plain_words(bytes));
  std::size_t count = 0;
  BIO_write_ex(input_, bytes.data(), bytes.size(), &count);  // memory takes all of it
  go_on(said);
}

void TlsSession::go_on(std::string& said) {
  ERR_clear_error();
  if (state_ == State::greeting) {
    const int done = SSL_do_handshake(ssl_.get());
    if (done != 1) return stop(done);
    state_ = State::open;
  }
  std::array<char, std::size_t{16} * 1024> text;
  while (state_ == State::open) {
    std::size_t count = 0;
    const int done = SSL_read_ex(ssl_.get(), text.data(), text.size(), &count);
    if (done != 1) return stop(done);
    said.append(text.data(), count);
  }
}

void TlsSession::stop(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return;
    case SSL_ERROR_ZERO_RETURN:
      return fail(State::ended, "it closed the connection");
    default:
      return fail(State::failed, why_refused());
  }
}

void TlsSession::fail(State state, std::string why) {
  if (state_ != State::greeting && state_ != State::open) return;
  if (state_ == State::greeting) client_->ticket_.reset();
  state_ = state;
  why_ = std::move(why);
}

void TlsSession::end_of_input() {
  if (state_ == State::greeting) {
    fail(State::failed,
         "it closed the connection instead of beginning with TLS; if it speaks none, tcp:// before the "
         "address goes without encryption");
  } else {
    fail(State::failed, "the connection broke");  // without a close_notify somebody may have cut it off
  }
}

void TlsSession::send(std::string_view text) {
  if (state_ != State::open || text.empty()) return;
  ERR_clear_error();
  std::size_t count = 0;
  const int done = SSL_write_ex(ssl_.get(), text.data(), text.size(), &count);
  if (done != 1) stop(done);
}

void TlsSession::close() {
  ERR_clear_error();
  if (state_ == State::open) SSL_shutdown(ssl_.get());
}

std::string TlsSession::take_output() {
  std::string bytes(BIO_ctrl_pending(output_), '\0');
  std::size_t count = 0;
  if (!bytes.empty()) BIO_read_ex(output_, bytes.data(), bytes.size(), &count);
  bytes.resize(count);
  return bytes;
}

int TlsSession::verify(X509_STORE_CTX* certificates, void* /*unused*/) {
  const auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(certificates, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return session_of(ssl).accepts(certificates) ? 1 : 0;
}

bool TlsSession::accepts(X509_STORE_CTX* certificates) {
  const auto* const certificate = X509_STORE_CTX_get0_cert(certificates);
  const Trust& trust = client_->trust();
  if (certificate == nullptr) return false;
  const bool is_good = trust.fingerprint.empty() ? X509_verify_cert(certificates) == 1
                                                 : fingerprint_of(*certificate) == trust.fingerprint;
  if (is_good) {
    X509_STORE_CTX_set_error(certificates, X509_V_OK);
    return true;
  }
  if (!trust.fingerprint.empty()) X509_STORE_CTX_set_error(certificates, X509_V_ERR_CERT_REJECTED);
  fail(State::untrusted, why_untrusted(*certificate, X509_STORE_CTX_get_error(certificates),
                                       X509_STORE_CTX_get_error_depth(certificates), trust, client_->host()));
  return false;
}

int TlsSession::keep_ticket(SSL* ssl, SSL_SESSION* ticket) {
  session_of(ssl).client_->ticket_.reset(ticket);
  return 1;  // it is ours now
}

}  // namespace hubbub::client
