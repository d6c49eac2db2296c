#include "server/tools/open_journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "server/journal/sqlite/schema.hpp"

namespace hubbub::tools {
namespace {

using journal::sqlite::Database;
using journal::sqlite::DatabaseError;

constexpr const char* whom_to_be = "; run this as the user that the daemon runs as, or as root";

[[noreturn]] void refuse(const std::string& path, const std::string& why, bool permission) {
  throw std::runtime_error("cannot read " + path + ": " + why + (permission ? whom_to_be : ""));
}

}  // namespace

std::string journal_in(const std::string& directory) {
  if (directory.empty()) {
    throw std::runtime_error(
        "no state directory is known; name it with --state-dir DIR, or name the configuration that does with "
        "--config FILE");
  }
  auto path = journal::sqlite::journal_file(directory);
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    throw std::runtime_error("there is no journal in " + directory +
                             "; name the daemon's state directory with --state-dir DIR, or its configuration "
                             "with --config FILE");
  }
  return path;
}

Database open_journal(const std::string& path) {
  if (access(path.c_str(), R_OK) != 0) refuse(path, std::strerror(errno), errno == EACCES);
  try {
    Database database(path, Database::Access::read);
    journal::sqlite::require_journal(database);
    return database;
  } catch (const DatabaseError& error) {
    if (error.is_damaged()) throw;
    refuse(path, error.what(), access(path.c_str(), W_OK) != 0);
  }
}

}  // namespace hubbub::tools
