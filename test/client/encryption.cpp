// When there is TLS and when there is not, and what must not go without it.
#include <arpa/inet.h>
#include <ifaddrs.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstring>
#include <functional>
#include <optional>

#include "test/client/certified.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using client::Encryption;
using Script = boost::asio::awaitable<void>;

/// An IPv4 address other than loopback's, through which the machine talks to itself; nothing: it has none.
std::optional<std::string> address_of_this_machine() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return std::nullopt;
  std::optional<std::string> found;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in address{};
    std::memcpy(&address, each->ifa_addr, sizeof address);
    const boost::asio::ip::address_v4 numeric(ntohl(address.sin_addr.s_addr));
    if (!numeric.is_loopback()) found = numeric.to_string();
  }
  ::freeifaddrs(all);
  return found;
}

}  // namespace

TEST_CASE("without TLS: one that speaks nothing else is told") {
  Scene scene;
  scene.server.run([&]() -> Script {
    scene.open();
    Peer peer = co_await scene.server.accept();
    co_await peer.take_bytes();
    if (GENERATE(true, false)) co_await peer.send_bytes(std::string("\x15\x03\x03\x00\x02\x02\x46", 7));
    peer.close();
    co_await scene.told.until_closed();
    CHECK_THAT(scene.told.notes.back(), ContainsSubstring("it speaks TLS alone there"));
    CHECK_THAT(scene.told.notes.back(), ContainsSubstring("connect with --tls"));
  });
}

TEST_CASE_METHOD(Certified,
                 "if it is offered: TLS where the server speaks it, and where it does not a warning, once") {
  scene.settings.servers.front().encryption = Encryption::if_offered;
  SECTION("it does") {
    const Daemon daemon(with(authority.sign("127.0.0.1")));
    go_to(daemon.address());
    gets_in(scene);
  }
  SECTION("it does not") {
    const Daemon daemon;
    Proxy proxy(daemon.address());
    go_to(proxy.address());
    scene.server.run([&]() -> Script {
      scene.open();
      co_await scene.told.until("ready");
      CHECK(scene.connection->tls() == nullptr);
      proxy.cut(Proxy::Cut::reset);
      co_await scene.told.until("back");
    });
    CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "no TLS") == 1);
    CHECK(scene.told.notes.front() == "no TLS");
  }
  SECTION("a certificate that is not trusted is no reason to go without") {
    const Daemon daemon(with(authority.sign("elsewhere.example")));
    go_to(daemon.address());
    CHECK_THAT(refusal(), ContainsSubstring("its certificate is for another host"));
  }
}

TEST_CASE_METHOD(Certified, "if it is offered: one that had TLS does not come back without it") {
  scene.settings.servers.front().encryption = Encryption::if_offered;
  const Daemon daemon(with(authority.sign("127.0.0.1")));
  const Daemon plain;
  Proxy proxy(daemon.address());
  go_to(proxy.address());
  scene.server.run([&]() -> Script {
    scene.open();
    co_await scene.told.until("ready");
    proxy.lead_to(plain.address());
    proxy.cut(Proxy::Cut::reset);
    std::function<bool()> refused = [&] {
      return scene.told.notes.back().find("lost: it does not speak TLS there") == 0;
    };
    co_await scene.told.until_true(refused);
    proxy.lead_to(daemon.address());
    co_await scene.told.until("back");
    CHECK(scene.connection->tls() != nullptr);
  });
  CHECK(std::count(scene.told.notes.begin(), scene.told.notes.end(), "no TLS") == 0);
}

TEST_CASE_METHOD(Certified, "if it is offered: who has a reason does not go without it") {
  auto address = scene.settings.servers.front();
  address.encryption = Encryption::if_offered;
  const auto site = std::make_shared<client::Site>(address);
  auto& io = scene.server.io();
  const auto dialer = std::make_shared<client::Dialer>(io.get_executor(), site);
  client::Dialer::Outcome outcome;
  const std::string reason = "it matters";
  const auto attempt = [&]() -> Script { outcome = co_await dialer->dial(reason, patience); };
  scene.server.run([&]() -> Script {
    boost::asio::co_spawn(io, attempt, boost::asio::detached);
    Peer peer = co_await scene.server.accept();
    co_await peer.take_bytes();
    co_await peer.send("no TLS here");
    co_await peer.expect_end();
  });
  io.restart();
  io.poll();
  CHECK_FALSE(outcome.link);
  CHECK(outcome.why == "it does not speak TLS there, but says \"no TLS here\"; it matters");
}

TEST_CASE("a password or a token goes over no link that others can read") {
  Scene scene;
  client::Session session({.name = "alice"}, "tag", scene.told);
  const auto now = std::chrono::steady_clock::now();
  const std::string registers = R"({"type":"register","password":"open sesame","ref":"1"})";
  SECTION("one that waits for a link") {
    session.send_line(registers);
    CHECK(session.has_secrets());
    session.link_up(false);
    CHECK_FALSE(session.has_secrets());
    CHECK(list(scene.told.notes) == "error denied");
    CHECK(scene.told.lines.back().find(R"("ref":"1")") != std::string::npos);
  }
  SECTION("one that is to go there") {
    session.link_up(false);
    session.send_line(R"({"type":"login","token":"t"})");
    CHECK_FALSE(session.has_secrets());
    CHECK(list(scene.told.notes) == "error denied");
    session.send_line(R"({"type":"join","room":"den","key" : "sesame"})");
    session.send({.body = protocol::request::Join{.room = "den", .key = "sesame"}, .ref = {}});
    session.send_line(R"({"type":"who","room":"lobby","token":"t"})");
    CHECK(list(scene.told.notes) == "error denied, error denied, error denied, error denied");
    CHECK_FALSE(session.has_secrets());
    session.send_line(R"({"type":"say","room":"lobby","text":"\"password\": is one"})");
    session.send_line(R"({"type":"say","room":"lobby","text":"password"})");
    CHECK(session.outbox().size() == 2);
  }
  SECTION("but over others") {
    session.send_line(registers);
    session.link_up(true);
    session.read(R"({"type":"welcome","version":1,"server":"s","name":"alice","limits":{"line":16384}})",
                 now);
    CHECK(session.take_output(now).find("sesame") != std::string::npos);
    CHECK(list(scene.told.notes) == "ready");
  }
}

TEST_CASE("a link on this machine may carry secrets without TLS, and one from elsewhere may not") {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  const auto may = [&](const boost::asio::ip::address& address) {
    tcp::acceptor acceptor(io, {address, 0});
    tcp::socket socket(io);
    socket.connect(acceptor.local_endpoint());
    const auto link = std::make_shared<client::Link>(std::move(socket), nullptr, std::string());
    return link->may_carry_secrets();
  };
  CHECK(may(boost::asio::ip::make_address("127.0.0.1")));
  CHECK(may(boost::asio::ip::make_address("127.1.2.3")));
  if (const auto own = address_of_this_machine()) {
    CHECK_FALSE(may(boost::asio::ip::make_address(*own)));
  } else {
    WARN("this machine has no address but loopback's");
  }
}

TEST_CASE("whether to begin with TLS goes by the host, unless it was said") {
  using client::begins_with_tls;
  CHECK(begins_with_tls(Encryption::by_host, false));
  CHECK_FALSE(begins_with_tls(Encryption::by_host, true));
  for (const bool local : {true, false}) {
    CHECK(begins_with_tls(Encryption::always, local));
    CHECK(begins_with_tls(Encryption::if_offered, local));
    CHECK_FALSE(begins_with_tls(Encryption::never, local));
  }
}

}  // namespace hubbub::test
