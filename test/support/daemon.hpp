#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/address.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

struct DaemonOptions {
  std::string config{};  ///< text of the configuration file (TOML)
  /// Addresses to listen on. Port 0 stands for a free port; a unix path without a directory, such as
  /// "unix:chat.sock", is in the daemon's own directory.
  std::vector<std::string> listen{"tcp://127.0.0.1:0"};
  std::vector<std::string> flags{};  ///< further arguments
  rlim_t descriptors = 0;            ///< RLIMIT_NOFILE; 0: the test's own
  int listening = -1;                ///< a socket handed over by socket activation
  std::string listening_name{};      ///< the name of that socket (sd_listen_fds_with_names(3))
  /// The daemon's state directory; empty: one in the daemon's own directory, which is removed with it.
  std::filesystem::path state_dir{};
  /// False: the daemon is not told of a state directory. Its home is its own directory.
  bool with_state_dir = true;
  /// history.engine, unless `config` says which; empty: $HUBBUB_TEST_ENGINE, or else the daemon's default.
  std::string engine{};
  /// A program that starts the daemon under the same process number, with its arguments, such as strace -D.
  std::vector<std::string> launcher{};
};

/// The real hubbubd, in a fresh directory with a configuration file of its own. The constructor returns when
/// every listener accepts. The destructor asks the daemon to stop; a daemon that does not stop, or not with
/// exit code 0 (after a sanitizer's complaint, for example), fails the test.
class Daemon {
 public:
  explicit Daemon(const DaemonOptions& options = {});
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// The address of the listener with that index.
  const Address& address(std::size_t listener = 0) const { return addresses_.at(listener); }
  const TemporaryDirectory& directory() const { return directory_; }
  /// The daemon's state directory.
  const std::filesystem::path& state_dir() const { return state_dir_; }

  /// Replaces the configuration file; the daemon reads it on SIGHUP.
  void rewrite_config(std::string_view config) const;
  void signal(int number) const { process_.signal(number); }
  /// Ends the daemon with SIGKILL, and waits until it is gone.
  void kill();
  pid_t pid() const { return process_.pid(); }
  /// The daemon's exit code; nothing when it still runs after `time`.
  std::optional<int> wait_exit(std::chrono::milliseconds time = patience) { return process_.wait_exit(time); }

  std::string log() const { return process_.err().text(); }
  /// Waits until the log holds `what` after its first `from` bytes; a std::runtime_error with the whole log
  /// if the text does not come.
  void wait_for_log(std::string_view what, std::size_t from = 0) const;

  std::size_t resident_bytes() const { return process_.resident_bytes(); }
  std::chrono::milliseconds cpu_time() const { return process_.cpu_time(); }

 private:
  Command command(const DaemonOptions& options) const;
  void show_log() const;
  Address wait_for_listener(const std::string& url, std::size_t& from) const;

  TemporaryDirectory directory_;
  std::filesystem::path state_dir_;
  Process process_;
  std::vector<Address> addresses_;
};

/// Runs hubbubd with these arguments to its end, with a fresh directory as its home.
Outcome run_hubbubd(std::vector<std::string> arguments);
/// The same in that directory.
Outcome run_hubbubd_in(const std::filesystem::path& directory, std::vector<std::string> arguments);

}  // namespace hubbub::test
