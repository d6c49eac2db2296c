#include "server/tools/restore.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/state_directory.hpp"
#include "server/tools/check.hpp"
#include "server/tools/files.hpp"
#include "server/tools/interruption.hpp"
#include "server/tools/open_journal.hpp"
#include "server/tools/owner.hpp"

namespace hubbub::tools {
namespace {

namespace fs = std::filesystem;
namespace sqlite = journal::sqlite;
using sqlite::Database;
using sqlite::DatabaseError;

constexpr mode_t file_for_the_user = 0600;

/// Checks a journal; returns its counts. `called`: its name in the sentence for faults.
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

/// The copy lacks what clients have seen since the backup was made: to them it is another journal
/// (Journal::epoch).
void begin_epoch(const std::string& path) {
  const Database database(path, Database::Access::write);
  database.execute("INSERT OR REPLACE INTO meta VALUES('epoch', random())");
}

/// The copy while it is being made.
std::string copy_file(const std::string& journal) { return journal + ".copy"; }

/// The copy, until it is the journal. At the end it is removed unless it is ready; a ready copy stays, so
/// that no daemon starts without it.
class Copy {
 public:
  explicit Copy(const std::string& journal)
      : journal_(journal), path_(copy_file(journal)), ready_(sqlite::restored_file(journal)) {
    remove();  // left by a restore that was killed
    // An empty file is a new database to SQLite; made here for this user alone, as messages are private.
    const int made = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_for_the_user);
    if (made < 0) refuse_to_write(path_, errno);
    close(made);
  }
  ~Copy() { remove(); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  Tally make(Database& from) const {
    const Interruption interruption;
    const Database::Watch watch(from, interruption.came());
    try {
      sqlite::Statement(from, "VACUUM INTO ?").run(path_);
      begin_epoch(path_);
    } catch (const DatabaseError& error) {
      interruption.check();
      if (error.is_damaged()) throw;
      throw std::runtime_error("cannot copy " + from.path() + " to " + path_ + ": " + error.what() +
                               "; what was there is as it was");
    }
    Database copied(path_, Database::Access::read);
    const auto tally = require_good(copied, "the copy of " + from.path());
    sync(path_);
    interruption.check();
    return tally;
  }
  /// Makes the copy ready. It gets the time of an earlier ready copy: that of the restore which has begun to
  /// put the old files away.
  void get_ready() const {
    std::error_code error;
    if (const auto before = fs::last_write_time(ready_, error); !error)
      fs::last_write_time(path_, before, error);
    rename_or_throw(path_, ready_);
    sync_directory_of(ready_);
  }
  /// When the first copy of a restore that was interrupted was ready, in seconds since 1970.
  std::optional<std::time_t> ready_since() const {
    struct stat found {};
    if (stat(ready_.c_str(), &found) != 0) return std::nullopt;
    return found.st_mtime;
  }
  void give_up() const { unlink(ready_.c_str()); }
  void place() const {
    rename_or_throw(ready_, journal_);
    sync_directory_of(journal_);
  }

 private:
  void remove() const {
    for (const auto& path : {path_, path_ + "-journal"}) unlink(path.c_str());
  }

  const std::string journal_;
  const std::string path_;
  const std::string ready_;
};

/// Puts the copy in the place of the old files, and returns the folder with these, also when an interrupted
/// restore has moved them there; empty when there were none.
std::string exchange(const std::string& directory, const Copy& copy, const Step& step) {
  const auto begun = copy.ready_since();
  if (!begun) date_unfinished(directory);
  std::string away;
  try {
    copy.get_ready();
    step();
    away = put_away(directory, step);
    if (away.empty() && begun) away = put_away_since(directory, *begun);
  } catch (...) {
    // Without the journal and the copy a daemon would begin a new journal.
    if (put_back(directory)) copy.give_up();
    throw;
  }
  sync(directory);
  copy.place();
  step();
  return away;
}

void require_another_file(const std::string& file, const std::string& directory) {
  struct stat named {};
  if (stat(file.c_str(), &named) != 0)
    throw std::runtime_error("cannot read " + file + ": " + std::strerror(errno) + "; name a backup");
  if (!S_ISREG(named.st_mode)) throw std::runtime_error(file + " is no file; name a backup");
  const auto journal = sqlite::journal_file(directory);
  if (sqlite::identity_of(file) == sqlite::identity_of(journal))
    throw std::runtime_error(file + " is the journal itself; name a backup of it");
  if (sqlite::identity_of(file) == sqlite::identity_of(copy_file(journal))) {
    throw std::runtime_error(file +
                             " is what a restore that was interrupted has left of its copy; name the backup");
  }
  const auto folder = sqlite::identity_of(unfinished_folder(directory));
  if (folder != sqlite::FileIdentity{} &&
      folder == sqlite::identity_of(fs::absolute(file).parent_path().native())) {
    throw std::runtime_error(file + " is being kept by a restore that was interrupted; restore " +
                             sqlite::restored_file(journal) +
                             " first, and then this from the folder that has the date in its name");
  }
}

/// For root: throws a sentence when the owner, with whose rights root reads now, may not.
void require_readable(const std::string& file, const Owner& owner) {
  if (faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) == 0) return;
  const auto reason = std::string(std::strerror(errno));
  const auto user = std::to_string(owner.user());
  throw std::runtime_error(
      "cannot read " + file + " with the rights of user " + user + " (" + reason +
      "), who owns the state directory and can exchange what has that name; move it to a "
      "folder that root alone can change, or give it to him (chown -h " +
      user + " " + file + ")");
}

sqlite::StateDirectory lock(const std::string& directory, const Owner& owner) {
  const RightsOf rights(owner);
  return sqlite::StateDirectory(directory);
}

/// Reads with root's own rights, since a backup may be for root alone, unless the owner decides which file
/// the name leads to.
Database open_backup(const std::string& file, const Owner& owner) {
  std::optional<RightsOf> rights;
  if (owner.rules(file)) rights.emplace(owner);
  if (rights && rights->are_taken()) require_readable(file, owner);
  auto database = open_journal(file);
  require_good(database, file);
  return database;
}

/// Prints that root has made the directory, whose owner is not known.
void tell_made(const std::string& directory, const Owner& owner) {
  std::printf("the state directory %s was not there and is made", directory.c_str());
  if (owner.user() == root) {
    std::printf(", for root alone; if the daemon runs as another user, give it to him: chown -R USER %s",
                directory.c_str());
  }
  std::printf("\n");
}

int restore_into(const std::string& directory, const std::string& file, const Step& step) {
  const bool was_made = sqlite::make_state_directory(directory);
  const Owner owner(directory);
  owner.require_rights();
  if (was_made) tell_made(directory, owner);
  const auto state = lock(directory, owner);
  std::optional<RightsOf> rights;  // built before the backup, which is closed with these rights in any case
  auto backup = open_backup(file, owner);
  rights.emplace(owner);
  const auto journal = sqlite::journal_file(directory);
  const Copy copy(journal);
  const auto tally = copy.make(backup);
  const auto away = exchange(directory, copy, step);
  if (!away.empty()) std::printf("what was there is in %s\n", away.c_str());
  std::printf("%s is restored from %s: %s\n", journal.c_str(), file.c_str(), tally.text().c_str());
  return 0;
}

}  // namespace

int restore(const std::string& directory, const std::string& file, const Step& step) {
  require_known(directory);
  require_another_file(file, directory);
  try {
    return restore_into(directory, file, step);
  } catch (const DatabaseError& error) {
    throw std::runtime_error(file + " is damaged (" + error.what() +
                             ") and is not restored; name another backup");
  }
}

}  // namespace hubbub::tools
