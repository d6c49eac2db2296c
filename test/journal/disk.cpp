#include "test/journal/disk.hpp"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

namespace hubbub::test {

/// An open file of the directory. SQLite gives the memory, and the file of the VFS below lies behind it.
struct Disk::File : sqlite3_file {
  Disk* disk = nullptr;
  sqlite3_file* below = nullptr;
  std::size_t number = 0;
  /// SQLite's own VFS for unix syncs the directory with the first sync of a journal or a WAL that may have
  /// been created, see UNIXFILE_DIRSYNC in its os_unix.c. (Nothing else needs that of it.)
  bool sync_directory = false;
  std::int64_t size() const {
    sqlite3_int64 size = 0;
    below->pMethods->xFileSize(below, &size);
    return size;
  }
};

namespace {

constexpr int makes_directory_sync = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;

/// What of the methods goes straight to the file below.
template <auto Method>
struct Pass;
template <class... Arguments, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct Pass<Method> {
  template <class File>
  static int call(sqlite3_file* file, Arguments... arguments) {
    auto* const below = static_cast<File*>(file)->below;
    return (below->pMethods->*Method)(below, arguments...);
  }
};

}  // namespace

// --- the directory

Disk::Disk(const std::filesystem::path& directory)
    : directory_(std::filesystem::canonical(directory)), below_(sqlite3_vfs_find(nullptr)), vfs_(*below_) {
  // The functions that are not replaced do not look at the sqlite3_vfs that they are given.
  vfs_.zName = "hubbub-disk";
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + below_->szOsFile;
  vfs_.pAppData = this;
  vfs_.pNext = nullptr;
  vfs_.xOpen = &Disk::open;
  vfs_.xDelete = &Disk::remove;
  sqlite3_vfs_register(&vfs_, 1);
}

Disk::~Disk() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(below_, 1);
}

int Disk::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& disk = *static_cast<Disk*>(vfs->pAppData);
  const auto here = disk.name_of(name);
  if (here.empty() || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0)
    return disk.below_->xOpen(disk.below_, name, file, flags, out_flags);
  return disk.open_here(name, here, *new (file) File, flags, out_flags);
}

int Disk::open_here(const char* path, const std::string& name, File& file, int flags, int* out_flags) {
  static const sqlite3_io_methods methods{
      .iVersion = 2,  // without memory mapping, past which nothing may be written
      .xClose = &Pass<&sqlite3_io_methods::xClose>::call<File>,
      .xRead = &Pass<&sqlite3_io_methods::xRead>::call<File>,
      .xWrite =
          [](sqlite3_file* self, const void* bytes, int size, sqlite3_int64 offset) {
            auto& f = *static_cast<File*>(self);
            return f.disk->write(f, static_cast<const char*>(bytes), size, offset);
          },
      .xTruncate =
          [](sqlite3_file* self, sqlite3_int64 size) {
            auto& f = *static_cast<File*>(self);
            return f.disk->truncate(f, size);
          },
      .xSync =
          [](sqlite3_file* self, int) {
            auto& f = *static_cast<File*>(self);
            return f.disk->sync(f);
          },
      .xFileSize = &Pass<&sqlite3_io_methods::xFileSize>::call<File>,
      .xLock = &Pass<&sqlite3_io_methods::xLock>::call<File>,
      .xUnlock = &Pass<&sqlite3_io_methods::xUnlock>::call<File>,
      .xCheckReservedLock = &Pass<&sqlite3_io_methods::xCheckReservedLock>::call<File>,
      .xFileControl = &Pass<&sqlite3_io_methods::xFileControl>::call<File>,
      .xSectorSize = &Pass<&sqlite3_io_methods::xSectorSize>::call<File>,
      // Nothing is promised beyond what every disk keeps and what SQLite takes for granted.
      .xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },
      .xShmMap = &Pass<&sqlite3_io_methods::xShmMap>::call<File>,
      .xShmLock = &Pass<&sqlite3_io_methods::xShmLock>::call<File>,
      .xShmBarrier =
          [](sqlite3_file* self) {
            auto* const below = static_cast<File*>(self)->below;
            below->pMethods->xShmBarrier(below);
          },
      .xShmUnmap = &Pass<&sqlite3_io_methods::xShmUnmap>::call<File>,
  };
  const std::lock_guard lock(mutex_);
  file.pMethods = nullptr;
  file.disk = this;
  file.below = static_cast<sqlite3_file*>(static_cast<void*>(&file + 1));
  file.sync_directory = (flags & makes_directory_sync) != 0 && (flags & SQLITE_OPEN_CREATE) != 0;
  auto known = files_.find(name);
  // The VFS itself says of an empty file that it is not there.
  std::error_code unknown;
  if (known != files_.end() && !std::filesystem::exists(path, unknown)) {  // removed past SQLite
    note({.kind = DiskRecord::Kind::remove, .name = name});
    files_.erase(known);
    known = files_.end();
  }
  const int code = below_->xOpen(below_, path, file.below, flags, out_flags);
  // SQLite closes whatever has methods, also when opening it has failed.
  if (file.below->pMethods != nullptr) file.pMethods = &methods;
  if (code != SQLITE_OK) return code;
  if (known == files_.end()) {
    known = files_.emplace(name, created_++).first;
    note({.kind = DiskRecord::Kind::create, .file = known->second, .name = name});
  }
  file.number = known->second;
  return SQLITE_OK;
}

