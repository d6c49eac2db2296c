#include "server/journal/sqlite/state_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "server/journal/sqlite/schema.hpp"

namespace hubbub::journal::sqlite {
namespace {

// As large as the log may be when a checkpoint is due.
constexpr std::uintmax_t most_spare_bytes = std::uintmax_t{4} * 1024 * 1024;
constexpr std::uintmax_t fewest_spare_bytes = std::uintmax_t{32} * 1024;
constexpr mode_t for_the_user = 0700;
constexpr mode_t file_for_the_user = 0600;
// Somebody may have left a pipe under the name of a file: opening that would wait for its other end
// (fifo(7)).
constexpr int never_waiting = O_NONBLOCK | O_CLOEXEC;

std::string reason() { return std::strerror(errno); }

void sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

/// Makes the missing folders of a path, and syncs them, to last after a power cut; returns whether any was
/// missing.
bool make(const std::filesystem::path& path) {
  if (path.empty() || ::access(path.c_str(), F_OK) == 0) return false;
  make(path.parent_path());
  if (::mkdir(path.c_str(), for_the_user) != 0 && errno != EEXIST) {
    throw Unusable("cannot make the state directory " + path.string() + ": " + reason());
  }
  sync_directory(path.has_parent_path() ? path.parent_path().string() : ".");
  return true;
}

/// The reason is errno.
[[noreturn]] void refuse_directory(const std::string& directory) {
  throw Unusable("cannot write in the state directory " + directory + ": " + reason() + "; let user " +
                 std::to_string(::geteuid()) + " write there, or name another with --state-dir");
}

/// The lock file is emptied, perhaps by root: so it must not be a link, nor have another name.
int open_lock(const std::string& path) {
  const int lock =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, file_for_the_user);
  const int error = lock < 0 ? errno : 0;
  if (error != 0 && error != ELOOP) {
    const auto give =
        error == EACCES ? "give it to user " + std::to_string(::geteuid()) + " with chown, or " : "";
    throw Unusable("cannot write " + path + ": " + std::strerror(error) + "; " + give +
                   "name another state directory with --state-dir");
  }
  struct stat file {};
  if (error == 0 && ::fstat(lock, &file) == 0 && S_ISREG(file.st_mode) && file.st_nlink == 1) return lock;
  if (error == 0) ::close(lock);
  throw Unusable(path + " is not a file with one name; remove it");
}

std::string owner(int lock) {
  std::array<char, 32> text{};
  const auto length = ::pread(lock, text.data(), text.size(), 0);
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "unknown";
}

}  // namespace

bool make_state_directory(const std::string& path) { return make(path); }

StateDirectory::StateDirectory(std::string path) : path_(std::move(path)), was_made_(make(path_)) {
  std::error_code unknown;
  const auto found = std::filesystem::status(path_, unknown);
  if (std::filesystem::exists(found) && !std::filesystem::is_directory(found)) {
    throw Unusable("the state directory " + path_ + " is no directory; name another with --state-dir");
  }
  // Existing files may be writable even so, but new ones cannot be made.
  if (::faccessat(AT_FDCWD, path_.c_str(), W_OK | X_OK, AT_EACCESS) != 0) refuse_directory(path_);
  lock_ = open_lock(lock_file(path_));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const auto other = owner(lock_);
    ::close(lock_);
    throw Unusable("the state directory " + path_ + " is in use by another hubbubd (process " + other +
                   "); stop that one, or choose another with --state-dir");
  }
  // For the message of a process that is turned away; without it, on a full disk, the message says less.
  const auto number = std::to_string(::getpid());
  if (::ftruncate(lock_, 0) == 0) (void)!::pwrite(lock_, number.data(), number.size(), 0);
}

StateDirectory::~StateDirectory() { ::close(lock_); }

void require_restored(const std::string& journal) {
  const auto restored = restored_file(journal);
  struct stat file {};
  if (::lstat(restored.c_str(), &file) != 0) return;
  throw Unusable("a restore of " + journal +
                 " was interrupted; run `hubbubd restore` again, with the backup or with " + restored +
                 ", which is a copy of it");
}

void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | never_waiting, file_for_the_user);
  if (file >= 0) ::close(file);
}

std::uintmax_t size_of(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  return missing ? 0 : size;
}

std::uintmax_t available_bytes(const std::string& directory) {
  struct statvfs disk {};
  if (::statvfs(directory.c_str(), &disk) != 0) return 0;
  return std::uintmax_t{disk.f_bavail} * disk.f_frsize;
}

FileIdentity identity_of(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return {};
  return {file.st_dev, file.st_ino};
}

int reason_not_to_write(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | never_waiting);
  if (file < 0) return errno;
  ::close(file);
  const auto trial = path + "-trial";
  const int beside = ::open(trial.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | never_waiting, file_for_the_user);
  if (beside < 0) return errno;
  ::close(beside);
  ::unlink(trial.c_str());
  return 0;
}

void Spare::take() {
  const auto has = size_of(path_);
  if (has == most_spare_bytes) return;
  const auto folder = std::filesystem::path(path_).parent_path();
  const auto wanted = std::min((available_bytes(folder) + has) / 4, most_spare_bytes);
  // Not for a small difference: the daemon itself changes how much is free.
  if (wanted < fewest_spare_bytes || wanted < has * 2) return;
  const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | never_waiting, file_for_the_user);
  if (fd < 0) return;
  const bool taken = ::posix_fallocate(fd, 0, static_cast<off_t>(wanted)) == 0;
  ::close(fd);
  if (!taken) ::unlink(path_.c_str());
}

bool Spare::release() { return ::unlink(path_.c_str()) == 0; }

}  // namespace hubbub::journal::sqlite
