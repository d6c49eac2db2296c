#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "test/ops/restore_scene.hpp"
#include "test/ops/sample_journal.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/process.hpp"

// The tools as an operator calls them, on a journal that another program has open.

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using hubbub::journal::sqlite::Database;
using hubbub::test::bytes_of;
using hubbub::test::Outcome;
using hubbub::test::run;
using hubbub::test::run_hubbubd;
using hubbub::test::SampleJournal;
using hubbub::test::TemporaryDirectory;
using hubbub::test::tool;
using Texts = std::vector<std::string>;

namespace {

/// The same behind a shell's pipes and redirections: `command` with "$0" for the program and its flags.
Outcome in_a_shell(const std::string& directory, const std::string& command) {
  return run({.arguments = {"/bin/sh", "-c", command, HUBBUBD, "--state-dir", directory}});
}

Texts names_in(const fs::path& directory) {
  Texts names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool is_one_sentence(const Outcome& outcome) {
  return outcome.exit_code == 1 && outcome.out.empty() && outcome.err.starts_with("hubbubd: ") &&
         lines(outcome.err) == 1;
}

constexpr std::string_view lobby =
    R"({"type":"message","room":"Lobby","seq":103,"time":"1970-01-01T00:00:03.000Z","from":"anna","text":"three","id":"a2"}
{"type":"message","room":"Lobby","seq":105,"time":"1970-01-01T00:00:04.000Z","from":"Bob","text":"waves","action":true}
{"type":"message","room":"Lobby","seq":106,"time":"1970-01-01T00:00:05.000Z","from":"Bob","text":"line\ntwo","id":"b1"}
)";
constexpr std::string_view hall =
    R"({"type":"message","room":"大厅","seq":101,"time":"1970-01-01T00:00:01.500Z","from":"anna","text":"你好","id":"a1"}
{"type":"message","room":"大厅","seq":104,"time":"1970-01-01T00:00:03.500Z","from":"anna","text":"привет","id":"a2"}
)";

/// Makes the lobby's messages so many.
void fill(Database& database, int messages) {
  database.execute("WITH RECURSIVE n(i) AS (SELECT 6 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                   std::to_string(messages + 2) +
                   ") INSERT INTO message SELECT 1, 200 + i, i, 6000 + i, NULL, 'anna', 'said', NULL, 0, "
                   "NULL, NULL, NULL FROM n;"
                   "UPDATE meta SET value = 10000000 WHERE key = 'reserved'");
}

}  // namespace

TEST_CASE("export prints conversations only when they are asked for") {
  SampleJournal journal;
  journal.database().execute(
      "INSERT INTO room(id, key, name, last) VALUES(3, '@90-91', '@90-91', 110);"
      "INSERT INTO message VALUES(3, 110, 1, 6000, '#90', 'Anna', 'psst', 'p1', 0, 'Anna', NULL, 'Вова')");
  const auto all = tool(journal.directory(), {"export"});
  CHECK(all.exit_code == 0);
  CHECK(all.out.find("psst") == std::string::npos);
  const auto told = tool(journal.directory(), {"export", "@"});
  CHECK(told.exit_code == 0);
  CHECK(
      told.out ==
      R"({"type":"message","to":"Вова","seq":110,"time":"1970-01-01T00:00:06.000Z","from":"Anna","text":"psst",)"
      R"("id":"p1","account":"Anna"})"
      "\n");
  CHECK(tool(journal.directory(), {"verify"}).out.find("1 conversation, 2 accounts, good") !=
        std::string::npos);
}

