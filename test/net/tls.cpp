// TLS: a connection that becomes one over it, its certificates, and the handshakes under way.
#include "server/net/tls.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "server/net/sniffer.hpp"
#include "server/tools/self_signed.hpp"
#include "test/net/listing.hpp"
#include "test/net/tls_peer.hpp"
#include "test/support/catch.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::net {
namespace {

CertificateFiles write_pair(const test::TemporaryDirectory& directory, const std::string& host) {
  const auto made = tools::make_self_signed(host).value();
  return {directory.write(host + ".crt", made.certificate).string(),
          directory.write(host + ".key", made.key).string()};
}

/// What outlives the connections.
struct Offer {
  Offer() {
    certified.certificates = {write_pair(directory, "one.example"), write_pair(directory, "*.two.example")};
    REQUIRE_FALSE(tls.load());
  }

  test::TemporaryDirectory directory;
  Settings certified;
  boost::asio::io_context loop;
  ops::Worker worker{loop};
  Tls tls{certified, worker};
  Protocols inside;
  Protocols first;
};

/// Each of the texts in a record of its own.
std::string sealed(TlsPeer& peer, const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += peer.sealed(text);
  return all;
}

struct Secured : Offer, WirePair {
  explicit Secured(int family = AF_INET, int handlers = Turn::most_handlers)
      : WirePair(family, handlers, &loop) {
    inside.push_back({"lines", [](std::string_view) { return Verdict::yes; },
                      [this](Connection&, bool) {
                        auto made = std::make_unique<Listing>(*this);
                        handler = made.get();
                        return made;
                      }});
    first = inside;
    first.insert(first.begin(), tls_protocol(tls, inside));
  }
  void start() { connection->start(std::make_unique<Sniffer>(*connection, first)); }
  /// The handshake, up to what the peer sends last in it, which is returned.
  std::string begin(TlsPeer& peer) {
    start();
    pass_on(peer.take());
    peer.give(read());
    auto last = peer.take();
    REQUIRE(peer.is_ready());
    return last;
  }
  /// Passes what each side has for the other, in pieces of so many bytes, until both have nothing more.
  void exchange(TlsPeer& peer, std::size_t piece = 100'000) {
    for (int rounds = 0; rounds < 8; ++rounds) {
      pass_on(peer.take(), piece);
      peer.give(read());
    }
  }
  void pass_on(const std::string& sent, std::size_t piece = 100'000) {
    for (std::size_t at = 0; at < sent.size(); at += piece) feed(std::string_view(sent).substr(at, piece));
    turns();
  }

  Listing* handler = nullptr;
};

}  // namespace

TEST_CASE("over TLS lines come whole and what is written arrives, however the records are cut") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    for (const int family : {AF_INET, AF_UNIX}) {
      Secured server(family);
      server.start();
      TlsPeer peer;
      server.exchange(peer, piece);
      REQUIRE(peer.is_ready());
      CHECK(peer.version() == "TLSv1.3");
      server.pass_on(peer.sealed("one\ntw"), piece);
      REQUIRE(server.handler != nullptr);
      server.pass_on(sealed(peer, {"o\n", "three\nrest"}), piece);
      CHECK(server.handler->lines == Lines{"one", "two", "three"});
      server.connection->write(bytes("hello "));
      server.connection->write(bytes("there"));
      server.turns();
      peer.give(server.read());
      CHECK(peer.read() == "hello there");
      server.pass_on(peer.close_notify(), piece);
      CHECK(server.handler->ended);
      CHECK(server.handler->lines.back() == "rest");
    }
  }
}

TEST_CASE("a large text goes out over TLS as fast as the peer takes it, and the end is told") {
  Secured server;
  server.start();
  TlsPeer peer;
  server.exchange(peer);
  server.pass_on(peer.sealed("flood\n"));
  std::string all;
  for (int rounds = 0; rounds < 10'000 && all.size() < server.handler->flood; ++rounds) {
    peer.give(server.read());
    server.turns();
    all += peer.read();
  }
  CHECK(all == std::string(server.handler->flood, 'x'));
  server.connection->close();
  server.turns();
  peer.give(server.read());
  CHECK(peer.read().empty());
  CHECK(peer.has_been_closed());
  CHECK(server.at_end());
}

