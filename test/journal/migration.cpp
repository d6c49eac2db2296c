// Journals that earlier programs have made, written down by `.dump` (test/journal/fixtures), are brought up
// to date where they are, whatever happens meanwhile.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/journal/bench.hpp"
#include "test/journal/disk.hpp"
#include "test/journal/killed.hpp"
#include "test/journal/remains.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

namespace fs = std::filesystem;
using sqlite::Database;
using Texts = std::vector<std::string>;

struct Fixture {
  const char* file;
  const char* topic_of_den;  ///< of which it is all there is; version 1 did not keep it
};

constexpr Fixture version_1{"version_1.sql", ""};
constexpr Fixture version_2{"version_2.sql", "only a topic"};
constexpr Fixture version_2_stamped{"version_2_stamped.sql", "only a topic"};
constexpr Fixture version_3{"version_3.sql", "only a topic"};
constexpr Fixture version_4{"version_4.sql", "only a topic"};
constexpr Fixture version_5{"version_5.sql", "only a topic"};
constexpr Fixture version_6{"version_6.sql", "only a topic"};
constexpr Fixture version_7{"version_7.sql", "only a topic"};

std::string sql_of(const Fixture& fixture) {
  std::string sql = test::bytes_of(fs::path(HUBBUB_FIXTURES) / fixture.file);
  REQUIRE_FALSE(sql.empty());
  return sql;
}

/// The journal as the earlier program left it at its end: all of it in one file, in the mode with a log.
void make(const Fixture& fixture, const fs::path& directory) {
  Database journal(sqlite::journal_file(directory.string()), Database::Access::create);
  journal.execute("BEGIN; " + sql_of(fixture) + " COMMIT");
  journal.execute("PRAGMA journal_mode = WAL");
}

Settings in(const fs::path& directory) {
  Settings settings;
  settings.engine = "sqlite";
  settings.directory = directory.string();
  settings.keep_messages = 5;
  return settings;
}

std::int64_t number(const fs::path& directory, const char* sql) {
  Database journal(sqlite::journal_file(directory.string()), Database::Access::read);
  return journal.number(sql);
}

/// A second after the earlier program wrote its last: the clock of the first start of this one.
protocol::Timestamp upgrade_of(const Fixture& fixture) {
  Database journal(":memory:", Database::Access::create);
  journal.execute(sql_of(fixture));
  const auto last = journal.number(R"sql(
    SELECT max(time) FROM (SELECT time FROM message UNION ALL SELECT value FROM meta WHERE key = 'aged'))sql");
  return protocol::Timestamp(std::chrono::milliseconds(last)) + std::chrono::seconds{1};
}

/// The names of the accounts that are there, each with its devices.
Texts accounts_in(Bench& bench) {
  Texts names;
  const auto fault = bench.journal().load_accounts([&](const AccountRecord& each) {
    if (const auto* begun = std::get_if<account::Begun>(&each.body)) names.push_back(begun->name.shown);
    if (const auto* added = std::get_if<account::DeviceAdded>(&each.body))
      names.back() += ' ' + added->token.label;
  });
  REQUIRE_FALSE(fault.has_value());
  return names;
}

/// The names that are reserved, and for whom.
Texts reserved_in(Bench& bench) {
  Texts names;
  const auto fault = bench.journal().load_accounts([&](const AccountRecord& each) {
    if (const auto* reserved = std::get_if<account::NameReserved>(&each.body))
      names.push_back(reserved->key_or_look + (reserved->account == 0 ? " for nobody" : " for an account"));
  });
  REQUIRE_FALSE(fault.has_value());
  return names;
}

/// A note to oneself: whose it is stands in its sender's key.
void judge_conversation(Bench& bench) {
  const std::uint64_t nina = 1795837523650013;
  const auto key = conversation_key(parties_of(nina, nina));
  const auto notes = bench.read({.room = key, .limit = 10});
  REQUIRE(Bench::texts(notes) == Texts{"заметка"});
  REQUIRE(notes.messages[0]->author == nina);
  REQUIRE(notes.messages[0]->account == "Нина");
}

