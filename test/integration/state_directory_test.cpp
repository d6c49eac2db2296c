#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// Where the history is kept, and what an operator is told of it at the start.
namespace hubbub::test {
namespace {

namespace fs = std::filesystem;

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & mode_t{07777};
}

const std::vector<std::string> homeless{"/usr/bin/env", "HOME=", "XDG_STATE_HOME=", "STATE_DIRECTORY="};

}  // namespace

TEST_CASE("without a state directory one warning says that the history is in memory, and what to do") {
  const Daemon daemon(
      {.config = "[history]\nengine = \"automatic\"\n", .with_state_dir = false, .launcher = homeless});
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "hello");
  const auto log = daemon.log();
  CHECK(count_of(log, "warning") == 1);
  CHECK(count_of(log, "no state directory is known: the history is kept in memory") == 1);
  CHECK(count_of(log, "--state-dir") == 1);
}

TEST_CASE("who wants the history in memory is not warned, nor is who has named a directory") {
  const Daemon in_memory(
      {.config = "[history]\nengine = \"memory\"\n", .with_state_dir = false, .launcher = homeless});
  CHECK(count_of(in_memory.log(), "warning") == 0);
  const Daemon on_disk({.config = "[history]\nengine = \"automatic\"\n"});
  CHECK(count_of(on_disk.log(), "warning") == 0);
  CHECK(count_of(on_disk.log(), "made the state directory") == 0);
}

TEST_CASE("a state directory that was named and is missing is made with all that leads to it, and told") {
  const TemporaryDirectory folder;
  const auto state = folder.path() / "a" / "state";
  const std::string automatic = "[history]\nengine = \"automatic\"\n";
  DaemonOptions options{.config = automatic, .with_state_dir = false, .launcher = homeless};
  SECTION("by the flag") { options.flags = {"--state-dir", state.string()}; }
  SECTION("by the file") {
    options.config = "[server]\nstate_dir = \"" + state.string() + "\"\n" + automatic;
  }
  SECTION("by the service manager") { options.launcher.back() += state.string(); }
  const Daemon daemon(options);
  CHECK(count_of(daemon.log(), "made the state directory path=" + state.string() + "\n") == 1);
  CHECK(count_of(daemon.log(), "warning") == 0);
  CHECK(mode_of(state) == 0700);
  CHECK(mode_of(state.parent_path()) == 0700);
  CHECK(fs::exists(state / "journal.sqlite3"));
}

}  // namespace hubbub::test
