#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace hubbub::journal::sqlite {

/// Makes a state directory, for this user alone, where there is none; returns whether it has. Throws
/// Unusable.
bool make_state_directory(const std::string& path);

/// The folder with everything that outlives the process, held by one daemon or one restore: made if it is not
/// there, and locked (flock(2)) as long as the object, and so the process, lives.
class StateDirectory {
 public:
  /// Throws Unusable: it cannot be made, or another daemon has it.
  explicit StateDirectory(std::string path);
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;
  ~StateDirectory();

  const std::string& path() const { return path_; }
  /// It was not there.
  bool was_made() const { return was_made_; }

 private:
  std::string path_;
  bool was_made_;
  int lock_ = -1;
};

/// Throws Unusable when a restore of that journal has begun and not ended: the journal may be missing, or be
/// without its log.
void require_restored(const std::string& journal);

/// Makes an empty file, for this user alone, where there is none; errors show when SQLite opens it. Files
/// that SQLite makes beside a database get the mode of the database.
void make_private_file(const std::string& path);

/// The file that has a name now: device and inode (stat(2)); zeros when there is none.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
FileIdentity identity_of(const std::string& path);

/// Why this process cannot write to an existing file, or make another beside it: errno, or 0 if it seems that
/// it can.
int reason_not_to_write(const std::string& path);

/// Bytes of a file; 0: there is none.
std::uintmax_t size_of(const std::string& path);
/// Bytes that this user may still write there.
std::uintmax_t available_bytes(const std::string& directory);

/// Spare space, held on the disk: when the disk is full, a checkpoint then still succeeds, and so do the few
/// writes that make the log small again.
class Spare {
 public:
  explicit Spare(std::string path) : path_(std::move(path)) {}
  /// Takes the space, or more of it: a quarter of what is free, and 4 MiB at most; does nothing if that is
  /// less than 32 KiB.
  void take();
  /// Gives the space back; returns whether there was any.
  bool release();

 private:
  std::string path_;
};

}  // namespace hubbub::journal::sqlite