/// Everything that was in the fixture is there, and as it was.
void judge(const Fixture& fixture, const fs::path& directory) {
  Bench bench(in(directory), upgrade_of(fixture));
  const auto page = bench.read({.room = "lobby", .limit = 100});
  REQUIRE(Bench::texts(page) == Texts{"привет 2", "привет 3", "waves 3", "привет 4", "привет 5"});
  REQUIRE(page.dropped);
  for (const auto& message : page.messages) {
    REQUIRE(message->is_action() == (message->text == "waves 3"));
    REQUIRE(message->from == (message->is_action() ? "bob" : "Алиса"));
    REQUIRE(message->account.empty());
    REQUIRE(message->reply_to == 0);
    REQUIRE(message->change == nullptr);
  }
  const bool has_reserved = fixture.file == version_6.file || fixture.file == version_7.file;
  const bool has_conversations = fixture.file == version_5.file || has_reserved;
  const bool has_accounts = fixture.file == version_4.file || has_conversations;
  REQUIRE(accounts_in(bench) == (has_accounts ? Texts{"Нина phone"} : Texts{}));
  Texts reserved;
  if (has_conversations) reserved.emplace_back("otto for nobody");
  if (has_reserved) reserved.emplace_back("ninotschka for an account");
  auto found = reserved_in(bench);
  std::sort(found.begin(), found.end(), std::greater<>());
  REQUIRE(found == reserved);
  if (has_conversations) judge_conversation(bench);
  REQUIRE(bench.history("大厅") == Texts{"你好 0", "你好 1"});
  REQUIRE(bench.topic("lobby") == "tea 'n' coffee");
  REQUIRE(bench.topic("大厅").empty());
  REQUIRE(bench.topic("den") == fixture.topic_of_den);
  REQUIRE(bench.journal().tail("lobby").name == "Lobby");
  // What was said last may be said again, also where retention has dropped it.
  const auto last = page.messages.back()->seq;
  bench.append("lobby", "алиса", "привет 5", "a5");
  bench.append("lobby", "алиса", "привет 0", "a0");
  bench.turn();
  REQUIRE(bench.delivered[0].message->seq == last);
  REQUIRE(bench.delivered[1].outcome == Outcome::repeated);
  REQUIRE(bench.delivered[1].message->seq == last - 7);
  REQUIRE(bench.say("lobby", "bob", "new", "n1").message->seq > last);
  bench.set_topic("den", "bob", "new");
  bench.turn();
  const std::string epoch(bench.journal().epoch());
  REQUIRE(epoch.size() == 16);
  bench.reopen();
  REQUIRE(bench.journal().epoch() == epoch);
  REQUIRE(bench.topic("den") == "new");
  REQUIRE(bench.history("lobby") == Texts{"привет 3", "waves 3", "привет 4", "привет 5", "new"});
}

/// The version of the tables that whoever opens it finds, once what was under way is undone or done; looks at
/// a copy.
std::int64_t version_in(const fs::path& directory) {
  const test::TemporaryDirectory copy;
  fs::copy(directory, copy.path(), fs::copy_options::recursive);
  Database journal(sqlite::journal_file(copy.path().string()), Database::Access::write);
  return journal.number("PRAGMA user_version");
}

/// A start on it; what is wrong, if it fails.
std::optional<std::string> start_on(const Fixture& fixture, const fs::path& directory) {
  boost::asio::io_context loop;
  const auto journal = make_journal(in(directory), {.wall = upgrade_of(fixture)}, loop);
  if (journal.has_value()) return std::nullopt;
  return journal.error().text;
}

/// All files there, by their names.
std::map<std::string, std::string> files_in(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& each : fs::directory_iterator(directory))
    files[each.path().filename().string()] = test::bytes_of(each.path());
  return files;
}

// Every moment of many; sanitizers, which take five times as long, look at each fourth.
#ifdef HUBBUB_SANITIZE
constexpr std::size_t step = 4;
#else
constexpr std::size_t step = 1;
#endif

}  // namespace

TEST_CASE("a journal that an earlier program made is brought up to date, and nothing of it is lost") {
  const auto fixture = GENERATE(version_1, version_2, version_2_stamped, version_3, version_4, version_5,
                                version_6, version_7);
  CAPTURE(fixture.file);
  const test::TemporaryDirectory directory;
  make(fixture, directory.path());
  REQUIRE(number(directory.path(), "PRAGMA user_version") < sqlite::schema_version);
  judge(fixture, directory.path());
  CHECK(number(directory.path(), "PRAGMA user_version") == sqlite::schema_version);
}