TEST_CASE("export prints the messages room by room, as the protocol writes them") {
  SampleJournal journal;
  const auto all = tool(journal.directory(), {"export"});
  CHECK(all.exit_code == 0);
  CHECK(all.err.empty());
  CHECK(all.out == std::string(lobby) + std::string(hall));
  // A room is called by its name in any case.
  CHECK(tool(journal.directory(), {"export", "LOBBY"}).out == lobby);
  CHECK(tool(journal.directory(), {"export", "#lobby"}).out == lobby);
  CHECK(tool(journal.directory(), {"export", "大厅"}).out == hall);
  CHECK_THAT(tool(journal.directory(), {"export", "kitchen"}).err,
             ContainsSubstring("there is no room \"kitchen\""));
  CHECK(is_one_sentence(tool(journal.directory(), {"export", "kitchen"})));
  CHECK(is_one_sentence(tool(journal.directory(), {"export", "no room"})));
}

TEST_CASE("export goes through all pages, and ends quietly when nobody reads on") {
  SampleJournal journal;
  fill(journal.database(), 5000);
  const auto all = tool(journal.directory(), {"export", "lobby"});
  CHECK(lines(all.out) == 5000);
  CHECK_THAT(all.out, Catch::Matchers::EndsWith("\"from\":\"anna\",\"text\":\"said\"}\n"));

  const auto head =
      in_a_shell(journal.directory(), R"({ "$0" "$@" export; echo "exit $?" >&2; } | head -n 1)");
  CHECK(lines(head.out) == 1);
  CHECK(head.err == "exit 0\n");
  const auto full = in_a_shell(journal.directory(), R"("$0" "$@" export >/dev/full)");
  CHECK(is_one_sentence(full));
  CHECK_THAT(full.err, ContainsSubstring("No space left"));
}

TEST_CASE("what cannot be printed is an error, and what nobody reads is none") {
  SampleJournal journal;
  const std::string command = GENERATE("verify", "--help", "--version", "--print-config", "--check-config");
  INFO(command);
  const auto full = in_a_shell(journal.directory(), R"("$0" "$@" )" + command + " >/dev/full");
  CHECK(full.exit_code == 1);
  CHECK(full.err == "hubbubd: standard output cannot be written: No space left on device\n");
  const auto unread = in_a_shell(journal.directory(), R"(trap '' PIPE; "$0" "$@" )" + command + " | true");
  CHECK(unread.err.empty());
}

