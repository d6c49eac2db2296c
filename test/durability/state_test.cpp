#include <algorithm>
#include <filesystem>
#include <fstream>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// The state directory: one daemon at a time, and what is damaged is reported and left as it is.
namespace hubbub::test {
namespace {

constexpr auto config = "[limits]\nmessages_per_second = 0\n[history]\nengine = \"sqlite\"\n";
constexpr std::size_t page = 4096;  // of the database, in bytes

/// What hubbubd says when it is started on that directory, and ends at once.
Outcome start_on(const std::filesystem::path& state_dir) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("hubbubd.toml", config).string();
  return run_hubbubd({"--config", file, "--listen", "tcp://127.0.0.1:0", "--state-dir", state_dir.string()});
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
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
  std::string content = content_of(file);
  REQUIRE(content.size() > 50 * page);
  damage.apply(content);
  std::ofstream(file, std::ios::binary) << content;

  const Outcome outcome = start_on(state_dir);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find(file.string()) != std::string::npos);
  CHECK(content_of(file) == content);
}

}  // namespace hubbub::test
