#include <algorithm>
#include <filesystem>
#include <string>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/ops/restore_scene.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

// The tools on journals that earlier programs have made, which no daemon of this version has opened.

namespace hubbub::test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using journal::sqlite::Database;

std::string make(const std::string& fixture, const TemporaryDirectory& directory) {
  const std::string sql = bytes_of(fs::path(HUBBUB_FIXTURES) / fixture);
  REQUIRE_FALSE(sql.empty());
  auto path = journal::sqlite::journal_file(directory.path().string());
  Database(path, Database::Access::create).execute("BEGIN; " + sql + " COMMIT");
  return path;
}

std::int64_t number(const std::string& path, const char* sql) {
  return Database(path, Database::Access::read).number(sql);
}

}  // namespace

TEST_CASE("the tools read journals of earlier versions, and leave them as they are") {
  const std::string fixture =
      GENERATE("version_1.sql", "version_2.sql", "version_2_stamped.sql", "version_3.sql", "version_4.sql");
  CAPTURE(fixture);
  const TemporaryDirectory directory;
  const auto path = make(fixture, directory);
  const auto version = number(path, "PRAGMA user_version");
  REQUIRE(version < journal::sqlite::schema_version);

  const auto verified = tool(directory.path(), {"verify"});
  CHECK(verified.exit_code == 0);
  CHECK_THAT(verified.out, ContainsSubstring(version < 4 ? "7 messages in 3 rooms, good"
                                                         : "7 messages in 3 rooms, 1 account, good"));
  const auto exported = tool(directory.path(), {"export"});
  CHECK(exported.exit_code == 0);
  CHECK(std::count(exported.out.begin(), exported.out.end(), '\n') == 7);
  CHECK_THAT(exported.out, ContainsSubstring(R"("from":"bob","text":"waves 3","id":"b3","action":true})"));

  const TemporaryDirectory elsewhere;
  const auto file = (elsewhere.path() / "backup").string();
  REQUIRE(tool(directory.path(), {"backup", file}).exit_code == 0);
  CHECK(number(path, "PRAGMA user_version") == version);
  const auto state = elsewhere.path() / "state";
  REQUIRE(tool(state, {"restore", file}).exit_code == 0);

  // The epoch that it was given stays when it is brought up to date.
  const auto restored = journal::sqlite::journal_file(state.string());
  const auto* const epoch = "SELECT value FROM meta WHERE key = 'epoch'";
  const auto given = number(restored, epoch);
  {
    Database journal(restored, Database::Access::write);
    journal::sqlite::prepare_to_write(journal, journal::Sync::off);
    journal.checkpoint(true);
  }
  CHECK(number(restored, "PRAGMA user_version") == journal::sqlite::schema_version);
  CHECK(number(restored, epoch) == given);
  CHECK(tool(state, {"export"}).out == exported.out);
}

}  // namespace hubbub::test
