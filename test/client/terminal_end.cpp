// How the client on a terminal ends, or is stopped for a while.
#include <csignal>

#include "test/client/alice.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {

TEST_CASE("Ctrl-C clears what is typed, and leaves when there is nothing") {
  Alice alice;
  CHECK_FALSE(alice.terminal.is_sane());
  alice.terminal.type("never said");
  alice.terminal.expect("never said");
  alice.terminal.type("\x03");
  alice.terminal.expect("lobby > ");
  alice.terminal.type("said\r");
  CHECK(alice.terminal.expect("alice │ said").find("alice │ never") == std::string::npos);
  alice.terminal.type("\x03");
  CHECK(alice.terminal.wait_exit() == 0);
  CHECK(alice.terminal.is_sane());
}

TEST_CASE("however it ends, it leaves politely and the terminal is as it was") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined lobby");
  const std::string how =
      GENERATE(as<std::string>(), "Ctrl-D", "/quit", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT");
  CAPTURE(how);
  if (how == "Ctrl-D") alice.terminal.type("\x04");
  if (how == "/quit") alice.terminal.type("/quit see you\r");
  if (how == "SIGTERM") alice.terminal.signal(SIGTERM);
  if (how == "SIGHUP") alice.terminal.signal(SIGHUP);
  if (how == "SIGINT") alice.terminal.signal(SIGINT);
  if (how == "SIGQUIT") alice.terminal.signal(SIGQUIT);
  CHECK(bob.expect_departure("alice") == (how == "/quit" ? "see you" : "quit"));
  CHECK(alice.terminal.wait_exit() == 0);
  CHECK(alice.terminal.is_sane());
}

TEST_CASE("Ctrl-Z stops it on a sane terminal, and it goes on where it was") {
  const Daemon daemon;
  const std::string shell =
      "set -m; '" + hubbub_program + "' alice@" + target(daemon.address()) + "; echo stop''ped; read go; fg";
  PseudoTerminal terminal({"/bin/sh", "-c", shell}, xterm);
  terminal.expect("lobby > ");
  terminal.type("half a li");
  terminal.expect("half a li");
  terminal.type("\x1a");
  terminal.expect("stopped");
  CHECK(terminal.is_sane());
  terminal.type("go\r");
  terminal.expect("lobby > half a li");
  terminal.type("ne\r");
  terminal.expect("alice │ half a line");
  terminal.type("\x04");
  CHECK(terminal.wait_exit() == 0);
}

TEST_CASE("Ctrl-Z does nothing where no shell would wake it up again") {
  Alice alice;
  alice.terminal.type("half a li");
  alice.terminal.expect("half a li");
  alice.terminal.type("\x1a");
  alice.terminal.expect("lobby > half a li");
  alice.terminal.type("ne\r");
  alice.terminal.expect("alice │ half a line");
}

TEST_CASE("being closed for good, and finding nobody, end it with a sentence and status 1") {
  PseudoTerminal terminal({hubbub_program, "unix:/nonexistent/hubbub.sock"}, xterm);
  terminal.expect("hubbub: cannot reach unix:///nonexistent/hubbub.sock: no such file or directory");
  CHECK(terminal.wait_exit() == 1);
  CHECK(terminal.is_sane());
}

}  // namespace hubbub::test
