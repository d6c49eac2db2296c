#include "test/support/certificates.hpp"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <stdexcept>

namespace hubbub::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL does not make a certificate");
}

void extend(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void name(X509_NAME* subject, const std::string& text) {
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0) == 1);
}

/// Not signed yet.
X509* make(EVP_PKEY* key, const std::string& subject, hours from, hours until) {
  static std::atomic<long> serial{0};
  X509* const made = X509_new();
  require(key != nullptr && made != nullptr);
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made), static_cast<long>(seconds(from).count()));
  X509_gmtime_adj(X509_getm_notAfter(made), static_cast<long>(seconds(until).count()));
  name(X509_get_subject_name(made), subject);
  require(X509_set_pubkey(made, key) == 1);
  return made;
}

X509* make_authority(EVP_PKEY* key, const std::string& name) {
  X509* const made = make(key, name, hours(-1), hours(24));
  X509_set_issuer_name(made, X509_get_subject_name(made));
  extend(made, NID_basic_constraints, "critical,CA:TRUE");
  extend(made, NID_key_usage, "critical,keyCertSign");
  require(X509_sign(made, key, EVP_sha256()) > 0);
  return made;
}

void write(const std::filesystem::path& file, X509* certificate) {
  std::FILE* const opened = std::fopen(file.c_str(), "we");
  require(opened != nullptr && PEM_write_X509(opened, certificate) == 1);
  std::fclose(opened);
}

void write(const std::filesystem::path& file, EVP_PKEY* key) {
  std::FILE* const opened = std::fopen(file.c_str(), "we");
  require(opened != nullptr && PEM_write_PrivateKey(opened, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(opened);
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    std::array<char, 4> byte{};
    std::snprintf(byte.data(), byte.size(), "%s%02X", i > 0 ? ":" : "", static_cast<unsigned>(digest.at(i)));
    text += byte.data();
  }
  return text;
}

bool is_numeric(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

void Authority::Free::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void Authority::Free::operator()(X509* certificate) const { X509_free(certificate); }

Authority::Authority(const std::filesystem::path& directory, const std::string& name)
    : directory_(directory),
      file_(directory / (name + ".pem")),
      key_(EVP_EC_gen("P-256")),
      certificate_(make_authority(key_.get(), name)) {
  write(file_, certificate_.get());
}

Authority::~Authority() = default;

CertificateFiles Authority::sign(const std::string& host, hours from, hours until) const {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free> made(make(key.get(), host, from, until));
  X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get()));
  extend(made.get(), NID_subject_alt_name, (is_numeric(host) ? "IP:" : "DNS:") + host);
  extend(made.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  require(X509_sign(made.get(), key_.get(), EVP_sha256()) > 0);
  const std::string stem =
      file_.stem().string() + "-" + std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(made.get())));
  CertificateFiles files{directory_ / (stem + ".crt"), directory_ / (stem + ".key"),
                         fingerprint_of(made.get())};
  write(files.certificate, made.get());
  write(files.key, key.get());
  return files;
}

}  // namespace hubbub::test
