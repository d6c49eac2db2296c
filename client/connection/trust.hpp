#pragma once

#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace hubbub::client {

/// Whether a link is encrypted, with TLS.
enum class Encryption {
  by_host,  ///< if_offered, but never to this machine itself: a loopback address or a UNIX socket
  never,
  if_offered,  ///< unless the server answers that it does not speak TLS; a fault in TLS is no such answer
  always,
};

/// Whose certificates are accepted. With neither: those that an authority of the system's store has signed,
/// for the host of the address.
struct Trust {
  std::string ca_file{};      ///< authorities, in PEM, instead of the system's; also a certificate itself
  std::string fingerprint{};  ///< the one certificate, as parse_fingerprint gives it, whoever has signed it

  bool is_default() const { return ca_file.empty() && fingerprint.empty(); }
};

/// Reads the SHA-256 of a certificate, 64 hexadecimal digits with or without colons, as `hubbubd certificate`
/// and `openssl x509 -fingerprint -sha256` print it. Returns it with capital letters and colons. The error's
/// text is a sentence about what was typed.
protocol::Result<std::string> parse_fingerprint(std::string_view text);

}  // namespace hubbub::client