TEST_CASE("verify tells that a journal is good, and changes nothing") {
  SampleJournal journal;
  const auto before = bytes_of(journal.path());
  const auto outcome = tool(journal.directory(), {"verify"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == journal.path() + ": 5 messages in 2 rooms, 2 accounts, good\n");
  CHECK(outcome.err.empty());
  CHECK(bytes_of(journal.path()) == before);
}

TEST_CASE("verify tells how far a node has read the log of its cluster") {
  SampleJournal journal;
  journal.database().execute(
      "INSERT INTO meta VALUES('generation', 7), ('base', 1795980099499000), ('position', 34)");
  CHECK(tool(journal.directory(), {"verify"}).out ==
        journal.path() +
            ": 5 messages in 2 rooms, 2 accounts, good, read up to position 34 of its cluster's log, begun "
            "2026-11-29T19:21:39.499Z\n");
}

TEST_CASE("verify tells each fault on a line") {
  SampleJournal journal;
  journal.database().execute("DELETE FROM message WHERE seq IN (101, 105)");
  const auto outcome = tool(journal.directory(), {"verify"});
  CHECK(outcome.exit_code == 1);
  CHECK(lines(outcome.out) == 2);
  CHECK_THAT(outcome.out, ContainsSubstring(journal.path() + ": Lobby: message 106") &&
                              ContainsSubstring(journal.path() + ": 大厅: message 104"));
}

TEST_CASE("a damaged journal is told of by every tool, and stays as it is") {
  SampleJournal journal;
  fill(journal.database(), 5000);
  const TemporaryDirectory folder;
  const auto copy = (folder.path() / "journal.sqlite3").native();
  REQUIRE(tool(journal.directory(), {"backup", copy}).exit_code == 0);
  const auto whole = bytes_of(copy);
  auto damaged = whole;
  SECTION("in the middle") { damaged.replace(damaged.size() / 2, 8192, 8192, 'x'); }
  SECTION("at its start") { damaged.replace(0, 100, 100, 'x'); }
  SECTION("cut off") { damaged.resize(damaged.size() / 2); }
  folder.write("journal.sqlite3", damaged);

  const auto verified = tool(folder.path(), {"verify"});
  CHECK(verified.exit_code == 1);
  CHECK(lines(verified.out) > 0);
  CHECK_THAT(verified.out, !ContainsSubstring("in database main"));
  CHECK(verified.err.empty());
  const auto exported = tool(folder.path(), {"export"});
  CHECK(exported.exit_code == 1);
  CHECK_THAT(exported.err, ContainsSubstring("is damaged") && ContainsSubstring("backup"));
  const auto backup = tool(folder.path(), {"backup", (folder.path() / "b").native()});
  CHECK(is_one_sentence(backup));
  CHECK_THAT(backup.err, ContainsSubstring("is damaged"));
  CHECK(names_in(folder.path()) == Texts{"journal.sqlite3"});
  CHECK(bytes_of(copy) == damaged);
}

TEST_CASE("a backup is a journal with everything in it, and for its owner alone") {
  SampleJournal journal;
  const TemporaryDirectory folder;
  const auto file = folder.path() / "journal.sqlite3";
  const auto outcome = tool(journal.directory(), {"backup", file.native()});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out == journal.path() + ": 5 messages in 2 rooms, 2 accounts, " +
                           std::to_string(fs::file_size(file)) + " bytes in " + file.native() + "\n");
  CHECK(names_in(folder.path()) == Texts{"journal.sqlite3"});
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));

  CHECK(tool("/nowhere", {"verify", file.native()}).out ==
        file.native() + ": 5 messages in 2 rooms, 2 accounts, good\n");
  CHECK(tool(folder.path(), {"export"}).out == tool(journal.directory(), {"export"}).out);
  // An engine that writes takes it as its own, with what no message tells.
  Database restored(file.native(), Database::Access::write);
  hubbub::journal::sqlite::prepare_to_write(restored, hubbub::journal::Sync::off);
  CHECK(restored.text("SELECT value FROM state WHERE room = 2") == "tea");
  CHECK(restored.number("SELECT value FROM meta WHERE key = 'reserved'") == 1000);
  CHECK(restored.number("SELECT count(*) FROM forgotten_id") == 2);
}

TEST_CASE("a backup never takes the place of a file, and leaves nothing behind when it fails") {
  SampleJournal journal;
  const TemporaryDirectory folder;
  const auto taken = folder.write("taken", "precious").native();
  const auto again = tool(journal.directory(), {"backup", taken});
  CHECK(is_one_sentence(again));
  CHECK_THAT(again.err, ContainsSubstring(taken + " is there already"));
  CHECK(bytes_of(taken) == "precious");
  const auto dangling = folder.path() / "dangling";
  fs::create_symlink("nothing", dangling);
  CHECK(is_one_sentence(tool(journal.directory(), {"backup", dangling.native()})));
  const auto nowhere = tool(journal.directory(), {"backup", (folder.path() / "no" / "where").native()});
  CHECK(is_one_sentence(nowhere));
  CHECK_THAT(nowhere.err, ContainsSubstring("No such file or directory"));
  CHECK(names_in(folder.path()) == Texts{"dangling", "taken"});

  // A disk that is full, as far as this process can tell.
  fill(journal.database(), 20000);
  const auto file = folder.path() / "copy";
  const auto full = in_a_shell(journal.directory(),
                               R"(trap '' XFSZ; ulimit -f 64; exec "$0" "$@" backup )" + file.native());
  CHECK(is_one_sentence(full));
  CHECK(names_in(folder.path()) == Texts{"dangling", "taken"});
}

