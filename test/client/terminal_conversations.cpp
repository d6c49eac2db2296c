// The client on a terminal, logged in, with a server in the test's hands: private messages that are kept.
#include <boost/json/serialize.hpp>

#include "test/client/fake_server.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/client/scene.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {
namespace {

namespace asio = boost::asio;

std::string kept(int seq, const std::string& from, const std::string& more = "") {
  const std::string to = from == "alice" ? "bob" : "alice";
  return R"({"type":"message","to":")" + to + R"(","from":")" + from + R"(","account":")" + from +
         R"(","time":"2026-11-21T12:00:00Z","text":"text )" + std::to_string(seq) + R"(","seq":)" +
         std::to_string(seq) + more + "}";
}

std::string conversations(const std::string& of_bob) {
  return R"("type":"conversations","conversations":[{"with":"bob",)" + of_bob + R"(}],"more":false)";
}

std::string page(const std::string& messages) {
  return R"("type":"history","with":"bob","messages":[)" + messages + R"(],"complete":true)";
}

/// Alice at her terminal, with an account; she has been read up to 4 of what bob has written.
struct Correspondent {
  FakeServer server;
  PseudoTerminal terminal;

  Correspondent()
      : terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())},
                 {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"}) {}

  /// A link, up to the question for the conversations.
  asio::awaitable<Peer> enter() {
    Peer peer = co_await server.accept();
    co_await peer.expect("hello");
    const std::string welcome =
        R"({"type":"welcome","version":1,"server":"fake","name":"alice","account":true,)"
        R"("account_name":"alice","rooms":[],"default_room":"lobby","limits":{"text":4096}})";
    co_await peer.send(welcome);
    const Peer::Json join = co_await peer.expect("join");
    co_await peer.send(reply(
        join,
        R"("type":"joined","room":"lobby","topic":"","count":1,"members":["alice"],"last":1,"history":[],"read":1)"));
    co_return peer;
  }
  asio::awaitable<void> tell(Peer& peer, const std::string& of_bob, const std::string& messages) {
    co_await peer.send(reply(co_await peer.expect("conversations"), conversations(of_bob)));
    const Peer::Json asked = co_await peer.expect("history");
    CHECK(asked.at("with") == "bob");
    co_await peer.send(reply(asked, page(messages)));
  }
};

}  // namespace

TEST_CASE("at the start unread private messages are told of, and reading them is told to the server") {
  Correspondent alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    const std::string unread = R"("last":6,"read":4,"unread":2)";
    const std::string messages = kept(5, "bob") + ',' + kept(6, "bob");
    co_await alice.tell(peer, unread, messages);
    alice.terminal.expect("2 unread messages from bob");
    alice.terminal.expect("2:@bob 2 for you > ");
    alice.terminal.type("/go bob\r");
    alice.terminal.expect("2 unread");
    alice.terminal.expect("[bob → you] text 5");
    alice.terminal.expect("[bob → you] text 6");
    alice.terminal.expect("@bob > ");
    const Peer::Json read = co_await peer.expect("read");
    CHECK(read.at("with") == "bob");
    CHECK(read.at("seq") == 6);
    co_await peer.send(reply(read, R"("type":"read","with":"bob","seq":6)"));

    peer.close();
    Peer again = co_await alice.enter();
    const std::string live = kept(9, "bob");
    co_await again.send(live);
    const std::string later = R"("last":8,"read":6,"unread":1)";
    const std::string missed = kept(7, "alice") + ',' + kept(8, "bob");
    co_await alice.tell(again, later, missed);
    alice.terminal.expect("[you → bob] text 7");
    alice.terminal.expect("[bob → you] text 8");
    alice.terminal.expect("[bob → you] text 9");
    const Peer::Json rest = co_await again.expect("read");
    CHECK(rest.at("seq").to_number<int>() >= 8);
  });
}

TEST_CASE("in a private view of an account history and search are of the conversation") {
  Correspondent alice;
  alice.server.run([&]() -> asio::awaitable<void> {
    Peer peer = co_await alice.enter();
    const Peer::Json list = co_await peer.expect("conversations");
    co_await peer.send(reply(list, conversations(R"("last":4,"read":4,"unread":0)")));
    alice.terminal.expect("lobby > ");
    alice.terminal.type("/query bob\r");
    alice.terminal.expect("@bob > ");
    alice.terminal.type("/history 2\r");
    const Peer::Json history = co_await peer.expect("history");
    CHECK(history.at("with") == "bob");
    CHECK(history.at("limit") == 2);
    const std::string messages = kept(3, "bob") + ',' + kept(4, "alice");
    co_await peer.send(reply(history, page(messages)));
    alice.terminal.expect("earlier in @bob");
    alice.terminal.expect("[bob → you] text 3");
    alice.terminal.expect("[you → bob] text 4");
    alice.terminal.type("/search text\r");
    const Peer::Json search = co_await peer.expect("history");
    CHECK(search.at("with") == "bob");
    CHECK(search.at("search") == "text");
    const std::string hits = page(kept(3, "bob"));
    co_await peer.send(reply(search, hits));
    alice.terminal.expect("to alice bob │ text 3");
    alice.terminal.type("/conversations\r");
    const Peer::Json asked = co_await peer.expect("conversations");
    co_await peer.send(reply(asked, conversations(R"("last":9,"read":4,"unread":3)")));
    alice.terminal.expect("bob: 3 unread");
    alice.terminal.type("/history carol\r");
    const Peer::Json nobody = co_await peer.expect("history");
    co_await peer.send(
        reply(nobody, R"("type":"error","code":"no_such_account","text":"carol has no account")"));
    alice.terminal.expect("carol has no account");
  });
}

}  // namespace hubbub::test
