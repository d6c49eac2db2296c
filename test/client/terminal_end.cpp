// How the client on a terminal ends, or is stopped for a while.
#include <csignal>

#include "test/client/alice.hpp"
#include "test/client/fake_server.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"

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

TEST_CASE("who leaves before the server has let one in has not been connected, and the status says so") {
  FakeServer server;
  PseudoTerminal terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm);
  const std::string way = GENERATE(as<std::string>(), "\x03", "\x04", "/quit\r", "SIGTERM");
  const bool is_refused = GENERATE(false, true);
  CAPTURE(way, is_refused);
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.expect("hello");
    const std::string taken = R"({"type":"error","code":"name_taken","text":"the name alice is taken"})";
    if (is_refused) co_await peer.send(taken);
    if (is_refused) terminal.expect("you are not connected: choose another name");
    terminal.expect("> ");
    way == "SIGTERM" ? terminal.signal(SIGTERM) : terminal.type(way);
    CHECK(terminal.wait_exit() == 1);
  });
  CHECK(terminal.is_sane());
}

TEST_CASE("who leaves while the connection is lost has been connected") {
  FakeServer server;
  PseudoTerminal terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm);
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    co_await peer.let_in();
    terminal.expect("lobby > ");
    server.close();
    peer.close();
    terminal.expect("the connection is lost");
    terminal.type("\x03");
    CHECK(terminal.wait_exit() == 0);
  });
}

TEST_CASE("a script that is interrupted while it connects ends as the shell expects") {
  Command command;
  command.arguments = GENERATE(
      values<Strings>({{"say", "lobby", "hi"}, {"tail", "lobby"}, {"who"}, {"rooms"}, {"--json"}, {}}));
  CAPTURE(command.arguments);
  command.arguments.insert(command.arguments.begin(), hubbub_program);
  FakeServer server;
  command.environment = {"HUBBUB_SERVER=127.0.0.1:" + std::to_string(server.port())};
  const int signal = GENERATE(SIGINT, SIGTERM);
  Process script(command);
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.expect("hello");
    script.signal(signal);
    CHECK(script.wait_exit() == 128 + signal);
  });
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
