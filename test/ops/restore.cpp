#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>

#include "server/journal/sqlite/database.hpp"
#include "server/tools/restore.hpp"
#include "test/journal/disk.hpp"
#include "test/ops/restore_scene.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/process.hpp"

// Putting a backup in a journal's place, as an operator does it.

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using journal::sqlite::Database;

TEST_CASE("a backup takes the journal's place, and what was there is kept under a date") {
  const Scene scene;
  CHECK(verdict(scene.state).starts_with("7 messages"));
  const auto outcome = scene.restore();
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  const auto kept = kept_in(scene.state);
  REQUIRE(kept.size() == 1);
  CHECK(outcome.out == "what was there is in " + kept[0].string() + "\n" + scene.state.string() +
                           "/journal.sqlite3 is restored from " + scene.backup.string() +
                           ": 5 messages in 2 rooms, 2 accounts\n");
  CHECK(names_in(scene.state) ==
        std::vector<std::string>{kept[0].filename(), "hubbubd.lock", "journal.sqlite3"});
  CHECK(verdict(scene.state).starts_with("5 messages"));
  CHECK(verdict(kept[0]).starts_with("7 messages"));
  CHECK(bytes_of(kept[0] / "search.sqlite3") == "an index");
  CHECK(mode_of(scene.state / "journal.sqlite3") == 0600);
  CHECK(mode_of(kept[0]) == 0700);

  SECTION("a second time, what the first has kept stays") {
    CHECK(scene.restore().exit_code == 0);
    CHECK(kept_in(scene.state).size() == 2);
    CHECK(verdict(kept[0]).starts_with("7 messages"));
  }
  SECTION("and back again") {
    CHECK(tool(scene.state, {"restore", (kept[0] / "journal.sqlite3").string()}).exit_code == 0);
    CHECK(verdict(scene.state).starts_with("7 messages"));
  }
  SECTION("a daemon goes on with it") {
    const Daemon daemon({.state_dir = scene.state, .engine = "sqlite"});
    CHECK(verdict(scene.state).starts_with("5 messages"));
  }
}

TEST_CASE("what is restored is for the owner alone, whomever the state directory lets in") {
  const Scene scene;
  REQUIRE(chmod(scene.state.c_str(), 0755) == 0);
  REQUIRE(scene.restore().exit_code == 0);
  CHECK(mode_of(scene.state / "journal.sqlite3") == 0600);
  CHECK(mode_of(scene.state / "hubbubd.lock") == 0600);
  CHECK(mode_of(kept_in(scene.state).at(0)) == 0700);
}

TEST_CASE("a lock that is a link, or has another name, leaves what it stands for as it is") {
  const Scene scene;
  const auto other = scene.folder.path() / "other";
  write(other, "somebody's");
  fs::remove(scene.state / "hubbubd.lock");
  SECTION("a link") { fs::create_symlink(other, scene.state / "hubbubd.lock"); }
  SECTION("another name") { fs::create_hard_link(other, scene.state / "hubbubd.lock"); }
  const auto outcome = scene.restore();
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("hubbubd.lock is not a file with one name; remove it"));
  CHECK(tool(scene.state, {"--listen", "tcp://127.0.0.1:0"}).exit_code == 1);
  CHECK(bytes_of(other) == "somebody's");
}

TEST_CASE("what is restored has another epoch each time, since clients have seen more than it has") {
  const Scene scene;
  const auto epoch = [](const fs::path& journal) {
    return Database(journal.string(), Database::Access::read)
        .number("SELECT value FROM meta WHERE key = 'epoch'");
  };
  std::set<std::int64_t> epochs{epoch(scene.backup)};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(scene.restore().exit_code == 0);
    CHECK(epochs.insert(epoch(scene.state / "journal.sqlite3")).second);
  }
}

TEST_CASE("a journal is restored where nothing was") {
  const Scene scene;
  const auto fresh = scene.folder.path() / "a" / "state";
  const auto outcome = tool(fresh, {"restore", scene.backup.string()});
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, ContainsSubstring("the state directory " + fresh.string() + " was not there"));
  CHECK(mode_of(fresh) == 0700);
  CHECK(kept_in(fresh).empty());
  CHECK(verdict(fresh).starts_with("5 messages"));
}

TEST_CASE("nothing is restored beside a daemon, which is named") {
  const Scene scene;
  const Daemon daemon({.engine = "sqlite"});
  const auto before = names_in(daemon.state_dir());
  const auto outcome = tool(daemon.state_dir(), {"restore", scene.backup.string()});
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err,
             ContainsSubstring("in use by another hubbubd (process " + std::to_string(daemon.pid()) + ")"));
  CHECK(names_in(daemon.state_dir()) == before);
}

