#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "server/journal/sqlite/database.hpp"
#include "test/ops/restore_scene.hpp"
#include "test/support/catch.hpp"
#include "test/support/process.hpp"

// What root does in a state directory that belongs to another, who may put there what he likes.

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using journal::sqlite::Database;

constexpr uid_t owner = 65534;

bool are_rights_of_root() {
  if (geteuid() == 0) return true;
  WARN("skipped: nobody but root can take the rights of another");
  return false;
}

void give(const fs::path& path) { REQUIRE(lchown(path.c_str(), owner, owner) == 0); }

uid_t owner_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_uid;
}

/// Whose state directory is another's, and whose backup is for root alone.
struct OwnedScene : Scene {
  OwnedScene() {
    give(state);
    for (const auto& name : names_in(state)) give(state / name);
    REQUIRE(chmod(backup.c_str(), 0600) == 0);
  }
  Outcome restore_from(const fs::path& file) const { return tool(state, {"restore", file.string()}); }
  void check_is_refused(const fs::path& file) const {
    CAPTURE(file);
    const auto outcome = restore_from(file);
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, ContainsSubstring("cannot read " + file.string() +
                                              " with the rights of user 65534 (Permission denied)") &&
                                ContainsSubstring("(chown -h 65534 " + file.string() + ")"));
    CHECK(kept_in(state).empty());
    CHECK(verdict(state).starts_with("7 messages"));
  }
};

TEST_CASE("root restores with the rights of the owner of the state directory") {
  if (!are_rights_of_root()) return;
  const OwnedScene scene;
  const auto others = scene.folder.path() / "others";
  fs::create_directory(others);
  SECTION("what is made is his") {
    REQUIRE(scene.restore().exit_code == 0);
    for (const auto& path :
         {scene.state / "journal.sqlite3", scene.state / "hubbubd.lock", kept_in(scene.state).at(0)}) {
      CAPTURE(path);
      struct stat status {};
      REQUIRE(stat(path.c_str(), &status) == 0);
      CHECK(status.st_uid == owner);
      CHECK(status.st_gid == owner);
    }
  }
  SECTION("a link leads him to nothing of root's") {
    fs::create_directory_symlink(others, scene.state / "before-restore-unfinished");
    fs::copy_file(scene.backup, scene.state / "journal.sqlite3.restored");
    CHECK(scene.restore().exit_code == 1);
    CHECK(fs::is_empty(others));
    CHECK(fs::exists(scene.state / "journal.sqlite3-wal"));
  }
}

TEST_CASE("what the owner could have put in a backup's place is not read with the rights of root") {
  if (!are_rights_of_root()) return;
  const OwnedScene scene;
  const auto his = scene.state / "his";
  fs::create_directory(his);
  const auto folder = scene.folder.path();
  SECTION("a link") {
    fs::create_symlink(scene.backup, scene.state / "backup");
    scene.check_is_refused(scene.state / "backup");
  }
  SECTION("a file in a folder that he can exchange, though it is root's") {
    fs::copy_file(scene.backup, his / "backup");
    scene.check_is_refused(his / "backup");
    scene.check_is_refused(folder / ".." / scene.state.filename() / "his" / "backup");
  }
  SECTION("what a link of root's leads to, by way of one of his") {
    fs::create_directory_symlink(folder, scene.state / "away");
    fs::create_directory_symlink(scene.state / "away", folder / "link");
    scene.check_is_refused(folder / "link" / scene.backup.filename());
  }
  SECTION("in a folder in which he may write") {
    REQUIRE(chmod(folder.c_str(), 0777) == 0);
    scene.check_is_refused(scene.backup);
  }
  SECTION("but where each may exchange what is his own alone, what is root's is read") {
    REQUIRE(chmod(folder.c_str(), 01777) == 0);
    fs::create_symlink(scene.backup, folder / "his-link");
    give(folder / "his-link");
    scene.check_is_refused(folder / "his-link");
    CHECK(scene.restore().exit_code == 0);
  }
}

TEST_CASE("a backup that root makes where the owner of the state directory has the folder is the owner's") {
  if (!are_rights_of_root()) return;
  const OwnedScene scene;
  const auto backup = scene.state / "backup.sqlite3";
  REQUIRE(tool(scene.state, {"backup", backup.string()}).exit_code == 0);
  CHECK(owner_of(backup) == owner);
  CHECK(mode_of(backup) == 0600);
  CHECK(scene.restore_from(backup).exit_code == 0);
  CHECK(owner_of(scene.backup) == 0);
}

TEST_CASE("a backup that the owner may read is read where he can make nothing beside it") {
  if (!are_rights_of_root()) return;
  const OwnedScene scene;
  const auto folder = scene.state / "folder";
  fs::create_directory(folder);
  const auto backup = folder / "backup.sqlite3";
  fs::copy_file(scene.backup, backup);
  {
    Database writer(backup.string(), Database::Access::write);
    CHECK(writer.text("PRAGMA journal_mode = WAL") == "wal");
    CHECK(writer.checkpoint(true));
  }
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(backup.string() + suffix);
  for (const auto& path : {folder, backup}) give(path);
  REQUIRE(chmod(folder.c_str(), 0500) == 0);
  const auto outcome = scene.restore_from(backup);
  CHECK(outcome.err.empty());
  CHECK(outcome.exit_code == 0);
}

TEST_CASE("a lock of root's in the directory of another is to be given to him") {
  if (!are_rights_of_root()) return;
  const OwnedScene scene;
  const auto lock = scene.state / "hubbubd.lock";
  fs::remove(lock);
  write(lock, "");
  REQUIRE(chmod(lock.c_str(), 0600) == 0);
  const auto outcome = scene.restore();
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("cannot write " + lock.string() +
                                            ": Permission denied; give it to user 65534 with chown"));
}

TEST_CASE("a state directory that root has made is to be given to the daemon's user") {
  if (!are_rights_of_root()) return;
  const Scene scene;
  const auto fresh = scene.folder.path() / "state";
  CHECK_THAT(
      tool(fresh, {"restore", scene.backup.string()}).out,
      ContainsSubstring("was not there and is made, for root alone; if the daemon runs as another user, "
                        "give it to him: chown -R USER " +
                        fresh.string() + "\n"));
}

}  // namespace
}  // namespace hubbub::test
