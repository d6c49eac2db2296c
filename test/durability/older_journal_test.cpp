#include "test/durability/older_journal.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "test/durability/machine.hpp"
#include "test/durability/peer.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// The real daemon, killed while it brings a journal up to date that an earlier program has left.
namespace hubbub::durability {
namespace {

namespace fs = std::filesystem;
using test::Daemon;
using test::Event;
using test::JsonClient;
using Texts = std::vector<std::string>;

Event whole_history(JsonClient& client, const std::string& room) {
  return client.answer({{"type", "history"}, {"room", room}, {"limit", 500}});
}

/// A daemon that is started now has everything, and goes on with it.
void read_everything_back(const fs::path& state_dir) {
  const Daemon daemon({.config = keeps_older_journals, .state_dir = state_dir});
  JsonClient alice(daemon.address());
  alice.hello("Алиса");
  const Event joined = alice.answer({{"type", "join"}, {"room", "lobby"}, {"replay", 0}});
  CHECK(text_in(joined, "room") == room_in_older_journals);
  CHECK(text_in(joined, "topic") == "tea 'n' coffee");
  alice.join("大厅");
  const auto lobby = test::list_of(whole_history(alice, "lobby"), "messages");
  REQUIRE(test::said(lobby) == Texts{"привет 2", "привет 3", "waves 3", "привет 4", "привет 5"});
  for (std::size_t i = 0; i < lobby.size(); ++i) {
    CHECK(text_in(lobby[i], "from") == (i == 2 ? "bob" : "Алиса"));
    CHECK(lobby[i].contains("action") == (i == 2));
  }
  CHECK(test::said(test::list_of(whole_history(alice, "大厅"), "messages")) == Texts{"你好 0", "你好 1"});
  // What was said last may be said again, and what is new comes after it.
  const auto last = test::number_of(lobby.back(), "seq");
  const auto say = [&](const char* text, const char* id) {
    return test::number_of(alice.answer({{"type", "say"}, {"room", "lobby"}, {"text", text}, {"id", id}}),
                           "seq");
  };
  CHECK(say("привет 5", "a5") == last);
  CHECK(say("new", "n1") > last);
}

}  // namespace

TEST_CASE("a daemon that is killed while it brings a journal up to date does it at the next start") {
  const auto journal = GENERATE(from_range(older_journals()));
  struct Calls {
    const char* name;
    int step;  ///< from one that it is killed at to the next
  };
  const auto calls = GENERATE(Calls{"pwrite64", 3}, Calls{"fdatasync", 1});
  if (with_calls(calls.name, "signal=SIGKILL").empty()) return skip("strace cannot be used here");
  std::set<int> versions;  // that the kills have left
  for (int count = 1;; count += calls.step) {
    CAPTURE(journal, calls.name, count);
    const test::TemporaryDirectory directory;
    const auto state_dir = directory.path() / "state";
    make_older_journal(journal, state_dir);
    const auto launcher = with_calls(calls.name, "signal=SIGKILL:when=" + std::to_string(count));
    REQUIRE_FALSE(launcher.empty());
    const int code = start_and_stop(state_dir, launcher);
    if (code == has_stopped) break;
    REQUIRE(code == was_killed);
    versions.insert(version_left(state_dir));
    read_everything_back(state_dir);
  }
  CHECK(versions.size() == 2);  // it was killed before and after
}

}  // namespace hubbub::durability
