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
  Tls tls{certified};
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
  explicit Secured(int family = AF_INET) : WirePair(family) {
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
  server.start();
  TlsPeer peer;
  server.pass_on(peer.take());
  peer.give(server.read());
  auto last = peer.take();
  REQUIRE(peer.is_ready());
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
                                                               {"a.two.example", "*.two.example"},
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

TEST_CASE("the steps of handshakes take turns, so many in each and of each address, and all have theirs") {
  boost::asio::io_context io;
  Turn turn{io, [] {}};
  Handshakes handshakes;
  std::vector<std::string> done;
  std::vector<std::size_t> by_turn;
  const auto ask = [&](const std::string& address, int steps) {
    for (int i = 0; i < steps; ++i)
      handshakes.take_turn(turn, address, [&done, address] { done.push_back(address); });
  };
  ask("many", 20);
  CHECK(done.size() == Handshakes::most_of_an_address);
  ask("one", 1);
  CHECK(done.back() == "one");
  ask("", 30);
  CHECK(done.size() == Handshakes::most_in_a_turn);
  ask("late", 1);
  while (handshakes.waiting() > 0) {
    const auto before = done.size();
    turn.poll();
    REQUIRE(done.size() - before <= Handshakes::most_in_a_turn);
    const auto fresh = std::count(done.begin() + static_cast<std::ptrdiff_t>(before), done.end(), "many");
    REQUIRE(fresh <= static_cast<std::ptrdiff_t>(Handshakes::most_of_an_address));
  }
  CHECK(done.size() == 52);
  CHECK(std::find(done.begin(), done.end(), "late") < done.begin() + 2 * Handshakes::most_in_a_turn);
  turn.poll();
  ask("many", 5);
  CHECK(done.size() == 56);
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
