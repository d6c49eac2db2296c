#pragma once

#include <sys/types.h>

#include <cstdint>

namespace hubbub::load {

/// What the system tells of the server's process, whichever it is. A std::runtime_error when there is no such
/// process.
class Process {
 public:
  explicit Process(pid_t id);

  /// Processor time that all its threads have used, in nanoseconds.
  std::uint64_t processor_time() const;
  /// Memory of its own that is resident, in bytes (RssAnon): what connections make it grow by.
  std::uint64_t memory() const;
  /// All that is resident, in bytes (VmRSS), the program's own pages with it.
  std::uint64_t resident() const;

 private:
  std::uint64_t status(const char* field) const;

  pid_t id_;
  clockid_t clock_ = 0;
};

/// How many were running or waiting for a processor, on average over the last minute.
double load_average();

}  // namespace hubbub::load
