#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "test/support/process.hpp"

/// Features of the machine that tests use, and that not every machine has.
namespace hubbub::durability {

/// Skips the test case, and prints why; ctest counts it as skipped.
void skip(const std::string& why);

/// A file system of that many bytes, mounted on the directory for this process and its children alone, until
/// the object's end. The process must have only one thread.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path directory, std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// False where mounting is not allowed.
  bool is_mounted() const { return mounted_; }

 private:
  std::filesystem::path directory_;
  bool mounted_;
};

/// Fills a file system with a file.
class Filler {
 public:
  explicit Filler(const std::filesystem::path& directory);
  ~Filler() { remove(); }
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;
  void remove() const;

 private:
  std::filesystem::path file_;
};

/// A strace command, for DaemonOptions::launcher, that tampers with the process's syncs to disk:
/// "delay_exit=50000" (microseconds), "error=EIO". Empty: strace is missing, or not allowed.
std::vector<std::string> with_syncs(const std::string& injected);
/// The same for any system calls ("pwrite64,fdatasync"); "signal=SIGKILL:when=3" kills at the third of one
/// name that a thread makes, before it is carried out.
std::vector<std::string> with_calls(const std::string& calls, const std::string& injected);

/// Does the same to a running process, until the object's end; nullptr where that is not possible.
std::unique_ptr<test::Process> meddle_with_syncs(pid_t pid, const std::string& injected);

}  // namespace hubbub::durability