TEST_CASE("what cannot be restored changes nothing, and is told") {
  const Scene scene;
  const auto before = bytes_of(scene.state / "journal.sqlite3");
  const auto refused = [&](const fs::path& file) {
    const auto outcome = tool(scene.state, {"restore", file.string()});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.out.empty());
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK(kept_in(scene.state).empty());
    auto names = names_in(scene.state);
    std::erase(names, "hubbubd.lock");
    CHECK(names == std::vector<std::string>{"journal.sqlite3", "journal.sqlite3-shm", "journal.sqlite3-wal",
                                            "search.sqlite3"});
    CHECK(bytes_of(scene.state / "journal.sqlite3") == before);
    return outcome.err;
  };
  const auto copy = scene.folder.path() / "copy.sqlite3";
  fs::copy_file(scene.backup, copy);
  SECTION("no file") { CHECK_THAT(refused("/nowhere/copy"), ContainsSubstring("cannot read /nowhere/copy")); }
  SECTION("a directory") { CHECK_THAT(refused(scene.folder.path()), ContainsSubstring("is no file")); }
  SECTION("the journal itself, by whatever name") {
    CHECK_THAT(refused(scene.state / "journal.sqlite3"), ContainsSubstring("is the journal itself"));
    const auto name = scene.folder.path() / "another-name";
    fs::create_symlink(scene.state / "journal.sqlite3", name);
    CHECK_THAT(refused(name), ContainsSubstring("is the journal itself"));
  }
  SECTION("what is in the copy's place, whatever it is") {
    const auto left = scene.state / "journal.sqlite3.copy";
    fs::copy_file(scene.backup, left);
    const auto outcome = tool(scene.state, {"restore", left.string()});
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, ContainsSubstring("was interrupted has left of its copy; name the backup"));
    CHECK(fs::remove(left));
  }
  SECTION("no journal") {
    write(copy, "some text, and long enough that it could be a header of something that is not a database");
    CHECK_THAT(refused(copy), ContainsSubstring("is damaged"));
    write(copy, "");
    CHECK_THAT(refused(copy), ContainsSubstring("is not a journal"));
  }
  SECTION("damaged in its pages") {
    auto bytes = bytes_of(copy);
    std::fill(bytes.begin() + 4096, bytes.begin() + 8192, 'x');
    write(copy, bytes);
    CHECK_THAT(refused(copy), ContainsSubstring("is damaged"));
  }
  SECTION("damaged in what it says") {
    Database(copy.string(), Database::Access::write).execute("DELETE FROM message WHERE seq = 105");
    const auto sentence = refused(copy);
    CHECK_THAT(sentence, ContainsSubstring("is damaged (Lobby: message 106 has ordinal 5"));
    CHECK_THAT(sentence, ContainsSubstring("hubbubd verify FILE"));
  }
  SECTION("of a later program") {
    Database(copy.string(), Database::Access::write).execute("PRAGMA user_version = 99");
    CHECK_THAT(refused(copy), ContainsSubstring("later hubbubd"));
  }
}

TEST_CASE("what was left of a copy is looked at once the backup is known to be good") {
  const Scene scene;
  const auto left = scene.state / "journal.sqlite3.copy";
  write(left, "half of it");
  write(scene.backup, "no journal");
  CHECK(scene.restore().exit_code == 1);
  CHECK(bytes_of(left) == "half of it");
}

TEST_CASE("a disk without room for the copy is told, and what was there stays") {
  const Scene scene;
  REQUIRE(scene.sample.directory() == scene.state);
  Database(scene.backup.string(), Database::Access::write)
      .execute(
          "WITH RECURSIVE n(i) AS (SELECT 6 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO "
          "message "
          "SELECT 1, 200 + i, i, 6000 + i, NULL, 'anna', hex(randomblob(100)), NULL, 0, NULL, NULL, NULL "
          "FROM n;"
          "UPDATE meta SET value = 10000000 WHERE key = 'reserved';"
          "UPDATE room SET last = 5200 WHERE id = 1");
  const auto outcome =
      run({.arguments = {"/bin/sh", "-c", "ulimit -f 64; trap '' XFSZ; exec \"$0\" \"$@\"", HUBBUBD,
                         "--state-dir", scene.state.string(), "restore", scene.backup.string()}});
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.err, ContainsSubstring("cannot copy"));
  CHECK(kept_in(scene.state).empty());
  CHECK(verdict(scene.state).starts_with("7 messages"));
}

TEST_CASE("wherever the disk is full while a copy is made, it is no fault of the backup") {
  const Scene scene;
  Disk disk(scene.state);
  const auto restore = [&] { return tools::restore(scene.state, scene.backup); };
  const std::uint64_t there = disk.used();
  const std::uint64_t copy = fs::file_size(scene.backup);
  constexpr std::uint64_t step = 512;
  std::size_t refused_after_the_copy = 0;
  for (auto room = copy / 2;; room += step) {
    CAPTURE(room, copy);
    REQUIRE(room < copy * 3);
    disk.limit(there + room);
    try {
      restore();
      break;
    } catch (const std::runtime_error& error) {
      CHECK_THAT(error.what(), ContainsSubstring("cannot copy " + scene.backup.string() + " to ") &&
                                   ContainsSubstring("full") &&
                                   ContainsSubstring("what was there is as it was"));
    }
    if (room >= copy) ++refused_after_the_copy;
    CHECK(kept_in(scene.state).empty());
    for (const auto* left : {".copy", ".copy-journal", ".restored"}) {
      CHECK_FALSE(fs::exists(scene.state / (std::string("journal.sqlite3") + left)));
    }
  }
  CHECK(refused_after_the_copy > 0);  // the new epoch has found no room
  CHECK(verdict(scene.state).starts_with("5 messages"));
}

}  // namespace
}  // namespace hubbub::test
