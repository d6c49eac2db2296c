#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "test/support/process.hpp"

/// What a test asks of the machine, which not every machine grants.
namespace hubbub::durability {

/// Says that the test case is not carried out here, and why; ctest counts it as skipped.
void skip(const std::string& why);

/// A file system of so many bytes, mounted there for this process and its children alone until the end of
/// the object. The process must have no other thread.
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

/// Takes what is left of a file system.
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

/// How strace is to meddle with writing to the disk: "delay_exit=50000" (microseconds), "error=EIO".
/// For DaemonOptions::launcher; empty where there is no strace, or it may not be used.
std::vector<std::string> with_syncs(const std::string& injected);
/// The same for any system calls ("pwrite64,fdatasync"); "signal=SIGKILL:when=3" kills at the third of one
/// name that a thread makes, before it is carried out.
std::vector<std::string> with_calls(const std::string& calls, const std::string& injected);

/// The same for a process that runs, until the end of the object; nullptr where that is not possible.
std::unique_ptr<test::Process> meddle_with_syncs(pid_t pid, const std::string& injected);

}  // namespace hubbub::durability
