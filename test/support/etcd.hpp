#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
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
  pid_t pid(std::size_t member) const { return members_.at(member).process->pid(); }

  /// The others go on without this one, which was killed and has lost its disk.
  void remove(std::size_t member);
  /// They take it anew, and it can be started. False: not yet.
  bool try_to_add(std::size_t member);

  /// A backup; where `etcdctl` is missing, a std::runtime_error.
  void save(const std::filesystem::path& file) const;
  /// All members are killed, and come back with what is in that backup alone.
  void restore(const std::filesystem::path& file);

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
    bool is_added = false;  ///< later than the others
  };

  std::filesystem::path data(const Member& member) const { return directory_.path() / member.name; }
  std::string cluster() const;
  std::size_t other_than(std::size_t member) const { return (member + 1) % size(); }
  std::string url(const Address& address) const;
  std::string try_to_post(const std::string& path, const std::string& body, std::size_t member,
                          std::chrono::milliseconds limit) const;

  const TemporaryDirectory directory_;
  const Options options_;
  std::vector<Member> members_;
};

}  // namespace hubbub::test
