#include "server/net/certificates.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "protocol/system.hpp"

namespace hubbub::net {
namespace {

using protocol::Code;
using protocol::Error;

Error unusable(const std::string& file, const std::string& why) {
  return {Code::denied, "cannot use " + file + ": " + why};
}

/// Why OpenSSL has refused the last thing, in its words.
std::string refusal() {
  const auto* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "OpenSSL does not say why";
}

/// No passphrase: OpenSSL would ask for it at a terminal.
int no_passphrase(char* /*place*/, int /*size*/, int /*writes*/, void* /*data*/) { return 0; }

/// The one protocol that is spoken inside TLS and has a name (ALPN, RFC 7301). Who asks for none of it may
/// speak any other.
int choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* /*data*/) {
  static constexpr std::array<unsigned char, 9> http{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, size, http.data(), http.size(), offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

std::chrono::sys_seconds end_of(const X509& certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

/// Those that every client has and that cost little: a handshake with finite fields of 8192 bits, which
/// OpenSSL takes by itself, costs the server 200 ms and the client nothing (CVE-2022-40735). The first, which
/// is safe from quantum computers, is there since OpenSSL 3.5.
bool set_groups(SSL_CTX* context) {
  // OpenSSL's macro for it has a cast in the old style.
  const auto set = [context](std::string names) {
    return SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, names.data()) == 1;
  };
  if (set("X25519MLKEM768:X25519:P-256")) return true;
  ERR_clear_error();
  if (set("X25519:P-256")) return true;
  ERR_clear_error();
  return set("P-256");  // where the system allows what FIPS 140 does, and nothing else
}

/// What all of them have in common; docs/man3 of OpenSSL 3.
bool set_up(SSL_CTX* context) {
  // With partial writes the buffers of an idle connection can be given back, and a write that fell short goes
  // on from wherever its bytes are by then.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // What has no text in it, such as a change of keys, ends a read: the loop has other things to do.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Sessions are resumed by tickets, of which nothing is kept here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (!set_groups(context)) return false;
  static constexpr std::array<unsigned char, 6> name{'h', 'u', 'b', 'b', 'u', 'b'};
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         // Those of RFC 9325, 4.2; those of TLS 1.3 are all good.
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
         SSL_CTX_set_session_id_context(context, name.data(), name.size()) == 1;
}

}  // namespace

void TlsFree::operator()(SSL* session) const { SSL_free(session); }
void TlsFree::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

Certificates::~Certificates() = default;

protocol::Result<std::shared_ptr<const Certificates>> Certificates::load(
    std::span<const CertificateFiles> files) {
  std::shared_ptr<Certificates> all(new Certificates);
  for (const auto& each : files) {
    if (auto error = all->add(each)) return *std::move(error);
  }
  // The choice is made by the context under which a session began, which is the first.
  if (!all->contexts_.empty()) {
    // OpenSSL's macro for it has a cast in the old style.
    SSL_CTX_callback_ctrl(all->contexts_.front().get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                          reinterpret_cast<void (*)()>(choose));
    SSL_CTX_set_tlsext_servername_arg(all->contexts_.front().get(), all.get());
  }
  return std::shared_ptr<const Certificates>(std::move(all));
}

std::optional<Error> Certificates::add(const CertificateFiles& files) {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context || !set_up(context.get())) return unusable("OpenSSL", refusal());
  for (const auto* const file : {&files.certificate, &files.key}) {
    if (const auto why = protocol::unreadable(*file); !why.empty()) return unusable(*file, why);
  }
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return unusable(files.certificate,
                    "it is no certificate in PEM, with its chain behind it (" + refusal() + ")");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_another = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    return unusable(files.key, is_another
                                   ? "it is not the key of " + files.certificate
                                   : "it is no private key in PEM, without a passphrase (" + refusal() + ")");
  }
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return unusable(files.key, "it is not the key of " + files.certificate);
  validities_.push_back({files.certificate, end_of(*SSL_CTX_get0_certificate(context.get()))});
  contexts_.push_back(std::move(context));
  return std::nullopt;
}

TlsSession Certificates::accept() const {
  TlsSession session(SSL_new(contexts_.front().get()));
  if (session) SSL_set_accept_state(session.get());
  return session;
}

/// A name may end in a dot, which no certificate has.
SSL_CTX* Certificates::context_for(std::string_view name) const {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return nullptr;  // to OpenSSL a size of 0 says that it ends with a zero
  const auto found = std::find_if(contexts_.begin(), contexts_.end(), [&](const Context& context) {
    auto* const certificate = SSL_CTX_get0_certificate(context.get());
    return X509_check_host(certificate, name.data(), name.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                           nullptr) == 1;
  });
  return found == contexts_.end() ? nullptr : found->get();
}

int Certificates::choose(SSL* session, int* /*alert*/, void* certificates) {
  const auto* const name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  auto* const context = static_cast<const Certificates*>(certificates)->context_for(name);
  if (context == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_SSL_CTX(session, context);
  return SSL_TLSEXT_ERR_OK;
}

FileTimes::FileTimes(std::span<const CertificateFiles> files) {
  for (const auto& each : files) {
    for (const auto* const file : {&each.certificate, &each.key}) {
      struct stat status {};
      auto& time = times_.emplace_back();
      if (::stat(file->c_str(), &status) != 0) continue;
      time = {status.st_ino, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
    }
  }
}

}  // namespace hubbub::net
