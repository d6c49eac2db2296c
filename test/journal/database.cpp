#include "server/journal/sqlite/database.hpp"

#include <filesystem>

#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::journal::sqlite {
namespace {

constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
constexpr const char* long_one =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM n";

}  // namespace

TEST_CASE("a deadline ends a statement, and does not outlive the one who set it") {
  Database database(":memory:", Database::Access::create);
  const std::atomic<bool> never{false};
  {
    const Database::Watch watch(database, never, Database::Clock::now());
    try {
      database.number(endless);
      FAIL("it did not end");
    } catch (const DatabaseError& error) {
      CHECK(error.is_interrupted());
    }
  }
  CHECK(database.number(long_one) == 100'000);
}

TEST_CASE("a parameter that cannot be bound is an error, and not NULL") {
  Database database(":memory:", Database::Access::create);
  database.execute("CREATE TABLE t(a)");
  Statement insert(database, "INSERT INTO t VALUES(?)");
  CHECK_THROWS_AS(insert.run(1, 2), DatabaseError);
  {
    Statement all(database, "SELECT a FROM t WHERE a > ?");
    insert.run(5);
    auto rows = all.query(1);
    REQUIRE(rows.next());
    CHECK_THROWS_AS(all.query(2), DatabaseError);  // it is still running
  }
  CHECK(database.number("SELECT count(*) FROM t") == 1);
}

TEST_CASE("a file that nobody writes is read without anything being made beside it") {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "what? 100%#1.sqlite3";
  {
    Database writer(path.string(), Database::Access::create);
    CHECK(writer.text("PRAGMA journal_mode = WAL") == "wal");
    writer.execute("CREATE TABLE t(a); INSERT INTO t VALUES(7)");
    REQUIRE(writer.checkpoint(true));
  }
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  Database database(path.string(), Database::Access::immutable);
  CHECK(database.number("SELECT a FROM t") == 7);
  CHECK_THROWS_AS(database.execute("INSERT INTO t VALUES(8)"), DatabaseError);
  CHECK_FALSE(std::filesystem::exists(path.string() + "-shm"));
}

}  // namespace hubbub::journal::sqlite
