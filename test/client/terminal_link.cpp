// The client on a terminal, with a server in the test's hands: what comes with a link, and when nothing can
// be shown.
#include <csignal>

#include "test/client/fake_server.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

namespace asio = boost::asio;

const std::vector<std::string> xterm = {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"};
const std::string private_message =
    R"({"type":"message","id":"1","to":"alice","from":"bob","text":"psst","time":"2026-11-21T12:00:00Z"})";

/// Alice at her terminal, in a lobby where one message has been said.
struct Alone {
  FakeServer server;
  PseudoTerminal terminal;

  Alone() : terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm) {}

  asio::awaitable<Peer> enter() {
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    const std::string joined = R"("last":1,"history":[],"complete":true)";
    co_await peer.let_in(joined);
    terminal.expect("you are in lobby");
    terminal.expect("lobby > ");
    co_return peer;
  }
  /// The next link, on which one has not come back into the room yet.
  asio::awaitable<Peer> come_back(Peer& peer) {
    peer.close();
    Peer again = co_await server.accept();
    co_await again.welcome("alice");
    co_return again;
  }
  static std::string missed(const std::string& text) {
    return R"("last":2,"history":[)" + message_json("lobby", 2, "bob", text) + R"(],"complete":true)";
  }
};

}  // namespace

TEST_CASE("what is said in private while one catches up rings") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    Peer again = co_await alice.come_back(peer);
    co_await again.send(private_message);
    alice.terminal.expect("\a\x1b]777;notify;bob;psst\x1b\\");
  });
}

TEST_CASE("what was missed rings once, and not in a room that is muted") {
  const bool muted = GENERATE(false, true);
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    if (muted) {
      alice.terminal.type("/mute lobby\r");
      alice.terminal.expect("lobby is muted");
    }
    Peer again = co_await alice.come_back(peer);
    const std::string missed = Alone::missed("alice: hi");
    co_await again.let_in(missed);
    alice.terminal.expect("1 missed, 1 mentions you");
    const std::string said = message_json("lobby", 3, "bob", "over");
    co_await again.send(said);
    alice.terminal.expect("over");
    CHECK((alice.terminal.text().find("while you were away") == std::string::npos) == muted);
    CHECK((alice.terminal.text().find('\a') == std::string::npos) == muted);
  });
}

TEST_CASE("a terminal that is stopped keeps neither the link nor the end waiting") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    alice.terminal.type("\x13");  // Ctrl-S
    Peer again = co_await alice.come_back(peer);
    const std::string missed = Alone::missed("alice: hi");
    co_await again.let_in(missed);
    co_await again.send(private_message);
    const std::string ping = R"({"type":"ping"})";
    co_await again.send(ping);
    const std::string pong = "pong";
    co_await again.expect(pong);
    alice.terminal.signal(SIGTERM);
    const std::string quit = "quit";
    co_await again.expect(quit);
    again.close();
  });
  CHECK(alice.terminal.wait_exit() == 0);
  CHECK(alice.terminal.is_sane());
}

TEST_CASE("what is typed before there is a room is given back") {
  const Daemon daemon;
  Proxy proxy(daemon.address());
  proxy.freeze();
  PseudoTerminal terminal({hubbub_program, "alice@" + target(proxy.address())}, xterm);
  terminal.expect("> ");
  const std::string line = GENERATE(as<std::string>(), "too early", " too early", "/me is too early");
  terminal.type(line + "\r");
  terminal.expect("you are in no room");
  terminal.expect("> " + line);
}

TEST_CASE("what is no UTF-8 is given back") {
  const Daemon daemon;
  PseudoTerminal terminal({hubbub_program, "alice@" + target(daemon.address())}, xterm);
  terminal.expect("lobby > ");
  terminal.type("/join \xff\r");
  terminal.expect("this terminal does not send UTF-8");
  terminal.expect("> /join ");
}

}  // namespace hubbub::test
