#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::tools {

/// A certificate that nobody has vouched for, for a first try: clients are told its fingerprint.
struct SelfSigned {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM, without a passphrase
  std::string fingerprint;  ///< SHA-256 of the certificate, as 32 pairs of hexadecimal digits with colons
};

/// For a host's name or an IP address, valid from an hour ago for 397 days, as long as clients put up with
/// (CA/Browser Forum, Baseline Requirements 6.3.2); the key is one of P-256. Error: bad_request, when it is
/// neither.
protocol::Result<SelfSigned> make_self_signed(std::string_view host);

}  // namespace hubbub::tools