int Disk::remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  auto& disk = *static_cast<Disk*>(vfs->pAppData);
  const auto here = disk.name_of(name);
  if (here.empty()) return disk.below_->xDelete(disk.below_, name, sync_directory);
  return disk.remove_here(name, here, sync_directory != 0);
}

int Disk::remove_here(const char* path, const std::string& name, bool sync_directory) {
  const std::lock_guard lock(mutex_);
  const int code = below_->xDelete(below_, path, 0);
  if (code != SQLITE_OK) return code;
  if (files_.erase(name) != 0) note({.kind = DiskRecord::Kind::remove, .name = name});
  if (!sync_directory) return SQLITE_OK;
  if (failing_) {
    ++failed_;
    return SQLITE_IOERR_DIR_FSYNC;
  }
  note({.kind = DiskRecord::Kind::sync_directory, .since = records_.size()});
  return SQLITE_OK;
}

std::string Disk::name_of(const char* path) const {
  if (path == nullptr) return {};  // a temporary file
  const std::filesystem::path whole(path);
  return whole.parent_path() == directory_ ? whole.filename().string() : std::string();
}

void Disk::note(DiskRecord record) { records_.push_back(std::move(record)); }

std::vector<DiskRecord> Disk::records_so_far() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::size_t Disk::position() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

// --- files

int Disk::write(File& file, const char* bytes, int size, std::int64_t offset) {
  // One order for all: the file is written and the record made in one step.
  const std::lock_guard lock(mutex_);
  if (is_to_fail()) return SQLITE_IOERR_WRITE;
  auto fits = size;
  if (limit_ != unlimited) {
    const auto grows = std::max<std::int64_t>(0, offset + size - file.size());
    const auto total = used();
    const auto room = total >= limit_ ? 0 : static_cast<std::int64_t>(std::min(limit_ - total, limit_));
    fits = std::max(0, size - static_cast<int>(std::max<std::int64_t>(0, grows - room)));
  }
  if (fits > 0) {
    const int code = file.below->pMethods->xWrite(file.below, bytes, fits, offset);
    if (code != SQLITE_OK) return code;
    note({.kind = DiskRecord::Kind::write,
          .file = file.number,
          .offset = static_cast<std::uint64_t>(offset),
          .bytes = std::string(bytes, static_cast<std::size_t>(fits))});
  }
  return fits < size ? SQLITE_FULL : SQLITE_OK;
}

int Disk::truncate(File& file, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  if (is_to_fail()) return SQLITE_IOERR_TRUNCATE;
  const int code = file.below->pMethods->xTruncate(file.below, size);
  if (code != SQLITE_OK) return code;
  note({.kind = DiskRecord::Kind::truncate, .file = file.number, .offset = static_cast<std::uint64_t>(size)});
  return SQLITE_OK;
}

/// The real disk is not asked: what it keeps is for Remains to say.
int Disk::sync(File& file) {
  std::unique_lock lock(mutex_);
  const auto since = records_.size();
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !holding_; });
  --held_;
  if (failing_ || is_to_fail()) {
    ++failed_;
    note({.kind = DiskRecord::Kind::failed_sync, .file = file.number, .since = since});
    return SQLITE_IOERR_FSYNC;
  }
  note({.kind = DiskRecord::Kind::sync, .file = file.number, .since = since});
  if (std::exchange(file.sync_directory, false))
    note({.kind = DiskRecord::Kind::sync_directory, .since = since});
  return SQLITE_OK;
}

// --- faults

bool Disk::is_to_fail() {
  if (!until_failure_) return false;
  if (*until_failure_ > 0) {
    --*until_failure_;
    return false;
  }
  until_failure_.reset();
  has_failed_once_ = true;
  return true;
}

void Disk::fail_once_after(std::size_t operations) {
  const std::lock_guard lock(mutex_);
  until_failure_ = operations;
  has_failed_once_ = false;
}

bool Disk::has_failed_once() const {
  const std::lock_guard lock(mutex_);
  return has_failed_once_;
}

void Disk::fail_no_more() {
  const std::lock_guard lock(mutex_);
  until_failure_.reset();
}

void Disk::limit(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  limit_ = bytes;
}

std::uint64_t Disk::used() const {
  std::uint64_t sum = 0;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(directory_, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code gone;
    if (!entry->is_regular_file(gone)) continue;
    const auto size = entry->file_size(gone);
    if (!gone) sum += size;
  }
  return sum;
}

void Disk::fail_syncs(bool fail) {
  const std::lock_guard lock(mutex_);
  failing_ = fail;
}

std::size_t Disk::failed_syncs() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void Disk::hold_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void Disk::wait_for_sync() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return holding_ && held_ > 0; });
}

void Disk::release_syncs() {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  changed_.notify_all();
}

}  // namespace hubbub::test