TEST_CASE("what comes with the end of the handshake is read, and so is more than one record at once") {
  Secured server;
  TlsPeer peer;
  auto last = server.begin(peer);
  last += sealed(peer, {"one\n", "two\n", std::string(16'000, 'y') + "\n"});
  server.pass_on(last);
  REQUIRE(server.handler != nullptr);
  REQUIRE(server.handler->lines.size() == 3);
  CHECK(server.handler->lines[1] == "two");
}

TEST_CASE("input that ends without close_notify has been cut off, and its rest is nobody's line") {
  Secured server;
  server.start();
  TlsPeer peer;
  server.exchange(peer);
  server.pass_on(peer.sealed("one\nhalf"));
  server.hang_up();
  CHECK_FALSE(server.handler->ended);
  CHECK(server.handler->closed);
  CHECK(server.handler->lines == Lines{"one"});
}

TEST_CASE("a paused handler is offered nothing over TLS, and all of it afterwards") {
  Secured server;
  server.start();
  TlsPeer peer;
  server.exchange(peer);
  server.pass_on(sealed(peer, {"one\npause\n", "two\n"}));
  CHECK(server.handler->lines == Lines{"one", "pause"});
  server.handler->resume();
  server.turns();
  CHECK(server.handler->lines == Lines{"one", "pause", "two"});
}

TEST_CASE("the certificate is chosen by the name that the client asks for") {
  const std::vector<std::pair<std::string, std::string>> shown{{"", "one.example"},
                                                               {"one.example", "one.example"},
                                                               {"one.example.", "one.example"},
                                                               {"a.two.example", "*.two.example"},
                                                               {"a.two.example.", "*.two.example"},
                                                               {".", "one.example"},
                                                               {"a.b.two.example", "one.example"},
                                                               {"three.example", "one.example"}};
  for (const auto& [asked, certified] : shown) {
    Secured server;
    server.start();
    TlsPeer peer(asked);
    server.exchange(peer);
    CHECK(peer.certified() == certified);
  }
}

TEST_CASE("versions before 1.2 are refused, and 1.2 is spoken") {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    Secured server;
    server.start();
    TlsPeer peer({}, version);
    server.exchange(peer);
    CHECK_FALSE(peer.is_ready());
    CHECK(server.at_end());
  }
  Secured server;
  server.start();
  TlsPeer peer({}, TLS1_2_VERSION);
  server.exchange(peer);
  CHECK(peer.version() == "TLSv1.2");
}

TEST_CASE("what is no TLS behind its first bytes is closed") {
  Secured server;
  server.start();
  server.feed(std::string("\x16\x03\x01\x00\x05", 5) + "hello and more");
  CHECK(server.handler == nullptr);
  CHECK_FALSE(server.read().empty());  // an alert
  CHECK(server.at_end());
}

TEST_CASE(
    "a certificate that is replaced is shown to those who come later; one that is no good changes nothing") {
  Secured server;
  server.start();
  TlsPeer early;
  server.exchange(early);
  server.certified.certificates = {write_pair(server.directory, "new.example")};
  REQUIRE_FALSE(server.tls.load());
  server.pass_on(early.sealed("still\n"));
  CHECK(server.handler->lines == Lines{"still"});

  const auto& files = server.certified.certificates.front();
  std::ofstream(files.key) << tools::make_self_signed("other.example").value().key;
  const auto mismatch = server.tls.load();
  REQUIRE(mismatch);
  CHECK(mismatch->text == "cannot use " + files.key + ": it is not the key of " + files.certificate);
  std::ofstream(files.certificate) << "nonsense";
  CHECK(server.tls.load()->text.starts_with("cannot use " + files.certificate +
                                            ": it is no certificate in PEM"));
  std::filesystem::remove(files.certificate);
  CHECK(server.tls.load()->text == "cannot use " + files.certificate + ": No such file or directory");
  REQUIRE(::mkfifo(files.certificate.c_str(), 0600) == 0);
  CHECK(server.tls.load()->text == "cannot use " + files.certificate + ": it is no regular file");
  CHECK(server.tls.is_offered());
}

TEST_CASE("a session is resumed within a day, by whose end its keys have been renewed") {
  Secured server;
  const auto began = server.turn.now().steady;
  const auto is_resumed = [&](SSL_SESSION* session) {
    server.come_again(AF_INET);
    server.start();
    TlsPeer peer;
    peer.resume(session);
    server.exchange(peer);
    REQUIRE(peer.is_ready());
    server.connection->abandon();
    return peer.is_resumed();
  };
  server.tls.look(began);
  server.start();
  TlsPeer first;
  server.exchange(first);
  first.read();  // the ticket
  const auto session = first.session();
  server.tls.look(began + std::chrono::hours(23));
  CHECK(is_resumed(session.get()));
  server.tls.look(began + std::chrono::hours(24));
  CHECK_FALSE(is_resumed(session.get()));
}

TEST_CASE("the sums of a handshake are done beside the loop, and their connection may break meanwhile") {
  boost::asio::io_context loop;
  Settings certified;
  const test::TemporaryDirectory directory;
  certified.certificates = {write_pair(directory, "one.example")};
  for (const bool is_abandoned : {false, true}) {
    WirePair wire(AF_INET, 1, &loop);
    ops::Worker worker{loop};
    REQUIRE_FALSE(worker.begin());
    Tls tls{certified, worker};
    REQUIRE_FALSE(tls.load());
    const Protocols inside{{"lines", [](std::string_view) { return Verdict::yes; },
                            [&](Connection&, bool) { return std::make_unique<Listing>(wire); }}};
    const Protocols first{tls_protocol(tls, inside)};
    wire.connection->start(std::make_unique<Sniffer>(*wire.connection, first));
    TlsPeer peer;
    wire.send(peer.take());
    while (worker.under_way() == 0) wire.turn.poll();
    const ConnectionPtr connection = std::exchange(wire.connection, nullptr);
    is_abandoned ? connection->abandon() : connection->broken();
    CHECK_FALSE(connection->is_open());
    if (is_abandoned) continue;  // the worker's end waits for the thread
    while (worker.under_way() > 0) {
      loop.restart();
      loop.run_one();
    }
    wire.turns();
    CHECK(connection->use_count() == 1);
  }
}

TEST_CASE("a part of a record keeps no deadline from being judged") {
  Secured server;
  server.start();
  TlsPeer peer;
  server.exchange(peer);
  server.pass_on(peer.sealed("first\n"));
  server.pass_on("\x17");
  server.handler->due = server.turn.now().steady;
  server.connection->deadline_moved();
  for (int i = 0; i < 20; ++i) server.turns();
  CHECK(server.handler->deadlines == 1);
}

TEST_CASE("one who sends new keys over and over is cut off, and one who does so now and then is not") {
  Secured server;
  server.start();
  TlsPeer peer;
  server.exchange(peer);
  for (int rounds = 0; rounds < 40; ++rounds) {
    const auto keys = peer.new_keys();
    server.pass_on(keys + peer.sealed(std::string(60, 'l') + "\n"));
    for (int more = 0; more < 4; ++more) server.pass_on(peer.sealed(std::string(16'000, 'm') + "\n"));
  }
  REQUIRE(server.handler->lines.size() == 200);
  // Many of them in one read, and now and then a word between them.
  for (int rounds = 0; rounds < 20 && !server.handler->closed; ++rounds) {
    std::string many;
    for (int records = 0; records < 600; ++records) many += peer.new_keys();
    server.pass_on(many + peer.sealed("x"));
  }
  CHECK(server.handler->closed);
  CHECK(server.handler->lines.size() == 200);
}

TEST_CASE("keys are agreed on in ways that cost the server little") {
  for (const auto* const group : {"ffdhe2048", "ffdhe8192", "P-521"}) {
    Secured server;
    server.start();
    TlsPeer peer;
    peer.agree_by(group);
    server.exchange(peer);
    CHECK_FALSE(peer.is_ready());
    CHECK(server.at_end());
  }
  for (const auto* const group : {"X25519", "P-256"}) {
    Secured server;
    server.start();
    TlsPeer peer;
    peer.agree_by(group);
    server.exchange(peer);
    CHECK(peer.is_ready());
  }
}

TEST_CASE("a handshake whose flight does not fit into the socket goes on as the peer takes it") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Secured server(AF_UNIX);
    const int least = 1;  // the system makes it some 4.5 KiB
    auto& socket = dynamic_cast<PlainStream&>(server.connection->stream()).socket();
    REQUIRE(::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0);
    const auto padding = std::string(std::size_t{64} * 1024, 'x');
    // What waits there before leaves no room for it.
    while (::send(socket.native_handle(), padding.data(), 512, MSG_DONTWAIT) > 0) {
    }
    server.start();
    TlsPeer peer({}, version);
    server.pass_on(peer.take());
    const auto before = server.read();  // all that was in the way
    REQUIRE(before.size() % 512 == 0);
    REQUIRE(before.find_first_not_of('x') == std::string::npos);
    server.turns();
    server.exchange(peer);
    REQUIRE(peer.is_ready());
    server.pass_on(peer.sealed("hello\n"));
    REQUIRE(server.handler != nullptr);
    CHECK(server.handler->lines == Lines{"hello"});
  }
}

TEST_CASE("a connection that is closed while a step of its handshake is under way ends as any other") {
  for (const bool has_thread : {false, true}) {
    Secured server(AF_INET, 1);
    if (has_thread) REQUIRE_FALSE(server.worker.begin());
    server.start();
    TlsPeer peer;
    server.send(peer.take());
    while (server.worker.under_way() == 0) server.turn.poll();
    server.connection->close();
    while (server.worker.under_way() > 0) server.turn.poll();
    for (int i = 0; i < 4; ++i) server.turns();
    server.send("and more that nobody reads");
    for (int i = 0; i < 4; ++i) server.turns();
    server.read();
    CHECK(server.at_end());
    server.hang_up();
    for (int i = 0; i < 4; ++i) server.turns();
    CHECK(server.connection->use_count() == 1);
  }
}

TEST_CASE("what a peer has sent in its handshake and behind it is received, however much it is") {
  Secured server;
  TlsPeer peer;
  auto last = server.begin(peer);
  std::vector<std::string> texts;
  for (int i = 0; i < 60; ++i) texts.push_back(std::string(1000, static_cast<char>('a' + i % 26)) + "\n");
  last += sealed(peer, texts);
  server.send(last);
  for (int i = 0; i < 20; ++i) server.turns();
  REQUIRE(server.handler != nullptr);
  CHECK(server.handler->lines.size() == texts.size());
}

TEST_CASE("what comes over TLS when a deadline has come is read, and the wait for it ends") {
  Secured server;
  server.start();
  TlsPeer peer;
  server.exchange(peer);
  server.pass_on(peer.sealed("first\n"));
  const auto line = peer.sealed("in time\n");
  server.handler->due = server.turn.now().steady;
  server.connection->deadline_moved();
  server.send_before_time(line);
  for (int i = 0; i < 20; ++i) server.turns();
  CHECK(server.handler->lines == Lines{"first", "in time"});
  CHECK(server.handler->deadlines == 1);
}

TEST_CASE("who is at an address for TLS alone and speaks none is told") {
  Secured server;
  server.first = {tls_protocol(server.tls, server.inside)};
  server.first.front().pinned = true;
  server.start();
  server.feed("hello\n");
  CHECK(server.read() == "this server speaks TLS alone here; connect with it\n");
  CHECK(server.at_end());
}

}  // namespace hubbub::net
