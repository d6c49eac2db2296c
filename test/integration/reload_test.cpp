#include <csignal>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// SIGHUP: a new configuration while people chat.
namespace hubbub::test {
namespace {

constexpr auto config = R"(
  [server]
  motd = "old"
  [limits]
  text = 100
)";

std::string motd(const Daemon& daemon) {
  JsonClient client(daemon.address());
  return text_of(client.hello("someone-new"), "motd");
}

/// Waits until the daemon has dealt with SIGHUP.
void reload(const Daemon& daemon, std::string_view outcome) {
  const std::size_t from = daemon.log().size();
  daemon.signal(SIGHUP);
  daemon.wait_for_log(outcome, from);
}

}  // namespace

TEST_CASE("a new configuration holds for those who are there and those who come") {
  const Daemon daemon({.config = config});
  JsonClient alice = member(daemon.address(), "alice");
  const std::string text(150, 'x');
  const Event say{{"type", "say"}, {"room", "lobby"}, {"text", text}};
  CHECK(alice.refusal(say) == "text_too_long");
  daemon.rewrite_config("[server]\nmotd = \"new\"\n[limits]\ntext = 200\nmessages_burst = 3\n");
  reload(daemon, "configuration read again");
  CHECK(motd(daemon) == "new");
  CHECK(text_of(alice.answer(say), "text") == text);
  for (int i = 0; i < 2; ++i) alice.answer(say);
  CHECK(alice.refusal(say) == "rate_limited");
}

TEST_CASE("a wrong configuration changes nothing and says why") {
  const Daemon daemon({.config = config});
  JsonClient alice = member(daemon.address(), "alice");
  daemon.rewrite_config("[server]\nmotd = \"new\"\n[limits]\nconections = 5\n");
  reload(daemon, "stays as it was");
  const std::string log = daemon.log();
  CHECK(log.find("hubbubd.toml:4") != std::string::npos);
  CHECK(log.find("connections") != std::string::npos);
  CHECK(motd(daemon) == "old");
  CHECK(text_of(alice.say("lobby", "still here"), "text") == "still here");

  daemon.rewrite_config("[server]\nmotd = \"mended\"\n");
  reload(daemon, "configuration read again");
  CHECK(motd(daemon) == "mended");
}

TEST_CASE("the log's level follows the configuration") {
  const Daemon daemon({.config = "[log]\nlevel = \"info\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  alice.say("lobby", "whispered");
  CHECK(daemon.log().find("whispered") == std::string::npos);
  daemon.rewrite_config("[log]\nlevel = \"debug\"\n");
  reload(daemon, "configuration read again");
  alice.say("lobby", "shouted");
  daemon.wait_for_log("shouted");
}

}  // namespace hubbub::test
