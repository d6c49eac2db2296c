#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <cstring>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/descriptor.hpp"
#include "test/support/json_client.hpp"
#include "test/support/temporary_directory.hpp"

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

/// Stands in for systemd: takes what the daemon says of itself (sd_notify(3)).
class Manager {
 public:
  Manager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto file = path();
    REQUIRE(file.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, file.c_str(), file.size() + 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as bind(2) wants it
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  std::string path() const { return (directory_.path() / "notify").string(); }
  /// Waits until it is told something that holds `what`; the test's own time is the limit.
  std::string wait_for(std::string_view what) const {
    std::array<char, 4096> bytes{};
    std::string told;
    do {
      const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      REQUIRE(count > 0);
      told.assign(bytes.data(), static_cast<std::size_t>(count));
    } while (told.find(what) == std::string::npos);
    return told;
  }

 private:
  TemporaryDirectory directory_;
  Descriptor socket_;
};

void say_much(JsonClient& client, int messages) {
  for (int i = 0; i < messages; ++i)
    client.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
  client.sync();
}

std::size_t kept(JsonClient& client) {
  const auto history = client.answer({{"type", "history"}, {"room", "lobby"}, {"limit", 500}});
  return history.at("messages").as_array().size();
}

}  // namespace

TEST_CASE("a slip in the retention is told to the log and the service manager, and can be taken back") {
  const std::string unlimited = "[limits]\nmessages_per_second = 0\n";
  const std::string slip = unlimited + "[history]\nkeep_messages = 10\n";
  const Manager manager;
  const Daemon daemon({.config = unlimited, .launcher = {"/usr/bin/env", "NOTIFY_SOCKET=" + manager.path()}});
  JsonClient alice = member(daemon.address(), "alice");
  say_much(alice, 100);
  daemon.rewrite_config(slip);
  reload(daemon, "the new retention would drop much");
  CHECK(daemon.log().find("messages=90 kept=100 in=1h") != std::string::npos);
  CHECK(manager.wait_for("a new retention drops").find("90 messages in 60 min") != std::string::npos);
  CHECK(kept(alice) == 100);
  SECTION("taken back") {
    daemon.rewrite_config(unlimited);
    reload(daemon, "has been taken back");
    CHECK(kept(alice) == 100);
  }
  SECTION("meant: at once") {
    daemon.rewrite_config(slip + "grace = 0\n");
    reload(daemon, "configuration read again");
    for (int i = 0; kept(alice) != 10 && i < 100; ++i) alice.say("lobby", "a turn");
    CHECK(kept(alice) == 10);
  }
}

TEST_CASE("a start with another retention waits too, unless it is told to drop now") {
  const TemporaryDirectory state;
  const std::string unlimited = "[limits]\nmessages_per_second = 0\n";
  const std::string slip = unlimited + "[history]\nkeep_messages = 10\n";
  {
    const Daemon daemon({.config = unlimited, .state_dir = state.path(), .engine = "sqlite"});
    JsonClient alice = member(daemon.address(), "alice");
    say_much(alice, 100);
  }
  {
    const Daemon daemon({.config = slip, .state_dir = state.path(), .engine = "sqlite"});
    JsonClient alice = member(daemon.address(), "alice");
    CHECK(daemon.log().find("the new retention would drop much") != std::string::npos);
    CHECK(kept(alice) == 100);
  }
  const Daemon daemon(
      {.config = slip, .flags = {"--drop-now"}, .state_dir = state.path(), .engine = "sqlite"});
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 0; kept(alice) != 10 && i < 100; ++i) alice.say("lobby", "a turn");
  CHECK(kept(alice) == 10);
}

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