TEST_CASE("a backup that is interrupted removes what it began, and nothing else") {
  SampleJournal journal;
  fill(journal.database(), 300'000);
  const TemporaryDirectory folder;
  folder.write("copy.AbCdEf", "somebody else's");
  const auto copy = folder.path() / "copy";
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  // Now and then it is done before it can be interrupted.
  for (int tries = 0; tries < 20; ++tries) {
    hubbub::test::Process backup(
        {.arguments = {HUBBUBD, "--state-dir", journal.directory(), "backup", copy.native()}});
    // It has begun when there is something of it to be removed.
    while (backup.running() && names_in(folder.path()).size() < 2)
      backup.wait_exit(std::chrono::milliseconds{1});
    if (backup.running()) backup.signal(signal);
    const auto code = backup.wait_exit();
    if (code == 0 && fs::remove(copy)) continue;
    CHECK(code == 1);
    CHECK(backup.err().wait_for("interrupted", 0, hubbub::test::patience));
    CHECK(names_in(folder.path()) == Texts{"copy.AbCdEf"});
    return;
  }
  FAIL("it was never interrupted");
}

TEST_CASE("a journal is read where nothing can be written, and otherwise the reason is told") {
  SampleJournal journal;
  const TemporaryDirectory folder;
  const auto file = folder.path() / "journal.sqlite3";
  const auto locked = [&](const Texts& words) {
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    Texts arguments = words;
    if (geteuid() == 0) arguments.insert(arguments.begin(), {"/usr/bin/setpriv", "--bounding-set", "-all"});
    const auto outcome = run({.arguments = arguments});
    fs::permissions(folder.path(), fs::perms::owner_all);
    return outcome;
  };
  const Texts verify{HUBBUBD, "verify", file.native()};
  SECTION("a backup") {
    REQUIRE(tool(journal.directory(), {"backup", file.native()}).exit_code == 0);
    Database writer(file.native(), Database::Access::write);
    CHECK(writer.text("PRAGMA journal_mode = WAL") == "wal");
    CHECK(writer.checkpoint(true));
    writer = Database();
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(file.native() + suffix);
    const auto outcome = locked(verify);
    CHECK(outcome.err.empty());
    CHECK_THAT(outcome.out, ContainsSubstring(": 5 messages in 2 rooms, 2 accounts, good\n"));
    CHECK(names_in(folder.path()) == Texts{"journal.sqlite3"});
  }
  SECTION("what a killed daemon has left") {
    for (const char* name : {"journal.sqlite3", "journal.sqlite3-wal"})
      fs::copy_file(fs::path(journal.directory()) / name, folder.path() / name);
    const auto outcome = locked(verify);
    CHECK(is_one_sentence(outcome));
    CHECK_THAT(outcome.err,
               ContainsSubstring("Permission denied") && ContainsSubstring("journal.sqlite3-wal"));
  }
}

TEST_CASE("the tools do not wait for who is writing, and see what has been committed") {
  SampleJournal journal;
  const TemporaryDirectory folder;
  const hubbub::journal::sqlite::Transaction writing(journal.database());
  journal.database().execute("DELETE FROM message");
  CHECK(tool(journal.directory(), {"verify"}).out ==
        journal.path() + ": 5 messages in 2 rooms, 2 accounts, good\n");
  CHECK(lines(tool(journal.directory(), {"export"}).out) == 5);
  CHECK(tool(journal.directory(), {"backup", (folder.path() / "copy").native()}).exit_code == 0);
}

TEST_CASE("what a killed daemon has left in the write-ahead log is there for the tools") {
  SampleJournal journal;
  const TemporaryDirectory left;
  for (const char* name : {"journal.sqlite3", "journal.sqlite3-wal"})
    fs::copy_file(fs::path(journal.directory()) / name, left.path() / name);
  CHECK_THAT(tool(left.path(), {"verify"}).out,
             ContainsSubstring(": 5 messages in 2 rooms, 2 accounts, good\n"));
}

TEST_CASE("what would keep a tool waiting, or is somebody else's by a second name, is refused") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "journal.sqlite3";
  const auto words = GENERATE(Texts{"verify"}, Texts{"export"}, Texts{"backup", "copy"});
  SECTION("a pipe for a journal") {
    REQUIRE(mkfifo(file.c_str(), S_IRUSR | S_IWUSR) == 0);
    const auto outcome = tool(folder.path(), words);
    CHECK(is_one_sentence(outcome));
    CHECK_THAT(outcome.err, ContainsSubstring("is no file"));
  }
  SECTION("beside it") {
    const SampleJournal journal;
    const auto other = folder.path() / "other";
    std::ofstream(other) << "something";
    fs::create_hard_link(other, journal.path() + "-journal");
    const auto outcome = tool(journal.directory(), words);
    CHECK(is_one_sentence(outcome));
    CHECK_THAT(outcome.err, ContainsSubstring("-journal is not a file with one name"));
    CHECK(bytes_of(other) == "something");
  }
}

