#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace hubbub::journal::sqlite {

/// Makes a state directory, for this user alone, where there is none; whether it has. Throws Unusable.
bool make_state_directory(const std::string& path);

/// The folder with everything that survives, held for one daemon, or for who restores a journal: made if it
/// is not there, and locked (flock(2)) for as long as the object, and so the process, lives.
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

/// Throws Unusable when a restore of that journal has begun and not come to its end: what is there by its
/// name may be without its log, or be nothing.
void require_restored(const std::string& journal);

/// Makes an empty file, for this user alone, where there is none; what goes wrong SQLite tells when it opens
/// it. SQLite gives what it makes beside a database the mode of that.
void make_private_file(const std::string& path);

/// Which file it is that has a name, as of now: device and inode (stat(2)); zeros when there is none.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
FileIdentity identity_of(const std::string& path);

/// Why this process cannot write to a file that is there, or make another beside it: errno, or 0 if it seems
/// that it can.
int reason_not_to_write(const std::string& path);

/// Bytes of a file; 0: there is none.
std::uintmax_t size_of(const std::string& path);
/// Bytes that this user may still write there.
std::uintmax_t available_bytes(const std::string& directory);

/// Room on the disk that is kept to be given up: when the disk is full, a checkpoint then still succeeds,
/// and so do the few writes that make the log small again.
class Spare {
 public:
  explicit Spare(std::string path) : path_(std::move(path)) {}
  /// Takes it, or more of it: a quarter of what there is and 4 MiB at most; without complaint if that is next
  /// to nothing.
  void take();
  /// Gives it up; whether there was any.
  bool release();

 private:
  std::string path_;
};

}  // namespace hubbub::journal::sqlite
