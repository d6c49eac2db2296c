#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/support/address.hpp"
#include "test/support/certificates.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

/// Members of a real etcd, in a directory of their own, at an address of this machine that no other process
/// of the tests has. Errors: std::runtime_error.
class Etcd {
 public:
  struct Tls {
    CertificateFiles files{};    ///< for own_host(), as a server and as a client
    std::filesystem::path ca{};  ///< by whom clients have to be certified
  };
  struct Options {
    std::size_t members = 1;
    std::vector<std::string> arguments{};  ///< for each
    std::optional<Tls> tls{};
  };

  /// Whether the program is here; otherwise says that the test is skipped.
  static bool is_here();

  Etcd() : Etcd(Options{}) {}
  /// Starts them, and waits until they work.
  explicit Etcd(Options options);

  std::size_t size() const { return members_.size(); }
  const Address& address(std::size_t member = 0) const { return members_.at(member).clients; }
  /// The member that leads; waits until there is one.
  std::size_t leader() const;

  /// At once, as by a power cut of the process.
  void kill(std::size_t member);
  void start(std::size_t member);
  /// It stands still, with its connections open.
  void freeze(std::size_t member) const;
  void thaw(std::size_t member) const;
  /// Waits until it works, with the others.
  void wait_for(std::size_t member) const;

  /// The body of the answer to a request of the JSON gateway; not with TLS.
  std::string post(const std::string& path, const std::string& body, std::size_t member = 0) const;
  /// After a member that was full has been defragmented: as `etcdctl alarm disarm` does.
  void disarm() const;

 private:
  struct Member {
    std::string name{};
    Address clients{};
    Address peers{};
    std::unique_ptr<Process> process{};
  };

  std::string url(const Address& address) const;
  std::string try_to_post(const std::string& path, const std::string& body, std::size_t member,
                          std::chrono::milliseconds limit) const;

  const TemporaryDirectory directory_;
  const Options options_;
  std::vector<Member> members_;
};

}  // namespace hubbub::test
