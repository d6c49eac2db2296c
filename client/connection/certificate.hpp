#pragma once

#include <string>
#include <string_view>

#include "client/connection/trust.hpp"

struct x509_st;  // OpenSSL's X509

namespace hubbub::client {

/// As parse_fingerprint gives it.
std::string fingerprint_of(const x509_st& certificate);

/// The clause about a server's certificate that is not accepted: what is wrong, which one it is and what to
/// do. Safe for a terminal. `fault`: OpenSSL's number (X509_V_ERR_…), for one without `trust.fingerprint`;
/// `depth`: 0 when it is one of the certificate itself, more when it is one of those that have signed it.
std::string why_untrusted(const x509_st& certificate, int fault, int depth, const Trust& trust,
                          std::string_view host);

}  // namespace hubbub::client
