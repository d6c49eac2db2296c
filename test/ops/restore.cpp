#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/ops/sample_journal.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/process.hpp"

// Putting a backup in a journal's place, as an operator does it.

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using hubbub::journal::sqlite::Database;
using hubbub::test::Daemon;
using hubbub::test::Outcome;
using hubbub::test::run;
using hubbub::test::run_hubbubd;
using hubbub::test::SampleJournal;
using hubbub::test::TemporaryDirectory;

namespace {

Outcome tool(const fs::path& directory, std::vector<std::string> words) {
  words.insert(words.begin(), {"--state-dir", directory.string()});
  return run_hubbubd(std::move(words));
}

/// What `verify` says of the journal there: "5 messages in …".
std::string verdict(const fs::path& directory) {
  const auto told = tool(directory, {"verify"}).out;
  const auto name = (directory / "journal.sqlite3: ").string();
  return told.starts_with(name) ? told.substr(name.size()) : told;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

/// Where restores have put what was there, in the order of their times.
std::vector<fs::path> kept_in(const fs::path& directory) {
  std::vector<fs::path> kept;
  for (const auto& name : names_in(directory)) {
    if (name.starts_with("before-restore-20")) kept.push_back(directory / name);
  }
  return kept;
}

mode_t mode_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & mode_t{07777};
}

/// A state directory with a journal of five messages, and a backup of it; then two more were said.
struct Scene {
  Scene() {
    REQUIRE(tool(sample.directory(), {"backup", backup.string()}).exit_code == 0);
    sample.database().execute(
        "INSERT INTO message VALUES(2, 107, 3, 6000, NULL, 'anna', 'new', NULL, 0),"
        "(2, 108, 4, 6000, NULL, 'anna', 'newer', NULL, 0);"
        "UPDATE room SET last = 108 WHERE id = 2");
    write(state / "search.sqlite3", "an index");
  }
  Outcome restore() const { return tool(state, {"restore", backup.string()}); }

  SampleJournal sample;
  TemporaryDirectory folder;
  fs::path state = sample.directory();
  fs::path backup = folder.path() / "backup.sqlite3";
};

}  // namespace

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
                           ": 5 messages in 2 rooms\n");
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

TEST_CASE("whom the state directory lets in may read what is restored") {
  const Scene scene;
  REQUIRE(chmod(scene.state.c_str(), 0750) == 0);
  REQUIRE(scene.restore().exit_code == 0);
  CHECK(mode_of(scene.state / "journal.sqlite3") == 0640);
  CHECK(mode_of(kept_in(scene.state).at(0)) == 0750);
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

TEST_CASE("a disk without room for the copy is told, and what was there stays") {
  const Scene scene;
  REQUIRE(scene.sample.directory() == scene.state);
  Database(scene.backup.string(), Database::Access::write)
      .execute(
          "WITH RECURSIVE n(i) AS (SELECT 6 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO "
          "message "
          "SELECT 1, 200 + i, i, 6000 + i, NULL, 'anna', hex(randomblob(100)), NULL, 0 FROM n;"
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

TEST_CASE("a restore that was killed half-way keeps daemons off, and is finished by the next") {
  const Scene scene;
  SECTION("while it copied") {
    write(scene.state / "journal.sqlite3.copy", "half of it");
    CHECK(Daemon({.state_dir = scene.state, .engine = "sqlite"}).wait_exit({}) == std::nullopt);
  }
  SECTION("when all was ready, before anything was moved") {
    fs::copy_file(scene.backup, scene.state / "journal.sqlite3.restored");
    const auto refused = tool(scene.state, {"--listen", "tcp://127.0.0.1:0"});
    CHECK(refused.exit_code == 1);
    CHECK_THAT(refused.err, ContainsSubstring("was interrupted; run `hubbubd restore` again"));
  }
  SECTION("when what was there had been moved, or some of it") {
    fs::copy_file(scene.backup, scene.state / "journal.sqlite3.restored");
    fs::create_directory(scene.state / "before-restore-2026-01-01T000000Z");
    for (const char* name : {"journal.sqlite3", "journal.sqlite3-wal"})
      fs::rename(scene.state / name, scene.state / "before-restore-2026-01-01T000000Z" / name);
    CHECK(tool(scene.state, {"--listen", "tcp://127.0.0.1:0"}).exit_code == 1);
    write(scene.folder.path() / "bad", "no journal");
    CHECK(tool(scene.state, {"restore", (scene.folder.path() / "bad").string()}).exit_code == 1);
    CHECK(tool(scene.state, {"--listen", "tcp://127.0.0.1:0"}).exit_code == 1);
  }
  CHECK(scene.restore().exit_code == 0);
  CHECK(verdict(scene.state).starts_with("5 messages"));
  CHECK(verdict(kept_in(scene.state).at(0)).starts_with("7 messages"));
  const Daemon daemon({.state_dir = scene.state, .engine = "sqlite"});
}
