// The client and accounts: the token of its device, when the link comes back and when it is not accepted any
// more; and the terminal, with the real daemon.
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <string>

#include "client/connection/session.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/client/scene.hpp"
#include "test/client/shell.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr Time now{std::chrono::hours(1)};
const std::string welcome_line =
    R"({"type":"welcome","version":1,"server":"s","name":"alice","limits":{"line":16384}})";

/// What the session sends in a new link.
std::string greeting(client::Session& session, bool may_carry_secrets = true) {
  session.link_down();
  session.link_up(may_carry_secrets);
  return session.take_output(now);
}

}  // namespace

TEST_CASE(
    "the token of a login is used when the link comes back, and over links alone that nobody can read") {
  Scene scene;
  client::Session session({.name = "alice"}, "tag", scene.told);
  CHECK(greeting(session).find("token") == std::string::npos);
  session.read(welcome_line, now);
  const std::string brings =
      GENERATE(R"({"type":"registered","name":"alice","token":"hub_a"})",
               R"({"type":"logged_in","account":"alice","name":"alice","token":"hub_a"})");
  session.read(brings, now);
  CHECK(greeting(session).find(R"("token":"hub_a")") != std::string::npos);
  CHECK(greeting(session, false).find("hub_a") == std::string::npos);
  greeting(session);
  SECTION("until a logout") {
    session.read(welcome_line, now);
    session.read(R"({"type":"logged_out","name":"guest-7"})", now);
    const auto hello = greeting(session);
    CHECK(hello.find("token") == std::string::npos);
    CHECK(hello.find(R"("name":"guest-7")") != std::string::npos);
  }
  SECTION("until it is refused: then one is a guest") {
    session.read(R"({"type":"error","code":"login_failed","text":"not any more"})", now);
    const auto hello = session.take_output(now);
    CHECK(hello.find(R"("type":"hello")") != std::string::npos);
    CHECK(hello.find("token") == std::string::npos);
    CHECK(hello.find("alice") == std::string::npos);
    const auto verdict = session.read(R"({"type":"error","code":"login_failed","text":"again"})", now);
    CHECK(verdict.step == client::Verdict::Step::name_refused);
  }
  SECTION("a login takes another name") {
    session.read(welcome_line, now);
    session.read(R"({"type":"logged_in","account":"Anna","name":"Anna"})", now);
    CHECK(session.name() == "Anna");
    CHECK(greeting(session).find(R"("token":"hub_a")") != std::string::npos);
  }
}

TEST_CASE("who is logged out from elsewhere does not come back by himself") {
  Scene scene;
  client::Session session({.name = "alice", .token = "hub_a"}, "tag", scene.told);
  CHECK(greeting(session).find("hub_a") != std::string::npos);
  session.read(welcome_line, now);
  const auto verdict = session.read(R"({"type":"bye","code":"logged_out","text":"from elsewhere"})", now);
  CHECK(verdict.step == client::Verdict::Step::closed_for_good);
}

TEST_CASE("on a terminal: registered once, one is logged in at the next start, until one logs out") {
  const Daemon daemon;
  const auto server = "127.0.0.1:" + std::to_string(daemon.address().port);
  const TemporaryDirectory config;
  const std::vector<std::string> environment{"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1",
                                             "XDG_CONFIG_HOME=" + config.path().string()};
  const auto file = config.path() / "hubbub" / "tokens.toml";
  {
    PseudoTerminal terminal({hubbub_program, "Anna@" + server}, environment);
    terminal.expect("lobby > ");
    terminal.type("/register\r");
    terminal.expect("Password for Anna: ");
    terminal.type("correct-horse\r");
    terminal.expect("Password again: ");
    terminal.type("correct-horse\r");
    terminal.expect("the name Anna is yours from now on");
    terminal.type("/quit\r");
    CHECK(terminal.wait_exit() == 0);
    CHECK(terminal.text().find("hub_") == std::string::npos);
    const auto history = terminal.home().path() / ".local" / "state" / "hubbub" / "history";
    CHECK(bytes_of(history).find("correct-horse") == std::string::npos);
  }
  CHECK(bytes_of(file).find("hub_") != std::string::npos);
  {
    PseudoTerminal terminal({hubbub_program, server}, environment);
    terminal.expect("you are Anna on");
    terminal.type("/devices\r");
    terminal.expect("device 1: hubbub on ");
    terminal.expect("this");
    terminal.type("/logout\r");
    terminal.expect("you are logged out, and now known as guest-");
    terminal.type("/quit\r");
    CHECK(terminal.wait_exit() == 0);
  }
  CHECK(bytes_of(file).find("hub_") == std::string::npos);
}

TEST_CASE(
    "a token that is not accepted any more is forgotten, and a script logs in by that of the environment") {
  const Daemon daemon;
  const auto server = "127.0.0.1:" + std::to_string(daemon.address().port);
  JsonClient anna = member(daemon.address(), "Anna");
  const auto token = text_of(anna.answer({{"type", "register"}, {"password", "correct horse"}}), "token");
  CHECK(shell(daemon, "HUBBUB_TOKEN=" + token + " $hubbub say lobby from a script").exit_code == 0);
  CHECK(text_of(anna.expect("message"), "account") == "Anna");
  const auto wrong = shell(daemon, "HUBBUB_TOKEN='not a token' $hubbub say lobby hi");
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.find("HUBBUB_TOKEN has no token") != std::string::npos);
}

TEST_CASE(
    "on a terminal the owner of a name logs in where it was refused, and is let in where guests are not") {
  const bool takes_guests = GENERATE(true, false);
  const Daemon daemon;
  {
    JsonClient anna = member(daemon.address(), "Anna");
    anna.answer({{"type", "register"}, {"password", "correct-horse"}});
  }
  if (!takes_guests) {
    const auto from = daemon.log().size();
    daemon.rewrite_config("[accounts]\nguests = \"none\"\n");
    daemon.signal(SIGHUP);
    daemon.wait_for_log("configuration read again", from);
  }
  const TemporaryDirectory config;
  const std::vector<std::string> environment{"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1",
                                             "XDG_CONFIG_HOME=" + config.path().string()};
  PseudoTerminal terminal({hubbub_program, "Anna@" + target(daemon.address())}, environment);
  terminal.expect("(not connected");
  terminal.type("/login Anna\r");
  terminal.expect("Password for Anna: ");
  terminal.type("correct-horsf\r");
  terminal.expect("the name or the password is wrong");
  terminal.expect("Password for Anna: ");
  terminal.type("correct-horse\r");
  terminal.expect("you are Anna on");
  terminal.expect("lobby > ");
  terminal.type("/quit\r");
  CHECK(terminal.wait_exit() == 0);
  const auto tokens = config.path() / "hubbub" / "tokens.toml";
  CHECK(bytes_of(tokens).find("hub_") != std::string::npos);
}

}  // namespace hubbub::test
