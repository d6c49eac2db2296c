#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/capture.hpp"
#include "test/support/descriptor.hpp"
#include "test/support/patience.hpp"

namespace hubbub::test {

struct Command {
  std::vector<std::string> arguments{};    ///< the program's path first
  std::vector<std::string> environment{};  ///< "NAME=VALUE", before the test's own
  rlim_t descriptors = 0;                  ///< RLIMIT_NOFILE; 0: the test's own
  int listening = -1;                      ///< handed over as systemd does (sd_listen_fds(3)); -1: none
  std::vector<int> handed{};  ///< descriptors that it has as 3, 4 and so on; not with `listening`
};

/// A program that was started, with its output captured. The destructor kills it by its process number, and
/// it also dies when the test does.
class Process {
 public:
  explicit Process(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool running() const { return !exit_code_; }
  /// Waits for the end of the program. Returns the exit code, 128 + N after signal N; nothing when the
  /// program is still running after `time`. out() and err() have all that it wrote by then.
  std::optional<int> wait_exit(std::chrono::milliseconds time = patience);

  const Capture& out() const { return out_; }
  const Capture& err() const { return err_; }

  /// Its resident memory, in bytes.
  std::size_t resident_bytes() const;
  /// Processor time that it has used so far.
  std::chrono::milliseconds cpu_time() const;

 private:
  struct Started;
  static Started start(const Command& command);
  explicit Process(Started started);

  pid_t pid_;
  Descriptor handle_;  ///< becomes readable when the process ends (pidfd_open(2))
  Capture out_;
  Capture err_;
  std::optional<int> exit_code_;
};

/// The growth allowed for a program that should hardly grow. AddressSanitizer adds red zones to allocated
/// memory, and keeps freed memory for a while.
constexpr std::size_t growth(std::size_t bytes) {
#ifdef HUBBUB_SANITIZE
  return 16 * bytes;
#else
  return bytes;
#endif
}

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end.
Outcome run(const Command& command);

}  // namespace hubbub::test
