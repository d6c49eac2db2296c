#include "server/tools/restore.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/state_directory.hpp"
#include "server/tools/check.hpp"
#include "server/tools/files.hpp"
#include "server/tools/interruption.hpp"
#include "server/tools/open_journal.hpp"

namespace hubbub::tools {
namespace {

namespace fs = std::filesystem;
namespace sqlite = journal::sqlite;
using sqlite::Database;
using sqlite::DatabaseError;

constexpr mode_t read_and_write = 0666;

void rename_or_throw(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return;
  throw std::runtime_error("cannot move " + from + " to " + to + ": " + std::strerror(errno));
}

/// Checks a journal; what is in it. `called` is what to call it where it is not good.
Tally require_good(Database& database, const std::string& called) {
  std::size_t faults = 0;
  std::string first;
  const auto tally = check(database, [&](const std::string& fault) {
    if (faults++ == 0) first = fault;
  });
  if (faults == 0) return tally;
  throw std::runtime_error(called + " is damaged (" + first +
                           (faults > 1 ? ", and " + std::to_string(faults - 1) + " faults more" : "") +
                           ") and is not restored; `hubbubd verify FILE` tells more");
}

/// Who has the state directory, and whom it lets in.
class Owner {
 public:
  explicit Owner(const std::string& directory) {
    if (stat(directory.c_str(), &directory_) != 0) refuse_to_write(directory, errno);
    if (geteuid() == 0 || geteuid() == directory_.st_uid) return;
    throw std::runtime_error(
        "the state directory " + directory +
        " belongs to somebody else; run this as the user that the daemon runs as, or as root");
  }
  void give(const std::string& path, bool is_directory) const {
    const auto mode = directory_.st_mode & (is_directory ? mode_t{0777} : read_and_write);
    const bool given = chown(path.c_str(), directory_.st_uid, directory_.st_gid) == 0 || geteuid() != 0;
    if (!given || chmod(path.c_str(), mode) != 0) refuse_to_write(path, errno);
  }

 private:
  struct stat directory_ {};
};

/// The copy, until it is the journal. What is not ready by the end is gone; what is, stays, so that no daemon
/// starts without it.
class Copy {
 public:
  explicit Copy(const std::string& directory)
      : path_(sqlite::journal_file(directory) + ".copy"), ready_(sqlite::restored_file(directory)) {
    remove();  // what was left by one that was killed
    // SQLite writes into an empty file as into one that it makes, and what people say is for nobody else.
    const int made = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0) refuse_to_write(path_, errno);
    close(made);
  }
  ~Copy() { remove(); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  const std::string& path() const { return path_; }

  Tally make(Database& from, const Owner& owner) const {
    const Interruption interruption;
    const Database::Watch watch(from, interruption.came());
    try {
      sqlite::Statement(from, "VACUUM INTO ?").run(path_);
    } catch (const DatabaseError& error) {
      interruption.check();
      if (error.is_damaged()) throw;
      throw std::runtime_error("cannot copy " + from.path() + " to " + path_ + ": " + error.what() +
                               "; what was there is as it was");
    }
    Database copied(path_, Database::Access::read);
    const auto tally = require_good(copied, "the copy of " + from.path());
    owner.give(path_, false);
    sync(path_);
    interruption.check();
    return tally;
  }
  void get_ready() const {
    rename_or_throw(path_, ready_);
    sync_directory_of(ready_);
  }
  /// What was there is there still.
  void give_up() const { unlink(ready_.c_str()); }
  void place(const std::string& journal) const {
    rename_or_throw(ready_, journal);
    sync_directory_of(journal);
  }

 private:
  void remove() const {
    for (const auto& path : {path_, path_ + "-journal"}) unlink(path.c_str());
  }

  std::string path_;
  std::string ready_;
};

/// The directory for what was there, and the date in its name; one that is there stays as it is.
std::string make_dated_directory(const std::string& directory, const Owner& owner) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::string date(32, '\0');
  date.resize(std::strftime(date.data(), date.size(), "%Y-%m-%dT%H%M%SZ", &utc));
  const auto first = directory + "/before-restore-" + date;
  auto path = first;
  for (int again = 2; mkdir(path.c_str(), 0700) != 0; ++again) {
    if (errno != EEXIST) refuse_to_write(path, errno);
    path = first + "-" + std::to_string(again);
  }
  owner.give(path, true);
  return path;
}

/// Moves what is there into a directory of its own, whose name it returns; empty when there is nothing. All
/// of it, or nothing, and then the copy is given up.
std::string move_away(const std::string& directory, const Owner& owner, const Copy& copy) {
  std::vector<std::string> names;
  for (const auto& file : {sqlite::journal_file(directory), sqlite::search_file(directory)}) {
    for (const char* beside : {"", "-wal", "-shm", "-journal"}) {
      if (access((file + beside).c_str(), F_OK) == 0) names.push_back(fs::path(file + beside).filename());
    }
  }
  if (names.empty()) return {};
  const auto away = make_dated_directory(directory, owner);
  std::vector<std::string> moved;
  try {
    for (const auto& name : names) {
      rename_or_throw(directory + '/' + name, away + '/' + name);
      moved.push_back(name);
    }
    sync(away);
    sync(directory);
  } catch (...) {
    for (const auto& name : moved) std::rename((away + '/' + name).c_str(), (directory + '/' + name).c_str());
    rmdir(away.c_str());
    copy.give_up();
    throw;
  }
  return away;
}

void require_another_file(const std::string& file, const std::string& directory) {
  struct stat named {};
  if (stat(file.c_str(), &named) != 0)
    throw std::runtime_error("cannot read " + file + ": " + std::strerror(errno) + "; name a backup");
  if (!S_ISREG(named.st_mode)) throw std::runtime_error(file + " is no file; name a backup");
  if (sqlite::identity_of(file) == sqlite::identity_of(sqlite::journal_file(directory)))
    throw std::runtime_error(file + " is the journal itself; name a backup of it");
}

void require_known(const std::string& directory) {
  if (!directory.empty()) return;
  throw std::runtime_error(
      "no state directory is known; name it with --state-dir DIR, or name the configuration that does with "
      "--config FILE");
}

}  // namespace

int restore(const std::string& directory, const std::string& file) {
  require_known(directory);
  require_another_file(file, directory);
  const sqlite::StateDirectory state(directory);
  const Owner owner(directory);
  owner.give(sqlite::lock_file(directory), false);  // for the daemon to open
  const Copy copy(directory);
  const auto journal = sqlite::journal_file(directory);
  Tally tally;
  try {
    auto database = open_journal(file);
    require_good(database, file);
    tally = copy.make(database, owner);
  } catch (const DatabaseError& error) {
    throw std::runtime_error(file + " is damaged (" + error.what() +
                             ") and is not restored; name another backup");
  }
  copy.get_ready();
  const auto away = move_away(directory, owner, copy);
  copy.place(journal);
  if (state.was_made()) std::printf("the state directory %s was not there and is made\n", directory.c_str());
  if (!away.empty()) std::printf("what was there is in %s\n", away.c_str());
  std::printf("%s is restored from %s: %s\n", journal.c_str(), file.c_str(), tally.text().c_str());
  return 0;
}

}  // namespace hubbub::tools
