// A host that has several addresses.
#include "client/connection/tcp_connector.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>

#include "test/support/catch.hpp"
#include "test/support/patience.hpp"

namespace hubbub::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using client::next_first;
using client::TcpConnector;
using Endpoints = std::vector<tcp::endpoint>;
using namespace std::chrono_literals;

/// An address of this machine alone: Linux has all of 127.0.0.0/8.
tcp::endpoint near(unsigned last, std::uint16_t port) {
  return {asio::ip::make_address("127.0.0." + std::to_string(last)), port};
}

/// Their last numbers.
std::string digits(const Endpoints& endpoints) {
  std::string all;
  for (const auto& endpoint : endpoints) all += endpoint.address().to_string().back();
  return all;
}

/// Several addresses of one host, all with one port.
struct Host {
  asio::io_context io{1};
  std::uint16_t port = 0;
  std::vector<tcp::acceptor> listening{};
  std::optional<tcp::endpoint> tried{};
  std::shared_ptr<TcpConnector> connector = std::make_shared<TcpConnector>(io.get_executor());
  std::optional<error_code> result{};

  void listen(unsigned last) {
    listening.emplace_back(io, near(last, port), false);
    port = listening.back().local_endpoint().port();
  }
  /// Accepts nobody any more, as its queue is full: to connect is to wait.
  void fall_silent(unsigned last, std::vector<tcp::socket>& waiting) {
    tcp::acceptor acceptor(io);
    acceptor.open(tcp::v4());
    acceptor.bind(near(last, port));
    acceptor.listen(0);
    port = acceptor.local_endpoint().port();
    for (int more = 0; more < 8; ++more) {
      waiting.emplace_back(io, tcp::v4());
      waiting.back().async_connect(near(last, port), [](const error_code&) {});
    }
    listening.push_back(std::move(acceptor));
  }
  Endpoints at(const std::vector<unsigned>& lasts) const {
    Endpoints endpoints;
    for (const unsigned last : lasts) endpoints.push_back(near(last, port));
    return endpoints;
  }
  /// Connects, or not; returns the last number of where to.
  std::string connect(const Endpoints& endpoints, std::chrono::milliseconds limit = patience) {
    result.reset();
    const auto deadline = std::chrono::steady_clock::now() + limit;
    asio::co_spawn(
        io,
        [&, deadline]() -> asio::awaitable<void> {
          result = co_await connector->connect(endpoints, tried, deadline);
          io.stop();
        },
        asio::detached);
    io.restart();
    io.run_for(patience);
    REQUIRE(result);
    if (*result) return "none";
    const tcp::socket socket = connector->take();  // which ends here: the link is lost
    return socket.remote_endpoint().address().to_string().substr(8);
  }
};

}  // namespace

TEST_CASE("the addresses of a host go on behind the last one") {
  Host host;
  host.port = 1;
  const Endpoints all = host.at({1, 2, 3});
  CHECK(digits(next_first(all, nullptr)) == "123");
  CHECK(digits(next_first(all, &all.front())) == "231");
  CHECK(digits(next_first(all, &all[1])) == "312");
  CHECK(digits(next_first(all, &all[2])) == "123");
  const auto other = near(4, 1);
  CHECK(digits(next_first(all, &other)) == "123");
  CHECK(next_first({}, &other).empty());
}

TEST_CASE("all addresses of a host are tried, and it is known where that ended") {
  Host host;
  host.listen(3);
  CHECK(host.connect(host.at({1, 2, 3, 4})) == "3");
  CHECK(host.tried == near(3, host.port));
  CHECK(host.connect(host.at({1, 2})) == "none");
  CHECK(*host.result == asio::error::connection_refused);
  CHECK(host.tried == near(2, host.port));
  CHECK(host.connect({}) == "none");
  CHECK(*host.result == asio::error::host_not_found);
}

TEST_CASE("after a loss, or an attempt in vain, the next addresses of the host come first") {
  Host host;
  for (const unsigned last : {1U, 3U, 4U}) host.listen(last);
  const Endpoints all = host.at({1, 2, 3, 4});
  for (const auto* const next : {"1", "3", "4", "1", "3"}) CHECK(host.connect(all) == next);
  host.listening[2].close();
  CHECK(host.connect(all) == "1");  // 4 was tried, in vain
  host.listening.clear();
  CHECK(host.connect(all) == "none");
  CHECK(host.tried == near(1, host.port));
  CHECK(host.connect(host.at({3})) == "none");
  CHECK(host.tried == near(3, host.port));
}

TEST_CASE("an address where nobody answers does not keep the others from their turn") {
  Host host;
  std::vector<tcp::socket> waiting;
  host.fall_silent(1, waiting);
  host.listen(2);
  CHECK(host.connect(host.at({1, 2}), 100ms) == "2");
  CHECK(host.tried == near(2, host.port));
}

TEST_CASE("an attempt that is cancelled ends, and there is none after it") {
  Host host;
  std::vector<tcp::socket> waiting;
  host.fall_silent(1, waiting);
  host.listen(2);
  asio::steady_timer soon(host.io, 20ms);
  soon.async_wait([&](const error_code&) { host.connector->cancel(); });
  CHECK(host.connect(host.at({1, 2})) == "none");
  CHECK(*host.result == asio::error::operation_aborted);
  CHECK(host.tried == near(1, host.port));
  CHECK(host.connect(host.at({2})) == "none");
}

}  // namespace hubbub::test
