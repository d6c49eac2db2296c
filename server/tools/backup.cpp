#include "server/tools/tools.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/tools/check.hpp"
#include "server/tools/files.hpp"
#include "server/tools/interruption.hpp"
#include "server/tools/open_journal.hpp"
#include "server/tools/owner.hpp"

namespace hubbub::tools {
namespace {

namespace fs = std::filesystem;
using journal::sqlite::Database;
using journal::sqlite::DatabaseError;
using journal::sqlite::Statement;

/// The file that becomes the backup: in the same folder, so that it gets its name in one step; readable by
/// its owner alone, as messages are private. Removed at the end unless place() was called.
class Draft {
 public:
  explicit Draft(const std::string& file) : path_(file + ".XXXXXX") {
    const int descriptor = mkostemp(path_.data(), O_CLOEXEC);
    if (descriptor < 0) refuse_to_write(file, errno);
    close(descriptor);
  }
  ~Draft() {
    unlink(path_.c_str());
    unlink((path_ + "-journal").c_str());  // SQLite leaves it after a failed write
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& path() const { return path_; }

  /// Gives the file, whose content must be on the disk, its name, unless that exists.
  void place(const std::string& file) const {
    int failed = link(path_.c_str(), file.c_str());
    // FAT and similar file systems have no hard links.
    if (failed != 0 && (errno == EPERM || errno == EOPNOTSUPP))
      failed = renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE);
    if (failed != 0) refuse_to_write(file, errno);
    sync_directory_of(file);
  }

 private:
  std::string path_;
};

void copy(Database& journal, const std::string& draft, const std::string& file,
          const Interruption& interruption) {
  const Database::Watch watch(journal, interruption.came());
  try {
    Statement(journal, "VACUUM INTO ?").run(draft);
  } catch (const DatabaseError& error) {
    interruption.check();
    if (error.is_damaged()) throw;
    throw std::runtime_error("cannot copy " + journal.path() + " to " + file + ": " + error.what());
  }
}

/// If the owner of the state directory also owns the folder of the backup, root takes the owner's rights: so
/// the backup belongs to the owner, who can restore it.
void take_rights(std::optional<RightsOf>& rights, const std::string& journal, const std::string& file) {
  const Owner owner(fs::absolute(journal).parent_path());
  if (owner.has(fs::absolute(file).parent_path())) rights.emplace(owner);
}

}  // namespace

int backup(const std::string& journal, const std::string& file) {
  struct stat there {};
  if (lstat(file.c_str(), &there) == 0) refuse_to_write(file, EEXIST);
  try {
    std::optional<RightsOf> rights;  // built before the journal, which is closed with these rights
    auto database = open_journal(journal);
    take_rights(rights, journal, file);
    const Interruption interruption;
    const Draft draft(file);
    copy(database, draft.path(), file, interruption);
    Database copied(draft.path(), Database::Access::read);
    const auto tally = count(copied);
    const auto bytes = fs::file_size(draft.path());
    sync(draft.path());
    interruption.check();
    draft.place(file);
    std::printf("%s: %s, %ju bytes in %s\n", journal.c_str(), tally.text().c_str(), bytes, file.c_str());
  } catch (const DatabaseError& error) {
    throw std::runtime_error(journal::sqlite::damaged_sentence(journal, error.what()));
  }
  return 0;
}

}  // namespace hubbub::tools
