#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/net/settings.hpp"

namespace hubbub::net {

/// Frees what OpenSSL has made.
struct TlsFree {
  void operator()(SSL* session) const;
  void operator()(SSL_CTX* context) const;
};
using TlsSession = std::unique_ptr<SSL, TlsFree>;

/// The certificates that a daemon shows, each with its key. They never change: others are loaded, and those
/// who came under these keep them.
class Certificates {
 public:
  /// Reads the files. Error: denied, one sentence that names the first file that cannot be used, and what to
  /// do; a key that is protected by a passphrase cannot be.
  static protocol::Result<std::shared_ptr<const Certificates>> load(std::span<const CertificateFiles> files);

  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;
  ~Certificates();

  /// The server's side of a new TLS session (RFC 8446; version 1.2 and newer). A client that names a server
  /// (SNI, RFC 6066, 3) is shown the first certificate for that name, any other client the first of all.
  TlsSession accept() const;

  struct Validity {
    std::string file;
    std::chrono::sys_seconds end;  ///< RFC 5280, 4.1.2.5: the notAfter date
  };
  /// How long each certificate is valid, in the order of the configuration.
  const std::vector<Validity>& validities() const { return validities_; }

 private:
  using Context = std::unique_ptr<SSL_CTX, TlsFree>;

  Certificates() = default;
  std::optional<protocol::Error> add(const CertificateFiles& files);
  SSL_CTX* context_for(std::string_view name) const;
  static int choose(SSL* session, int* alert, void* certificates);

  std::vector<Context> contexts_;
  std::vector<Validity> validities_;
};

/// What the files were when they were looked at, to notice that one has been replaced, or may be read now.
class FileTimes {
 public:
  FileTimes() = default;
  explicit FileTimes(std::span<const CertificateFiles> files);
  bool operator==(const FileTimes&) const = default;

 private:
  struct Time {
    std::uint64_t inode = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    bool operator==(const Time&) const = default;
  };
  std::vector<Time> times_;
};

}  // namespace hubbub::net
