#include "client/connection/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>

#include "protocol/hex.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

/// In words as long as a line or two of a terminal, whatever a stranger has put into it.
std::string shown(const X509_NAME* name) {
  constexpr std::size_t enough = 200;
  struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
  };
  const std::unique_ptr<BIO, Free> text(BIO_new(BIO_s_mem()));
  // RFC 2253 in UTF-8, the most general part first.
  if (!text || X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) < 0)
    return "?";
  std::array<char, 4 * enough> bytes{};
  const int size = BIO_read(text.get(), bytes.data(), bytes.size());
  if (size <= 0) return "nobody";
  const std::string safe = protocol::for_terminal({bytes.data(), static_cast<std::size_t>(size)});
  const std::string_view part = protocol::prefix(safe, enough);
  return std::string(part) + (part.size() < safe.size() ? "…" : "");
}

std::string day(const ASN1_TIME* time) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(time, &parts) != 1 || std::strftime(text.data(), text.size(), "%F", &parts) == 0)
    return "a time that cannot be read";
  return text.data();
}

std::string which(const X509& certificate) {
  return "; it is that of " + shown(X509_get_subject_name(&certificate)) + ", its fingerprint " +
         fingerprint_of(certificate) + "; ";
}

/// What somebody can do who knows that it is the right one all the same.
std::string accept(const X509& certificate) {
  return which(certificate) + "if the server's operator confirms that one, --fingerprint with it accepts it";
}

std::string unknown_signer(const X509& certificate, const Trust& trust) {
  const bool by_itself =
      X509_NAME_cmp(X509_get_subject_name(&certificate), X509_get_issuer_name(&certificate)) == 0;
  const std::string signer = by_itself ? "itself alone" : shown(X509_get_issuer_name(&certificate));
  const std::string whom =
      trust.ca_file.empty() ? "this machine trusts" : protocol::for_terminal(trust.ca_file) + " has";
  return "its certificate is not trusted: it is signed by " + signer + ", and by no authority that " + whom;
}

}  // namespace

std::string fingerprint_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  return protocol::fingerprint({reinterpret_cast<const char*>(digest.data()), size});
}

std::string why_untrusted(const X509& certificate, int fault, int depth, const Trust& trust,
                          std::string_view host) {
  const std::string where = protocol::for_terminal(host);
  if (!trust.fingerprint.empty()) {
    return "its certificate has the fingerprint " + fingerprint_of(certificate) +
           " and not the one that was named: it has been replaced, or somebody else answers there; ask the "
           "server's operator, and name the new one with --fingerprint";
  }
  const bool is_expiry = fault == X509_V_ERR_CERT_HAS_EXPIRED || fault == X509_V_ERR_CERT_NOT_YET_VALID;
  if (is_expiry && depth > 0) {
    return "the certificate of one who has signed its own has expired, or is not valid yet; its operator has "
           "to "
           "renew it" +
           accept(certificate);
  }
  switch (fault) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired, on " + day(X509_get0_notAfter(&certificate)) +
             "; its operator has to renew it" + accept(certificate);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid before " + day(X509_get0_notBefore(&certificate)) +
             "; is this machine's clock right?" + accept(certificate);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "its certificate is for another host than " + where + accept(certificate);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return unknown_signer(certificate, trust) + accept(certificate) + ", and --ca FILE who has signed it";
    default:
      return std::string("its certificate is not accepted: ") + X509_verify_cert_error_string(fault) +
             accept(certificate);
  }
}

}  // namespace hubbub::client