TEST_CASE("journals that were brought up to date have epochs of their own") {
  const test::TemporaryDirectory one;
  const test::TemporaryDirectory other;
  for (const auto* directory : {&one, &other}) {
    make(version_2, directory->path());
    judge(version_2, directory->path());
  }
  const auto* const epoch = "SELECT value FROM meta WHERE key = 'epoch'";
  CHECK(number(one.path(), epoch) != number(other.path(), epoch));
}

TEST_CASE(
    "whoever is killed while bringing a journal up to date, or loses power, does it at the next start") {
  const auto fixture = GENERATE(version_1, version_2, version_2_stamped, version_3, version_4, version_5,
                                version_6, version_7);
  CAPTURE(fixture.file);
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  make(fixture, directory.path());
  const auto first = disk.position();
  { const Bench bench(in(directory.path()), upgrade_of(fixture)); }
  test::Remains remains(disk.records());
  std::set<std::map<std::string, std::string>> judged;  // what was left, each once
  std::size_t old = 0;
  std::size_t brought_up_to_date = 0;
  for (auto cut = first; cut <= disk.position(); cut += step) {
    for (std::uint64_t seed = 0; seed <= 2; ++seed) {
      CAPTURE(cut, seed);
      const test::TemporaryDirectory left;
      seed == 0 ? test::write_killed(disk.records(), cut, left.path())
                : remains.write_to(left.path(), cut, cut * 2 + seed);
      if (!judged.insert(files_in(left.path())).second) continue;
      (version_in(left.path()) == sqlite::schema_version ? brought_up_to_date : old) += 1;
      judge(fixture, left.path());
    }
  }
  CHECK(old > 0);
  CHECK(brought_up_to_date > 0);
}

TEST_CASE("a write or sync that fails while a journal is brought up to date costs nothing but that start") {
  const auto fixture = GENERATE(version_1, version_2, version_2_stamped, version_3, version_4, version_5,
                                version_6, version_7);
  CAPTURE(fixture.file);
  std::size_t old = 0;
  std::size_t brought_up_to_date = 0;
  bool has_failed = true;
  for (std::size_t operations = 0; has_failed; operations += step) {
    CAPTURE(operations);
    const test::TemporaryDirectory directory;
    test::Disk disk(directory.path());
    make(fixture, directory.path());
    const auto before = version_in(directory.path());
    disk.fail_once_after(operations);
    const auto fault = start_on(fixture, directory.path());
    has_failed = disk.has_failed_once();
    disk.fail_no_more();
    const auto after = version_in(directory.path());
    const bool is_done = after == sqlite::schema_version;
    REQUIRE((is_done || after == before));
    if (fault) {
      REQUIRE(has_failed);
      CHECK(fault->find("journal.sqlite3") != std::string::npos);
      (is_done ? brought_up_to_date : old) += 1;
    } else {
      REQUIRE(is_done);
    }
    judge(fixture, directory.path());
  }
  CHECK(old > 0);
  CHECK(brought_up_to_date > 0);
}

TEST_CASE("what an earlier program kept grows old as if it had gone on") {
  const auto fixture = GENERATE(version_1, version_2, version_2_stamped, version_3, version_4, version_5,
                                version_6, version_7);
  CAPTURE(fixture.file);
  const test::TemporaryDirectory directory;
  make(fixture, directory.path());
  auto settings = in(directory.path());
  settings.keep_age = std::chrono::hours{3};
  Bench bench(settings, upgrade_of(fixture));
  bench.later(std::chrono::minutes{175});
  CHECK(bench.history("lobby").size() == 5);
  CHECK(bench.history("大厅").size() == 2);
  bench.later(std::chrono::minutes{6});
  CHECK(bench.history("lobby").empty());
  CHECK(bench.history("大厅").empty());
}

TEST_CASE("where the disk is full a journal is brought up to date once there is room, and stays as it was") {
  const test::TemporaryDirectory directory;
  test::Disk disk(directory.path());
  make(version_2, directory.path());
  disk.limit(disk.used() + 40'000);  // what SQLite makes beside it, and not the whole of the change
  boost::asio::io_context loop;
  const auto journal = make_journal(in(directory.path()), {.wall = upgrade_of(version_2)}, loop);
  REQUIRE_FALSE(journal.has_value());
  CHECK(journal.error().text.find("the disk is full") != std::string::npos);
  disk.unlimit();
  CHECK(number(directory.path(), "PRAGMA user_version") == 2);
  judge(version_2, directory.path());
}

}  // namespace hubbub::journal
