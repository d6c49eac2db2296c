// The disk that the journal's tests stand on: it must lose what SQLite does not promise, or those tests
// would prove nothing, and keep what was synced.
#include "test/journal/disk.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "test/journal/remains.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {
namespace {

/// SQLite by itself, with nothing of the journal.
class Sql {
 public:
  explicit Sql(const std::filesystem::path& path) {
    sqlite3* made = nullptr;
    code_ = sqlite3_open(path.c_str(), &made);
    handle_.reset(made);
  }
  /// Returns the extended result code.
  int run(const std::string& statement) {
    code_ = sqlite3_exec(handle_.get(), statement.c_str(), nullptr, nullptr, nullptr);
    return sqlite3_extended_errcode(handle_.get());
  }
  /// What the first column of the last row says; empty when the statement failed or has no rows.
  std::string ask(const std::string& statement) {
    std::string answer;
    code_ = sqlite3_exec(
        handle_.get(), statement.c_str(),
        [](void* into, int, char** columns, char**) {
          *static_cast<std::string*>(into) = columns[0] == nullptr ? "" : columns[0];
          return 0;
        },
        &answer, nullptr);
    return code_ == SQLITE_OK ? answer : std::string();
  }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
  int code_ = SQLITE_OK;
};

struct Mode {
  std::string journal;
  std::string synchronous;
};

/// A database that many transactions have been committed to, on a disk that noted it.
class History {
 public:
  explicit History(const Mode& mode) : disk_(directory_.path()) {
    Sql sql(directory_.path() / "database");
    sql.run("PRAGMA journal_mode = " + mode.journal);
    sql.run("PRAGMA synchronous = " + mode.synchronous);
    sql.run("PRAGMA wal_autocheckpoint = 0");
    REQUIRE(sql.run("CREATE TABLE line(number INTEGER PRIMARY KEY, text BLOB)") == SQLITE_OK);
    std::mt19937 random(1);
    for (int transaction = 0; transaction < 150; ++transaction) {
      sql.run("BEGIN");
      for (auto lines = 1 + random() % 4; lines > 0; --lines, ++lines_)
        sql.run("INSERT INTO line(text) VALUES (randomblob(" + std::to_string(random() % 3000) + "))");
      if (transaction % 7 == 6) sql.run("UPDATE line SET text = text || 'x' WHERE number % 5 = 1");
      REQUIRE(sql.run("COMMIT") == SQLITE_OK);
      committed_.emplace_back(disk_.position(), lines_);
      if (transaction % 40 == 30) sql.run("PRAGMA wal_checkpoint(PASSIVE)");
      if (transaction == 100) sql.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  struct Verdict {
    int damaged = 0;
    int lost = 0;  ///< something that had been committed was missing
  };
  /// Cuts the power so many times, and looks at what SQLite makes of the remains.
  Verdict cut(std::size_t times) const {
    Verdict verdict;
    Remains remains(disk_.records());
    for (std::size_t i = 1; i <= times; ++i) {
      const auto at = disk_.position() * i / times;
      const TemporaryDirectory left;
      remains.write_to(left.path(), at, i);
      Sql sql(left.path() / "database");
      if (sql.ask("PRAGMA integrity_check") != "ok") {
        ++verdict.damaged;
      } else {
        const auto count = sql.ask("SELECT count(*) FROM line");
        if ((count.empty() ? 0 : std::stoi(count)) < committed_before(at)) ++verdict.lost;
      }
    }
    return verdict;
  }

 private:
  int committed_before(std::size_t cut) const {
    int lines = 0;
    for (const auto& [position, count] : committed_) {
      if (position <= cut) lines = count;
    }
    return lines;
  }

  TemporaryDirectory directory_;
  Disk disk_;
  int lines_ = 0;
  std::vector<std::pair<std::size_t, int>> committed_;  ///< by when there were how many lines
};

}  // namespace

TEST_CASE("what was synced survives every power cut") {
  const auto verdict = History({"WAL", "FULL"}).cut(300);
  CHECK(verdict.damaged == 0);
  CHECK(verdict.lost == 0);
}

TEST_CASE("what was not synced is lost by some cuts") {
  SECTION("a WAL is consistent without a sync for each commit") {
    const auto verdict = History({"WAL", "NORMAL"}).cut(300);
    CHECK(verdict.damaged == 0);
    CHECK(verdict.lost > 0);
  }
  SECTION("nothing is without any sync") {
    const auto verdict = History({"WAL", "OFF"}).cut(300);
    CHECK(verdict.damaged > 0);
    CHECK(verdict.lost > 0);
  }
}

TEST_CASE("a removal that its directory was not synced after is undone by some cuts") {
  // With a rollback journal, that is what makes a commit; see PRAGMA synchronous about EXTRA.
  const auto full = History({"DELETE", "FULL"}).cut(300);
  CHECK(full.damaged == 0);
  CHECK(full.lost > 0);
  const auto extra = History({"DELETE", "EXTRA"}).cut(300);
  CHECK(extra.damaged == 0);
  CHECK(extra.lost == 0);
}

TEST_CASE("a full disk refuses what is new until there is room") {
  const TemporaryDirectory directory;
  Disk disk(directory.path());
  Sql sql(directory.path() / "database");
  sql.run("PRAGMA journal_mode = WAL; CREATE TABLE line(text)");
  const auto insert = "INSERT INTO line VALUES (randomblob(20000))";
  REQUIRE(sql.run(insert) == SQLITE_OK);

  const auto limit = disk.used() + 10000;
  disk.limit(limit);
  CHECK(sql.run(insert) == SQLITE_FULL);
  CHECK(disk.used() <= limit);
  CHECK(sql.ask("SELECT count(*) FROM line") == "1");
  disk.unlimit();
  CHECK(sql.run(insert) == SQLITE_OK);
  CHECK(sql.ask("SELECT count(*) FROM line") == "2");
  CHECK(sql.ask("PRAGMA integrity_check") == "ok");
}

TEST_CASE("removing a file makes room on a full disk") {
  const TemporaryDirectory directory;
  Disk disk(directory.path());
  const auto spare = directory.write("spare", std::string(100'000, 'x'));
  Sql sql(directory.path() / "database");
  sql.run("PRAGMA journal_mode = WAL; CREATE TABLE line(text)");
  disk.limit(disk.used());
  const auto insert = "INSERT INTO line VALUES (randomblob(20000))";
  CHECK(sql.run(insert) == SQLITE_FULL);
  std::filesystem::remove(spare);
  CHECK(sql.run(insert) == SQLITE_OK);
}

TEST_CASE("a sync that fails says so, and what it was for stays in doubt") {
  const TemporaryDirectory directory;
  Disk disk(directory.path());
  {
    Sql sql(directory.path() / "database");
    sql.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE line(text)");
    disk.fail_syncs(true);
    CHECK(sql.run("INSERT INTO line VALUES ('x')") == SQLITE_IOERR_FSYNC);
    CHECK(disk.failed_syncs() > 0);
    disk.fail_syncs(false);
    CHECK(sql.run("INSERT INTO line VALUES ('y')") == SQLITE_OK);
  }
}

TEST_CASE("a sync that failed is not made up for by a later one") {
  using Kind = DiskRecord::Kind;
  const std::vector<DiskRecord> records{
      {.kind = Kind::create, .file = 0, .name = "file"},
      {.kind = Kind::write, .file = 0, .offset = 0, .bytes = std::string(1024, 'a')},
      {.kind = Kind::sync, .file = 0, .since = 2},
      {.kind = Kind::sync_directory, .since = 2},
      {.kind = Kind::write, .file = 0, .offset = 0, .bytes = std::string(512, 'b')},
      {.kind = Kind::failed_sync, .file = 0, .since = 5},
      {.kind = Kind::write, .file = 0, .offset = 512, .bytes = std::string(512, 'c')},
      {.kind = Kind::sync, .file = 0, .since = 7},
  };
  Remains remains(records);
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const TemporaryDirectory left;
    remains.write_to(left.path(), records.size(), seed);
    std::string bytes(2000, ' ');
    std::ifstream in(left.path() / "file", std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(in.gcount() == 1024);
    CHECK(bytes.substr(512, 512) == std::string(512, 'c'));
    if (bytes[0] == 'a') ++lost;
  }
  CHECK(lost > 0);
  CHECK(lost < 50);
}

TEST_CASE("a file that was cut short is as it was before, or is short, and nothing in between") {
  using Kind = DiskRecord::Kind;
  const std::vector<DiskRecord> records{
      {.kind = Kind::create, .file = 0, .name = "file"},
      {.kind = Kind::write, .file = 0, .offset = 0, .bytes = std::string(2048, 'a')},
      {.kind = Kind::sync, .file = 0, .since = 2},
      {.kind = Kind::sync_directory, .since = 2},
      {.kind = Kind::truncate, .file = 0, .offset = 0},
      {.kind = Kind::write, .file = 0, .offset = 0, .bytes = std::string(512, 'b')},
  };
  Remains remains(records);
  std::map<std::string, int> found;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const TemporaryDirectory left;
    remains.write_to(left.path(), records.size(), seed);
    ++found[bytes_of(left.path() / "file")];
  }
  CHECK(found[std::string(2048, 'a')] > 0);
  CHECK(found[std::string()] > 0);
  CHECK(found[std::string(512, 'b')] > 0);
  found[std::string(512, '\0')];  // its size alone was noted
  CHECK(found.size() == 4);
}

TEST_CASE("a sync that is held keeps nobody from reading") {
  const TemporaryDirectory directory;
  Disk disk(directory.path());
  Sql writer(directory.path() / "database");
  writer.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  writer.run("CREATE TABLE line(text); INSERT INTO line VALUES ('x')");
  Sql reader(directory.path() / "database");
  disk.hold_syncs();
  std::thread thread([&] { writer.run("INSERT INTO line VALUES ('y')"); });
  disk.wait_for_sync();
  CHECK(reader.ask("SELECT count(*) FROM line") == "1");
  disk.release_syncs();
  thread.join();
  CHECK(reader.ask("SELECT count(*) FROM line") == "2");
}

}  // namespace hubbub::test
