#include "server/tools/open_journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "server/journal/sqlite/log_stamp.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/state_directory.hpp"

namespace hubbub::tools {
namespace {

using journal::sqlite::Database;
using journal::sqlite::DatabaseError;

constexpr const char* whom_to_be = "; run this as the user that the daemon runs as, or as root";

[[noreturn]] void refuse(const std::string& path, const std::string& why, bool permission) {
  throw std::runtime_error("cannot read " + path + ": " + why + (permission ? whom_to_be : ""));
}

/// With the effective rights, which differ from the real ones while root has an owner's.
bool may(int mode, const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

/// A FIFO would keep SQLite waiting; a hard link beside the journal to another file would be given away or
/// written when root reads another user's journal.
void require_files(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode))
    throw std::runtime_error(path + " is no file; move it away, or name another");
  for (const char* const suffix : {"-wal", "-shm", "-journal"}) {
    const auto beside = path + suffix;
    if (lstat(beside.c_str(), &found) != 0) continue;
    if (S_ISREG(found.st_mode) && found.st_nlink <= 1) continue;
    throw std::runtime_error(
        beside + " is not a file with one name; whoever has put it there is not to be trusted: move it away");
  }
}

Database open(const std::string& path, Database::Access access) {
  Database database(path, access);
  journal::sqlite::require_journal(database);
  return database;
}

/// Opens a journal where no file can be made beside it; `why`: SQLite's error.
Database open_alone(const std::string& path, const char* why) {
  if (journal::sqlite::has_log(path)) {
    refuse(path,
           std::string("nothing can be written beside it (") + why +
               "), and what was said last is still in " + path +
               "-wal; copy both files to where you can write, and "
               "name the copy",
           false);
  }
  return open(path, Database::Access::immutable);
}

}  // namespace

void require_known(const std::string& directory) {
  if (!directory.empty()) return;
  throw std::runtime_error(
      "no state directory is known; name it with --state-dir DIR, or name the configuration that does with "
      "--config FILE");
}

std::string journal_in(const std::string& directory) {
  require_known(directory);
  auto path = journal::sqlite::journal_file(directory);
  journal::sqlite::require_restored(path);
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    throw std::runtime_error("there is no journal in " + directory +
                             "; name the daemon's state directory with --state-dir DIR, or its configuration "
                             "with --config FILE");
  }
  return path;
}

Database open_journal(const std::string& path) {
  if (!may(R_OK, path)) refuse(path, std::strerror(errno), errno == EACCES);
  require_files(path);
  journal::sqlite::require_restored(path);
  journal::sqlite::require_own_log(path);
  try {
    return open(path, Database::Access::read);
  } catch (const DatabaseError& error) {
    if (error.is_damaged()) throw;
    const auto directory = std::filesystem::absolute(path).parent_path();
    if (may(W_OK, directory)) refuse(path, error.what(), !may(W_OK, path));
  }
  const char* const why = std::strerror(errno);
  try {
    return open_alone(path, why);
  } catch (const DatabaseError& error) {
    if (error.is_damaged()) throw;
    refuse(path, error.what(), false);
  }
}

}  // namespace hubbub::tools
