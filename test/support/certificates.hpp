#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace hubbub::test {

/// A certificate in files of a test's directory.
struct CertificateFiles {
  std::filesystem::path certificate{};
  std::filesystem::path key{};
  std::string fingerprint{};  ///< SHA-256, with colons

  /// The part of a daemon's configuration that names them.
  std::string config() const {
    return "[[tls]]\ncertificate = \"" + certificate.string() + "\"\nkey = \"" + key.string() + "\"\n";
  }
};

/// Signs certificates for hosts, and itself. Its own certificate is in the directory, too. Errors:
/// std::runtime_error.
class Authority {
 public:
  Authority(const std::filesystem::path& directory, const std::string& name);
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  ~Authority();

  /// Its own certificate.
  const std::filesystem::path& file() const { return file_; }

  /// For a host's name or an IP address, as a server or as a client. The times are counted from now.
  CertificateFiles sign(const std::string& host, std::chrono::hours from = std::chrono::hours(-1),
                        std::chrono::hours until = std::chrono::hours(24)) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
    void operator()(x509_st* certificate) const;
  };

  const std::filesystem::path directory_;
  const std::filesystem::path file_;
  const std::unique_ptr<evp_pkey_st, Free> key_;
  const std::unique_ptr<x509_st, Free> certificate_;
};

}  // namespace hubbub::test