TEST_CASE("what is no journal is refused with a sentence") {
  const TemporaryDirectory folder;
  const auto file = (folder.path() / "journal.sqlite3").native();
  const auto words = GENERATE(Texts{"verify"}, Texts{"export"}, Texts{"backup", "copy"});
  CHECK_THAT(tool(folder.path(), words).err, ContainsSubstring("there is no journal in"));
  CHECK(is_one_sentence(tool(folder.path(), words)));
  Database database(file, Database::Access::create);
  database.execute("CREATE TABLE other(x)");
  CHECK_THAT(tool(folder.path(), words).err, ContainsSubstring("is not a journal of hubbubd"));
  CHECK_THAT(tool(folder.path(), {"restore", file + ".other"}).err, ContainsSubstring("cannot read"));
  fs::copy_file(file, file + ".other");
  CHECK_THAT(tool(folder.path(), {"restore", file + ".other"}).err,
             ContainsSubstring("or else name another file"));
  fs::remove(file + ".other");
  CHECK(is_one_sentence(tool(folder.path(), words)));
  database.execute("PRAGMA application_id = " + std::to_string(hubbub::journal::sqlite::application_id));
  database.execute("PRAGMA user_version = 77");
  CHECK_THAT(tool(folder.path(), words).err, ContainsSubstring("later hubbubd"));
  CHECK(is_one_sentence(tool(folder.path(), words)));
}

TEST_CASE("a log that was left beside a copied backup is found by the tools and at a daemon's start") {
  const SampleJournal journal;
  const TemporaryDirectory state;
  const auto copied = state.path() / "journal.sqlite3";
  REQUIRE(tool(journal.directory(), {"backup", copied.string()}).exit_code == 0);
  fs::copy_file(journal.path() + "-wal", copied.string() + "-wal");
  for (const Texts& words : {Texts{"verify"}, Texts{"export"}, Texts{"backup", (state.path() / "b").string()},
                             Texts{"--listen", "tcp://127.0.0.1:0"}}) {
    const auto outcome = tool(state.path(), words);
    CHECK(is_one_sentence(outcome));
    CHECK_THAT(outcome.err, ContainsSubstring("journal.sqlite3-wal does not belong to " + copied.string()));
  }
  fs::remove(copied.string() + "-wal");
  CHECK(tool(state.path(), {"verify"}).exit_code == 0);
}

TEST_CASE("without a state directory the tools say how to name one") {
  const auto homeless = run(
      {.arguments = {HUBBUBD, "verify"}, .environment = {"HOME=", "XDG_STATE_HOME=", "STATE_DIRECTORY="}});
  CHECK(is_one_sentence(homeless));
  CHECK_THAT(homeless.err, ContainsSubstring("--state-dir DIR"));
  CHECK_THAT(tool("/tmp", {"verify", "/nowhere/copy"}).err, ContainsSubstring("/nowhere/copy: No such file"));
}
