#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/tools/restore.hpp"
#include "test/ops/restore_scene.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"

// Restores that are killed, or fail, at each of their steps.

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

TEST_CASE("a restore that was killed while it copied has changed nothing") {
  const Scene scene;
  write(scene.state / "journal.sqlite3.copy", "half of it");
  CHECK(Daemon({.state_dir = scene.state, .engine = "sqlite"}).wait_exit({}) == std::nullopt);
  CHECK(scene.restore().exit_code == 0);
  CHECK(verdict(kept_in(scene.state).at(0)).starts_with("7 messages"));
}

/// Restores in a process of its own that ends, as if it were killed, after so many steps; whether it was.
bool is_killed_after(const Scene& scene, int steps) {
  const pid_t child = fork();
  if (child == 0) {
    int step = 0;
    tools::restore(scene.state, scene.backup, [&] {
      if (++step == steps) _exit(9);
    });
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status) == 9;
}

void check_all_turn_back(const Scene& scene) {
  constexpr const char* sentence = "was interrupted; run `hubbubd restore` again, with the backup or with";
  const auto journal = (scene.state / "journal.sqlite3").string();
  const auto file = (scene.folder.path() / "another").string();
  for (const auto& words : std::vector<std::vector<std::string>>{{"--listen", "tcp://127.0.0.1:0"},
                                                                 {"verify"},
                                                                 {"verify", journal},
                                                                 {"backup", file},
                                                                 {"export"}}) {
    CAPTURE(words);
    if (words.back() == journal && !fs::exists(journal)) continue;
    const auto outcome = tool(scene.state, words);
    CHECK(outcome.exit_code == 1);
    CHECK_THAT(outcome.err, ContainsSubstring(sentence));
  }
}

TEST_CASE("a restore that was killed half-way keeps all off, and is finished by the next") {
  const bool with_backup = GENERATE(true, false);
  int steps = 1;
  for (bool is_killed = true; is_killed; ++steps) {
    CAPTURE(steps, with_backup);
    const Scene scene;
    is_killed = is_killed_after(scene, steps);
    if (fs::exists(scene.state / "journal.sqlite3.restored")) {
      check_all_turn_back(scene);
      write(scene.folder.path() / "bad", "no journal");
      CHECK(tool(scene.state, {"restore", (scene.folder.path() / "bad").string()}).exit_code == 1);
      check_all_turn_back(scene);
      const auto again = with_backup ? scene.backup : scene.state / "journal.sqlite3.restored";
      const auto outcome = tool(scene.state, {"restore", again.string()});
      CAPTURE(outcome.err);
      CHECK(outcome.exit_code == 0);
      CHECK_THAT(outcome.out,
                 StartsWith("what was there is in " + kept_in(scene.state).at(0).string() + "\n"));
    }
    const auto kept = kept_in(scene.state);
    REQUIRE(kept.size() == 1);
    CHECK(names_in(scene.state) ==
          std::vector<std::string>{kept[0].filename(), "hubbubd.lock", "journal.sqlite3"});
    CHECK(names_in(kept[0]) == std::vector<std::string>{"journal.sqlite3", "journal.sqlite3-shm",
                                                        "journal.sqlite3-wal", "search.sqlite3"});
    CHECK(verdict(scene.state).starts_with("5 messages"));
    CHECK(verdict(kept[0]).starts_with("7 messages"));
  }
  CHECK(steps > 8);
}

TEST_CASE("a restore that was killed again and again loses nothing") {
  const Scene scene;
  int runs = 0;
  do {
    is_killed_after(scene, 3);
  } while (fs::exists(scene.state / "journal.sqlite3.restored") && ++runs < 10);
  const auto kept = kept_in(scene.state);
  REQUIRE(kept.size() == 1);
  CHECK(verdict(scene.state).starts_with("5 messages"));
  CHECK(verdict(kept[0]).starts_with("7 messages"));
}

