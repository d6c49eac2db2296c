#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "server/net/listener.hpp"
#include "server/net/tls.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"
#include "test/support/catch.hpp"
#include "test/support/descriptor.hpp"

namespace hubbub::net {
namespace {

namespace ip = boost::asio::ip;

struct Fixture {
  Fixture() { ops::log::configure({.level = ops::log::Level::error}); }

  Endpoint at(const char* address, std::uint16_t port = 0) {
    return ip::tcp::endpoint(ip::make_address(address), port);
  }
  /// One that is in use already, on that address.
  Endpoint taken(const char* address) {
    others.emplace_back(io, ip::tcp::endpoint(ip::make_address(address), 0));
    return others.back().local_endpoint();
  }
  protocol::Result<Listeners> open(std::vector<Endpoint> endpoints) {
    return open_those_that_work(io, entrance, endpoints, {});
  }
  std::string refused(const std::string& url) {
    return open_listeners(io, entrance, *parse_listen_address(url)).error().text;
  }

  boost::asio::io_context io;
  Settings settings;
  Turn turn{io, [] {}};
  Admission admission{settings};
  Protocols protocols{{.name = "any", .recognises = nullptr, .make = nullptr}};  // nobody says anything
  ops::Worker worker{io};
  Tls tls{settings, worker};
  Entrance entrance{turn, settings, admission, tls, protocols};
  std::vector<ip::tcp::acceptor> others;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "of the addresses of a host those that work are enough") {
  const auto opened = open({taken("127.0.0.1"), at("127.0.0.2"), at("192.0.2.1")});
  REQUIRE(opened.has_value());
  REQUIRE(opened->size() == 1);
  CHECK(opened->front()->url().starts_with("tcp://127.0.0.2:"));
}

TEST_CASE_METHOD(Fixture, "where none works the reason of each is told") {
  const auto first = taken("127.0.0.1");
  const auto opened = open({first, at("192.0.2.1")});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().text.find(to_url(first) + ": the address is in use") != std::string::npos);
  CHECK(opened.error().text.find("; cannot listen on tcp://192.0.2.1:0: ") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an address that cannot be had is told with what to do") {
  CHECK(refused("tcp://192.0.2.1:7717") ==
        "cannot listen on tcp://192.0.2.1:7717: this machine has no such address; `ip address` lists those "
        "that "
        "it has");
  CHECK(refused("unix:///no/where/chat.sock") ==
        "cannot listen on unix:///no/where/chat.sock: its folder is not there; make it first");
}

TEST_CASE_METHOD(Fixture, "an address with a zone is listened on, where there is such an interface") {
  for (const char* url : {"tcp://[::1%lo]:0", "tcp://[::1%251]:0"}) {
    CAPTURE(url);
    const auto opened = open_listeners(io, entrance, *parse_listen_address(url));
    REQUIRE(opened.has_value());
    CHECK(opened->front()->url().starts_with("tcp://[::1]:"));
  }
  CHECK(refused("tcp://[fe80::1%nosuch0]:7717") ==
        "cannot listen on tcp://[fe80::1%nosuch0]:7717: there is no network interface called nosuch0");
}

TEST_CASE_METHOD(Fixture, "what is handed over must be a socket that listens") {
  test::Descriptor idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK_FALSE(adopt_listener(io, entrance, idle.get()).has_value());
  test::Descriptor datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  CHECK_FALSE(adopt_listener(io, entrance, datagrams.get()).has_value());
  CHECK_FALSE(adopt_listener(io, entrance, -1).has_value());
  ip::tcp::acceptor good(io, ip::tcp::endpoint(ip::make_address("127.0.0.1"), 0));
  CHECK(adopt_listener(io, entrance, good.native_handle(), "tls").error().text ==
        "cannot listen on the socket of the service manager: there is no certificate for it; name one in the "
        "configuration, [[tls]]");
  CHECK_FALSE(adopt_listener(io, entrance, good.native_handle(), "tls-gopher").has_value());
}

TEST_CASE_METHOD(Fixture, "of many who come at once a part is taken in each turn") {
  auto opened = open({at("127.0.0.1")});
  REQUIRE(opened.has_value());
  settings.sniff = std::chrono::milliseconds{0};
  auto& listener = *opened->front();
  const auto url = listener.url();
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  std::vector<ip::tcp::socket> peers;
  for (int i = 0; i < 300; ++i)  // they wait in the kernel's queue
    peers.emplace_back(io).connect({ip::make_address("127.0.0.1"), port});
  listener.start();
  std::size_t before = 0;
  while (admission.connections() < peers.size()) {
    turn.poll();
    CHECK(admission.connections() - before < 65);
    before = admission.connections();
  }
  listener.close();
}

}  // namespace hubbub::net
