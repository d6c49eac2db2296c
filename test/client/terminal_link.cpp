// The client on a terminal, with a server in the test's hands: what comes with a link, and when nothing can
// be shown.
#include <boost/json/serialize.hpp>
#include <csignal>

#include "test/client/alice.hpp"
#include "test/client/fake_server.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/client/scene.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

namespace asio = boost::asio;

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
  /// The next link, on which somebody else has the name.
  asio::awaitable<Peer> refuse() {
    Peer peer = co_await server.accept();
    co_await peer.expect("hello");
    co_await peer.send(taken);
    co_return peer;
  }
  static constexpr const char* taken =
      R"({"type":"error","code":"name_taken","text":"the name alice is taken; choose another"})";
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

TEST_CASE("a name that is taken when one comes back is told of at once, and another takes one back") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    peer.close();
    Peer second = co_await alice.refuse();
    alice.terminal.expect("the name alice is taken, perhaps by your own connection");
    alice.terminal.expect("lobby (name taken, ");
    alice.terminal.type("/name alice2\r");
    for (;;) {
      Peer next = co_await alice.server.accept();
      const Peer::Json hello = co_await next.expect("hello");
      if (hello.at("name") == "alice2") break;
      co_await next.send(Alone::taken);  // an attempt that was under way
    }
  });
}

TEST_CASE("where nobody can get in the prompt says no more that the name is taken") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    peer.close();
    Peer second = co_await alice.refuse();
    alice.terminal.expect("lobby (name taken, ");
    alice.server.close();
    second.close();
    alice.terminal.expect("lobby (offline");
  });
}

TEST_CASE(
    "a name that is chosen while there is no connection is taken with it, or is refused and comes back") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    alice.server.close();
    peer.close();
    alice.terminal.expect("the connection is lost");
    alice.terminal.type("/nick no/name\r");
    alice.terminal.expect("a name");
    alice.terminal.expect("> /nick no/name");
    alice.terminal.type("\x15/nick bob\r");
    alice.terminal.expect("you come back as bob, unless somebody else has that name");
    alice.server.open_again();
    Peer second = co_await alice.server.accept();
    alice.server.close();
    const Peer::Json hello = co_await second.expect("hello");
    CHECK(hello.at("name") == "bob");
    const std::string taken = R"({"type":"error","code":"name_taken","text":"the name bob is taken"})";
    co_await second.send(taken);
    alice.terminal.expect("the name bob is taken");
    alice.terminal.expect("you come back as alice instead");
    alice.terminal.expect("/name bob");
    alice.terminal.type("\x15/nick carol\r");
    alice.terminal.expect("you come back as carol");
    alice.server.open_again();
    Peer third = co_await alice.server.accept();
    const Peer::Json again = co_await third.welcome("carol");
    CHECK(again.at("name") == "carol");
    co_await third.let_in();
    alice.terminal.expect("connected again as carol");
  });
}

TEST_CASE("who is refused for the name at first is told so, and is not shown as connected") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer first = co_await alice.refuse();
    alice.terminal.expect("you are not connected: choose another name with /name NEW");
    alice.terminal.expect("(not connected, /name NEW) > ");
    alice.terminal.type("/name alice2\r");
    Peer second = co_await alice.server.accept();
    co_await second.welcome("alice2");
    co_await second.let_in();
    alice.terminal.expect("you are alice2");
    alice.terminal.expect("lobby > ");
    CHECK(alice.terminal.text().find("connected again") == std::string::npos);
  });
}

TEST_CASE("a name that was chosen at first is one's own from the first welcome on, and is waited for") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer first = co_await alice.refuse();
    alice.terminal.expect("choose another name with /name NEW");
    alice.terminal.type("\x15/name alice2\r");
    Peer second = co_await alice.server.accept();
    co_await second.welcome("alice2");
    co_await second.let_in();
    alice.terminal.expect("you are in lobby");
    second.close();
    Peer third = co_await alice.refuse();
    alice.terminal.expect("the name alice2 is taken, perhaps by");
    CHECK(alice.terminal.text().find("come back as") == std::string::npos);
  });
}

TEST_CASE("a hit that is asked for before the search is answered is answered with that") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    alice.terminal.type("/search tea\r");
    const Peer::Json asked = co_await peer.expect("history");
    alice.terminal.type("/around 1\r");
    alice.terminal.expect("the search has not been answered yet");
    co_await peer.send(reply(asked, R"("type":"history","room":"lobby","messages":[],"complete":true)"));
    alice.terminal.expect("nothing was found in lobby");
    alice.terminal.type("\x15/around 1\r");
    alice.terminal.expect("the last search has shown nothing");
    alice.terminal.type("\x15/search\r");
    alice.terminal.expect("there are no older hits");
  });
}

TEST_CASE("a server that does not answer is told of, and is waited for") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.server.accept();
    alice.terminal.expect("connecting to 127.0.0.1:" + std::to_string(alice.server.port()) +
                          ", which has not answered yet");
    alice.terminal.expect("\n(connecting) > ");
    co_await peer.welcome("alice");
    co_await peer.let_in();
    alice.terminal.expect("you are in lobby");
    alice.terminal.expect("lobby > ");
  });
}

TEST_CASE("what the server refuses comes back, whatever the reason, and does not push away what is typed") {
  Alone alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    const std::vector<std::string> codes = {"storage_failed", "text_too_long", "not_joined", "bad_request"};
    for (const std::string& code : codes) {
      alice.terminal.type("said " + code + "\r");
      const Peer::Json asked = co_await peer.expect("say");
      co_await peer.send(
          reply(asked, R"("type":"error","code":")" + code + R"(","text":"not )" + code + "\""));
      alice.terminal.expect("not " + code + "\r\n");
      alice.terminal.expect("lobby > said " + code);
      alice.terminal.type("\x15");
    }
    alice.terminal.type("/msg bob psst\r");
    const Peer::Json asked = co_await peer.expect("tell");
    alice.terminal.type("meanwhile");
    alice.terminal.expect("meanwhile");
    co_await peer.send(reply(asked, R"("type":"error","code":"recipient_busy","text":"bob is busy")"));
    alice.terminal.expect("bob is busy\r\n");
    alice.terminal.expect("the arrow key up brings back what was refused");
    alice.terminal.expect("lobby > meanwhile");
    alice.terminal.type("\x15\x1b[A");
    alice.terminal.expect("/msg bob psst");
    CHECK(alice.terminal.text().find("recipient_busy") == std::string::npos);
  });
}

}  // namespace hubbub::test