TEST_CASE("what a restore has put away is told of by the one that comes to its end, and nothing older") {
  const Scene scene;
  const auto ready = scene.state / "journal.sqlite3.restored";
  write(scene.state / "before-restore-notes", "");
  fs::create_directory(scene.state / "before-restore-2001-01-01T000000Z");
  SECTION("however often it was killed") {
    REQUIRE(is_killed_after(scene, 7));
    REQUIRE(kept_in(scene.state).size() == 2);
    const auto kept = scene.state / "before-restore-2001-03-01T000000Z";
    fs::rename(kept_in(scene.state).at(1), kept);
    constexpr timespec february{.tv_sec = 980'985'600, .tv_nsec = 0};
    const std::array<timespec, 2> times{february, february};
    REQUIRE(utimensat(AT_FDCWD, ready.c_str(), times.data(), 0) == 0);
    REQUIRE(is_killed_after(scene, 1));
    CHECK_THAT(scene.restore().out, StartsWith("what was there is in " + kept.string() + "\n"));
  }
  SECTION("where nothing was") {
    for (const char* name :
         {"journal.sqlite3", "journal.sqlite3-wal", "journal.sqlite3-shm", "search.sqlite3"})
      fs::remove(scene.state / name);
    REQUIRE(is_killed_after(scene, 1));
    CHECK_THAT(scene.restore().out,
               StartsWith((scene.state / "journal.sqlite3").string() + " is restored from"));
  }
}

TEST_CASE("a restore that fails half-way leaves what was there, or keeps all off") {
  int steps = 1;
  for (bool has_failed = true; has_failed; ++steps) {
    CAPTURE(steps);
    const Scene scene;
    int step = 0;
    const auto fail = [&] {
      if (++step == steps) throw std::runtime_error("cannot go on");
    };
    try {
      tools::restore(scene.state, scene.backup, fail);
      has_failed = false;
    } catch (const std::runtime_error&) {
    }
    if (fs::exists(scene.state / "journal.sqlite3.restored")) {
      check_all_turn_back(scene);
      CHECK(scene.restore().exit_code == 0);
    }
    const auto kept = kept_in(scene.state);
    CHECK(verdict(kept.empty() ? scene.state : kept.at(0)).starts_with("7 messages"));
    if (!kept.empty()) CHECK(verdict(scene.state).starts_with("5 messages"));
  }
  CHECK(steps > 8);
}

TEST_CASE("a restore that cannot make its folder changes nothing") {
  const Scene scene;
  write(scene.state / "before-restore-unfinished", "");
  SECTION("and gives up") {
    REQUIRE_THROWS_WITH(tools::restore(scene.state, scene.backup,
                                       [&] { write(scene.state / "before-restore-unfinished", ""); }),
                        ContainsSubstring("cannot move"));
    CHECK(verdict(scene.state).starts_with("7 messages"));
  }
  SECTION("with nothing to give up") {
    fs::remove(scene.state / "before-restore-unfinished");
    for (const auto& name : names_in(scene.state)) fs::remove(scene.state / name);
    CHECK(scene.restore().exit_code == 0);
    CHECK(verdict(scene.state).starts_with("5 messages"));
  }
}

TEST_CASE("what an interrupted restore has put away is not restored from before it is at its end") {
  const Scene scene;
  REQUIRE(is_killed_after(scene, 6));
  const auto folder = scene.state / "before-restore-unfinished";
  REQUIRE(fs::exists(folder / "journal.sqlite3"));
  const auto refused = tool(scene.state, {"restore", (folder / "journal.sqlite3").string()});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("is being kept by a restore that was interrupted; restore "));
  REQUIRE(tool(scene.state, {"restore", (scene.state / "journal.sqlite3.restored").string()}).exit_code == 0);
  REQUIRE(
      tool(scene.state, {"restore", (kept_in(scene.state).at(0) / "journal.sqlite3").string()}).exit_code ==
      0);
  CHECK(verdict(scene.state).starts_with("7 messages"));
}

}  // namespace
}  // namespace hubbub::test
