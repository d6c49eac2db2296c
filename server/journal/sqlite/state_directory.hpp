#pragma once

#include <cstdint>
#include <string>

namespace hubbub::journal::sqlite {

/// The folder with everything that survives, held for one daemon: made if it is not there (for this user
/// alone), and locked (flock(2)) for as long as the object, and so the process, lives.
class StateDirectory {
 public:
  /// Throws Unusable: it cannot be made, or another daemon has it.
  explicit StateDirectory(std::string path);
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;
  ~StateDirectory();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int lock_ = -1;
};

/// Bytes that this user may still write there.
std::uintmax_t available_bytes(const std::string& directory);

/// Room on the disk that is kept to be given up: when the disk is full, a checkpoint then still succeeds,
/// and so do the few writes that make the log small again.
class Spare {
 public:
  explicit Spare(std::string path) : path_(std::move(path)) {}
  /// Takes it, a quarter of what there is and 4 MiB at most; without complaint if that is next to nothing.
  void take();
  /// Gives it up; whether there was any.
  bool release();

 private:
  std::string path_;
  bool taken_ = false;
};

}  // namespace hubbub::journal::sqlite
