#include "server/tools/self_signed.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include "protocol/hex.hpp"

namespace hubbub::tools {
namespace {

constexpr long hour = 3600;
constexpr long valid_for = 397L * 24 * hour;
constexpr std::size_t longest_name = 253;  // RFC 1035, 3.1

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// OpenSSL fails at these for want of memory or of random numbers.
void require(bool has_worked) {
  if (!has_worked) throw std::runtime_error("OpenSSL cannot make a certificate");
}

/// Letters, digits, hyphens and dots (RFC 952, RFC 1123, 2.1), with a star in the place of the first label.
bool is_host_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= longest_name && name.front() != '.' && name.front() != '-' &&
         name.find("..") == std::string_view::npos && std::all_of(name.begin(), name.end(), is_good);
}

/// Without the zone of an IPv6 address, which means nothing elsewhere.
bool is_address(const std::string& host) {
  in6_addr bytes{};  // large enough for either
  return ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

void extend(X509& certificate, int kind, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  require(extension && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

std::string text_of(BIO& bio) {
  char* begin = nullptr;
  const auto size = BIO_get_mem_data(&bio, &begin);
  return {begin, static_cast<std::size_t>(size)};
}

std::string fingerprint_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(X509_digest(&certificate, EVP_sha256(), digest.data(), &size) == 1);
  return protocol::fingerprint({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

protocol::Result<SelfSigned> make_self_signed(std::string_view host) {
  const bool is_numeric = is_address(std::string(host));
  if (!is_numeric && !is_host_name(host)) {
    return protocol::Error{protocol::Code::bad_request,
                           "that is no host's name and no IP address; write such as chat.example.org"};
  }
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  std::uint64_t serial = 0;
  require(key && certificate && RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  serial &= UINT64_MAX >> 1U;  // positive (RFC 5280, 4.1.2.2)
  auto& made = *certificate;
  X509_set_version(&made, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(&made), serial | 1U);
  X509_gmtime_adj(X509_getm_notBefore(&made), -hour);
  X509_gmtime_adj(X509_getm_notAfter(&made), valid_for - hour);
  auto* const subject = X509_get_subject_name(&made);
  const std::string common(host.substr(0, 64));  // ub-common-name
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0) == 1);
  X509_set_issuer_name(&made, subject);
  require(X509_set_pubkey(&made, key.get()) == 1);
  extend(made, NID_subject_alt_name, (is_numeric ? "IP:" : "DNS:") + std::string(host));
  extend(made, NID_basic_constraints, "critical,CA:FALSE");
  extend(made, NID_key_usage, "critical,digitalSignature");
  extend(made, NID_ext_key_usage, "serverAuth");
  require(X509_sign(&made, key.get(), EVP_sha256()) > 0);

  const Owned<BIO> certificate_text(BIO_new(BIO_s_mem()));
  const Owned<BIO> key_text(BIO_new(BIO_s_mem()));
  require(certificate_text && PEM_write_bio_X509(certificate_text.get(), &made) == 1);
  require(key_text && PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                                    nullptr) == 1);
  return SelfSigned{text_of(*certificate_text), text_of(*key_text), fingerprint_of(made)};
}

}  // namespace hubbub::tools
