#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// What an operator does with the journal while a daemon runs, and after it has gone.
namespace hubbub::test {
namespace {

namespace fs = std::filesystem;

Outcome tool(const fs::path& state_dir, std::vector<std::string> words) {
  words.insert(words.begin(), {"--state-dir", state_dir.string()});
  return run_hubbubd(std::move(words));
}

Events exported(const fs::path& state_dir, const std::string& room) {
  const Outcome outcome = tool(state_dir, {"export", room});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  Events events;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) events.push_back(boost::json::parse(line).as_object());
  return events;
}

std::string journal_in(const fs::path& state_dir) { return (state_dir / "journal.sqlite3").string(); }

std::string verdict(const fs::path& state_dir) {
  const Outcome outcome = tool(state_dir, {"verify"});
  CHECK(outcome.exit_code == 0);
  return outcome.out;
}

}  // namespace

TEST_CASE("what was said is what is exported, and verified, while the daemon runs and after it was killed") {
  Daemon daemon({.engine = "sqlite"});
  JsonClient alice = member(daemon.address(), "Alice");
  Events heard;
  for (const char* text : {"hello", "你好", "привет\nвсем", "\\ \"quoted\""}) {
    heard.push_back(alice.answer(
        {{"type", "say"}, {"room", "lobby"}, {"text", text}, {"id", std::to_string(heard.size())}}));
    heard.back().erase("ref");
  }
  alice.join("Tea");
  heard.push_back(alice.answer({{"type", "say"}, {"room", "tea"}, {"text", "waves"}, {"action", true}}));
  heard.back().erase("ref");
  const Events lobby(heard.begin(), heard.end() - 1);
  const Events tea(heard.end() - 1, heard.end());

  CHECK(exported(daemon.state_dir(), "LOBBY") == lobby);
  CHECK(exported(daemon.state_dir(), "tea") == tea);
  CHECK(verdict(daemon.state_dir()) == journal_in(daemon.state_dir()) + ": 5 messages in 2 rooms, good\n");
  daemon.kill();
  CHECK(exported(daemon.state_dir(), "lobby") == lobby);
  CHECK(verdict(daemon.state_dir()) == journal_in(daemon.state_dir()) + ": 5 messages in 2 rooms, good\n");
}

TEST_CASE("a backup made while people talk is one on which a daemon starts") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\n", .engine = "sqlite"});
  const TemporaryDirectory folder;
  JsonClient alice = member(daemon.address(), "alice");
  constexpr int before = 500;
  constexpr int after = 500;
  for (int i = 0; i < before; ++i)
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
  alice.sync();
  for (int i = before; i < before + after; ++i)
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
  const fs::path copy = folder.path() / "journal.sqlite3";
  const Outcome made = tool(daemon.state_dir(), {"backup", copy.string()});
  CHECK(made.exit_code == 0);
  CHECK(made.err.empty());
  const auto last_said = number_of(alice.sync().back(), "seq");

  // It is the journal at one moment: what was told before it, and of what followed a part without a gap.
  const Events kept = exported(folder.path(), "lobby");
  CHECK(kept.size() >= before);
  const auto texts = said(kept);
  for (std::size_t i = 0; i < texts.size(); ++i) CHECK(texts[i] == std::to_string(i));
  verdict(folder.path());

  const Daemon restored({.state_dir = folder.path(), .engine = "sqlite"});
  JsonClient bob = member(restored.address(), "bob");
  const auto again = number_of(bob.say("lobby", "it is all there"), "seq");
  CHECK(again > last_said);
  CHECK(exported(folder.path(), "lobby").size() == kept.size() + 1);
  verdict(folder.path());
}

TEST_CASE("a backup is refused where a file is, and the daemon does not mind") {
  const Daemon daemon({.engine = "sqlite"});
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "one");
  const std::string journal = (daemon.state_dir() / "journal.sqlite3").string();
  const Outcome outcome = tool(daemon.state_dir(), {"backup", journal});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find(journal + " is there already") != std::string::npos);
  alice.say("lobby", "two");
  CHECK(verdict(daemon.state_dir()) == journal_in(daemon.state_dir()) + ": 2 messages in 1 room, good\n");
}

}  // namespace hubbub::test
