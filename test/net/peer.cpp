#include "server/net/peer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

Endpoint tcp(const std::string& address) {
  return boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(address), 7717);
}
Endpoint local(const std::string& path) { return boost::asio::local::stream_protocol::endpoint(path); }

}  // namespace

TEST_CASE("one household is one address") {
  CHECK(address_key(tcp("192.0.2.7")) == "192.0.2.7");
  CHECK(address_key(tcp("::ffff:192.0.2.7")) == "192.0.2.7");
  CHECK(address_key(tcp("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::");
  CHECK(address_key(tcp("2001:db8:1:2::9")) == "2001:db8:1:2::");
  CHECK(address_key(tcp("2001:db8:1:3::9")) != "2001:db8:1:2::");
  CHECK(address_key(local("/run/x.sock")).empty());
}

TEST_CASE("people are told where they are") {
  CHECK(shown_address(tcp("192.0.2.7")) == "192.0.2.7:7717");
  CHECK(shown_address(tcp("2001:db8::9")) == "[2001:db8::9]:7717");
  CHECK(shown_address(tcp("::ffff:192.0.2.7")) == "192.0.2.7:7717");
  CHECK(shown_address(local("/run/x.sock")) == "local");
  CHECK(shown_address(local("")) == "local");
}

TEST_CASE("an endpoint is written as a listen URL") {
  CHECK(to_url(tcp("192.0.2.7")) == "tcp://192.0.2.7:7717");
  CHECK(to_url(tcp("::1")) == "tcp://[::1]:7717");
  CHECK(to_url(local("/run/x.sock")) == "unix:///run/x.sock");
}

TEST_CASE("where a connection is from is the same when it is kept in little") {
  for (const auto* address : {"192.0.2.7", "0.0.0.0", "255.254.253.252", "2001:db8:1:2:3:4:5:6",
                              "::", "::ffff:192.0.2.7", "fe80::7%1"}) {
    INFO(address);
    CHECK(TcpPeer(tcp(address)).endpoint() == tcp(address));
  }
  CHECK(sizeof(TcpPeer) <= 24);
}

TEST_CASE("of no connection over TCP no address is kept") {
  CHECK(to_url(TcpPeer(local("/run/x.sock")).endpoint()) == "unix://");
  CHECK(to_url(TcpPeer().endpoint()) == "unix://");
}

}  // namespace hubbub::net
