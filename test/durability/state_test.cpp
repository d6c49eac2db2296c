#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "test/durability/machine.hpp"
#include "test/durability/peer.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// The state directory: one daemon at a time, and what is damaged is reported and left as it is.
namespace hubbub::test {
namespace {

constexpr auto config = "[limits]\nmessages_per_second = 0\n[history]\nengine = \"sqlite\"\n";
constexpr std::size_t page = 4096;  // of the database, in bytes

/// What hubbubd says when it is started on that directory, and ends at once.
Outcome start_on(const std::filesystem::path& state_dir, std::vector<std::string> launcher = {}) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("hubbubd.toml", config).string();
  launcher.insert(launcher.end(), {HUBBUBD, "--config", file, "--listen", "tcp://127.0.0.1:0", "--state-dir",
                                   state_dir.string()});
  return run({.arguments = launcher});
}

/// The same for one who may not do what only root may.
Outcome start_unprivileged_on(const std::filesystem::path& state_dir) {
  return start_on(state_dir, geteuid() == 0
                                 ? std::vector<std::string>{"/usr/bin/setpriv", "--bounding-set", "-all"}
                                 : std::vector<std::string>{});
}

bool is_one_sentence(const Outcome& outcome) {
  return outcome.exit_code == 1 && outcome.err.starts_with("hubbubd: cannot ") &&
         std::ranges::count(outcome.err, '\n') == 1;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// Leaves a journal of some hundred pages behind.
void fill_journal(const std::filesystem::path& state_dir) {
  const Daemon daemon({.config = config, .state_dir = state_dir});
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 0; i < 500; ++i) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", std::string(1000, 'x')}});
    if (i % 50 == 0) alice.sync();
  }
  alice.sync();
}

/// A way in which a file may be damaged.
struct Damage {
  const char* name;
  void (*apply)(std::string& content);
};

}  // namespace

TEST_CASE("a second daemon on the same state directory is refused") {
  const TemporaryDirectory directory;
  const auto state_dir = directory.path() / "state";
  Daemon daemon({.config = config, .state_dir = state_dir});
  JsonClient alice = member(daemon.address(), "alice");
  const Outcome outcome = start_on(state_dir);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find(state_dir.string()) != std::string::npos);
  alice.say("lobby", "still here");

  // One that was killed leaves nothing behind that would be in the way.
  daemon.kill();
  const Daemon next({.config = config, .state_dir = state_dir});
  JsonClient bob(next.address());
  bob.hello("bob");
  CHECK(said(list_of(bob.join("lobby"), "history")) == std::vector<std::string>{"still here"});
}

TEST_CASE("a damaged journal is reported at the start, and left as it is") {
  const auto damage =
      GENERATE(Damage{"a header that is not its own",
                      [](std::string& content) { std::fill_n(content.begin(), 100, 'x'); }},
               Damage{"half of it gone",
                      [](std::string& content) { content.resize(content.size() / 2 / page * page); }},
               Damage{"half of it and of a page gone",
                      [](std::string& content) { content.resize(content.size() / 2 + 1); }},
               Damage{"zeros in the middle", [](std::string& content) {
                        const auto middle = content.size() / 2 / page * page;
                        std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(middle), 8 * page, '\0');
                      }});
  CAPTURE(damage.name);
  const TemporaryDirectory directory;
  const auto state_dir = directory.path() / "state";
  fill_journal(state_dir);
  const auto file = state_dir / "journal.sqlite3";
  std::string content = bytes_of(file);
  REQUIRE(content.size() > 50 * page);
  damage.apply(content);
  std::ofstream(file, std::ios::binary) << content;

  const Outcome outcome = start_on(state_dir);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find(file.string()) != std::string::npos);
  CHECK(bytes_of(file) == content);
}

TEST_CASE("a journal that cannot be written is told at the start") {
  namespace fs = std::filesystem;
  const TemporaryDirectory directory;
  const auto state_dir = directory.path() / "state";
  const auto journal = state_dir / "journal.sqlite3";
  { const Daemon daemon({.config = config, .state_dir = state_dir}); }
  const auto refused = [&](const fs::path& what, fs::perms allowed) {
    const auto before = fs::status(what).permissions();
    fs::permissions(what, allowed);
    const Outcome outcome = start_unprivileged_on(state_dir);
    fs::permissions(what, before);
    CAPTURE(outcome.err);
    CHECK(is_one_sentence(outcome));
    CHECK(outcome.err.find("Permission denied") != std::string::npos);
  };
  constexpr auto readable = fs::perms::owner_read | fs::perms::owner_exec;
  SECTION("the file") { refused(journal, fs::perms::owner_read); }
  SECTION("the lock") { refused(state_dir / "hubbubd.lock", fs::perms::owner_read); }
  SECTION("the directory") { refused(state_dir, readable); }
  SECTION("the directory, with an empty log in it") {
    std::ofstream(journal.string() + "-wal").flush();
    refused(state_dir, readable);
  }
  SECTION("another directory, that cannot be made") {
    fs::permissions(state_dir, readable);
    const Outcome outcome = start_unprivileged_on(state_dir / "below");
    fs::permissions(state_dir, fs::perms::owner_all);
    CHECK(is_one_sentence(outcome));
  }
  // And it has been left as it was.
  const Daemon daemon({.config = config, .state_dir = state_dir});
  member(daemon.address(), "alice").say("lobby", "it works");
}

TEST_CASE("a journal on a full disk is told at the start") {
  const TemporaryDirectory directory;
  const auto state_dir = directory.path() / "state";
  std::filesystem::create_directory(state_dir);
  const durability::SmallDisk disk(state_dir, std::size_t{1} << 20);
  if (!disk.is_mounted()) return durability::skip("no file system may be mounted here");
  { const Daemon daemon({.config = config, .state_dir = state_dir}); }
  std::filesystem::remove(state_dir / "spare");
  const durability::Filler filler(state_dir);
  const Outcome outcome = start_on(state_dir);
  CAPTURE(outcome.err);
  CHECK(is_one_sentence(outcome));
  CHECK(outcome.err.find("the disk is full") != std::string::npos);
}

TEST_CASE(
    "a journal that is removed or replaced beside the daemon is noticed, and nothing more is acknowledged") {
  namespace fs = std::filesystem;
  const TemporaryDirectory directory;
  const auto state_dir = directory.path() / "state";
  const auto journal = state_dir / "journal.sqlite3";
  const Daemon daemon({.config = config, .state_dir = state_dir});
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "before");
  const auto say = [&] {
    const Event answer = alice.answer({{"type", "say"}, {"room", "lobby"}, {"text", "lost"}, {"id", "x"}});
    return std::string(durability::text_in(answer, "code"));
  };
  constexpr std::string_view line = "the journal cannot be written";
  const bool at_once = GENERATE(true, false);
  SECTION("removed") { fs::remove(journal); }
  SECTION("moved") { fs::rename(journal, state_dir / "moved"); }
  SECTION("replaced") {
    fs::copy_file(journal, state_dir / "copy");
    fs::rename(state_dir / "copy", journal);
  }
  SECTION("its log removed") { fs::remove(journal.string() + "-wal"); }
  SECTION("the whole directory moved") { fs::rename(state_dir, directory.path() / "away"); }
  if (at_once) CHECK(say() == "storage_failed");
  daemon.wait_for_log(line);
  for (int i = 0; i < 3; ++i) CHECK(say() == "storage_failed");
  CHECK(daemon.log().find("has been moved or replaced") != std::string::npos);
  CHECK(count(daemon.log(), line) == 1);
}

}  // namespace hubbub::test
