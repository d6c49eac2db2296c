#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "test/journal/disk_record.hpp"

namespace hubbub::test {

/// Stands between SQLite and one directory: notes in one order what all connections and threads do to the
/// files in it, and fails or waits when it is told to. Remains tells what a power cut may leave of it.
///
/// While it exists it is SQLite's default VFS (https://sqlite.org/vfs.html) on top of the one before.
/// Files elsewhere are that one's alone. The directory should be empty at first; what is done to it past
/// SQLite is not noted, and counts only towards limit().
class Disk {
 public:
  explicit Disk(const std::filesystem::path& directory);
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  /// Every connection to the directory must have been closed.
  ~Disk();

  const std::filesystem::path& directory() const { return directory_; }

  /// How many records there are. What has been promised by now must survive every cut at this number of
  /// records or later.
  std::size_t position() const;
  /// Not to be held while anything writes.
  const std::vector<DiskRecord>& records() const { return records_; }

  /// The same, as they are now, while something may write.
  std::vector<DiskRecord> records_so_far() const;

  /// The files of the directory together may not grow beyond so many bytes: a write takes what fits of it
  /// and then finds the disk full. What is there may be overwritten.
  void limit(std::uint64_t bytes);
  void unlimit() { limit(unlimited); }
  /// How many bytes the files of the directory have together.
  std::uint64_t used() const;

  /// Whether every sync fails from now on. What such a sync should have made durable stays in doubt for
  /// good, as on Linux: a later one that succeeds does not see it (https://lwn.net/Articles/752063/).
  void fail_syncs(bool fail);
  /// How many syncs have failed so far.
  std::size_t failed_syncs() const;

  /// The write, truncation or sync after that many of them from now on fails with an error, and no other:
  /// what it should have written is not there.
  void fail_once_after(std::size_t operations);
  /// Whether that one has come.
  bool has_failed_once() const;
  /// It does not come any more.
  void fail_no_more();

  /// Every sync waits from now on, until it is released.
  void hold_syncs();
  /// Returns once a sync waits.
  void wait_for_sync() const;
  void release_syncs();

 private:
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  struct File;
  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags);
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory);

  int open_here(const char* path, const std::string& name, File& file, int flags, int* out_flags);
  int remove_here(const char* path, const std::string& name, bool sync_directory);
  int write(File& file, const char* bytes, int size, std::int64_t offset);
  int truncate(File& file, std::int64_t size);
  int sync(File& file);
  /// Whether this operation is the one that fails.
  bool is_to_fail();

  /// The name of a file of the directory itself; empty for others.
  std::string name_of(const char* path) const;
  void note(DiskRecord record);

  std::filesystem::path directory_;
  sqlite3_vfs* below_;
  sqlite3_vfs vfs_;

  mutable std::mutex mutex_;  ///< of all below
  std::vector<DiskRecord> records_;
  std::map<std::string, std::size_t, std::less<>> files_;  ///< the number of each that has a name
  std::size_t created_ = 0;
  std::uint64_t limit_ = unlimited;
  bool failing_ = false;
  std::size_t failed_ = 0;
  std::optional<std::size_t> until_failure_;  ///< operations that succeed before the one that fails
  bool has_failed_once_ = false;
  bool holding_ = false;
  std::size_t held_ = 0;
  mutable std::condition_variable changed_;  ///< holding_ or held_
};

}  // namespace hubbub::test
