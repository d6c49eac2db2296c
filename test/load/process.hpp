#pragma once

#include <sys/types.h>

#include <cstdint>

namespace hubbub::load {

/// The system's figures for a server's process. Errors: std::runtime_error, when there is no such process.
class Process {
 public:
  explicit Process(pid_t id);

  /// Processor time that all its threads have used, in nanoseconds.
  std::uint64_t processor_time() const;
  /// Resident anonymous memory, in bytes (RssAnon), which grows with connections.
  std::uint64_t memory() const;
  /// All resident memory, in bytes (VmRSS), the program's own pages included.
  std::uint64_t resident() const;

 private:
  std::uint64_t status(const char* field) const;

  pid_t id_;
  clockid_t clock_ = 0;
};

/// The average number of processes running or waiting for a processor in the last minute.
double load_average();

}  // namespace hubbub::load
