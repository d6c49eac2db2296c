// Proxies that say for whom they connect, and who is believed.
#include <string>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace std::string_literals;

constexpr auto trusting = "[net]\ntrusted_proxies = [\"127.0.0.9\", \"unix\"]\n";
const auto hello = R"({"type":"hello","version":1,"name":"anna"})"s + "\n";
const SocketOptions proxy{.from = "127.0.0.9"};

/// A header of version 2 for 192.0.2.7, port 1025.
const auto binary = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C\xC0\0\x02\x07\xC6\x33\x64\x01\x04\x01\x01\xBB"s;

}  // namespace

TEST_CASE("a trusted proxy tells whose connection it passes on, for the log and the limits") {
  const Daemon daemon({.config = trusting, .listen = {"tcp://127.0.0.1:0", "unix:proxy.sock"}});
  const auto header = GENERATE("PROXY TCP4 192.0.2.7 198.51.100.1 1025 443\r\n"s, binary);
  const auto framing = GENERATE(Framing::one_segment, Framing::bytes);
  const auto listener = GENERATE(std::size_t{0}, std::size_t{1});
  JsonClient anna(daemon.address(listener), framing, listener == 0 ? proxy : SocketOptions{});
  anna.send_bytes(header + hello);
  anna.expect("welcome");
  daemon.wait_for_log("passed on by a proxy connection=1 address=tcp://192.0.2.7:1025 proxy=");
  daemon.wait_for_log("welcome connection=1 address=tcp://192.0.2.7:1025 name=anna");
}

TEST_CASE("behind the header anything may be spoken, and none is needed") {
  const Daemon daemon({.config = trusting});
  TextClient nina(daemon.address(), Framing::lines, proxy);
  nina.send_bytes("PROXY TCP6 2001:db8::7 2001:db8::1 1025 443\r\n");
  nina.send_line("/name nina");
  nina.expect("now known as nina");
  daemon.wait_for_log("address=tcp://[2001:db8::7]:1025");
  JsonClient itself(daemon.address(), Framing::lines, proxy);
  itself.hello("itself");
  JsonClient checked(daemon.address(), Framing::lines, proxy);
  checked.send_bytes("PROXY UNKNOWN\r\n");
  checked.hello("checked");
}

TEST_CASE("who is not trusted is not believed") {
  const Daemon daemon({.config = trusting});
  LineClient liar(daemon.address());
  liar.send_bytes("PROXY TCP4 192.0.2.7 198.51.100.1 1025 443\r\n" + hello);
  const auto lines = liar.read_to_end();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], ContainsSubstring("net.trusted_proxies"));
  CHECK(daemon.log().find("192.0.2.7") == std::string::npos);
}

TEST_CASE("a header that is not well formed ends the connection") {
  const Daemon daemon({.config = trusting});
  LineClient wrong(daemon.address(), Framing::lines, proxy);
  wrong.send_bytes("PROXY TCP4 nobody nowhere 1 2\r\n" + hello);
  const auto lines = wrong.read_to_end();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], ContainsSubstring("not well formed"));
  daemon.wait_for_log("reason=bad_proxy_header");
}

TEST_CASE("the limits of an address hold for the one that is told, not for the proxy") {
  const Daemon daemon({.config = trusting + "[limits]\nconnections_per_address = 2\n"s});
  const auto come_from = [&](const std::string& address) {
    JsonClient client(daemon.address(), Framing::lines, proxy);
    client.send_bytes("PROXY TCP4 " + address + " 198.51.100.1 1025 443\r\n");
    return client;
  };
  auto first = come_from("192.0.2.7");
  first.hello("first");
  auto second = come_from("192.0.2.7");
  second.hello("second");
  auto third = come_from("192.0.2.7");
  CHECK_THAT(third.read_to_end().back(), ContainsSubstring("too_many_connections"));
  auto other = come_from("192.0.2.8");
  other.hello("other");
  first.close();
  daemon.wait_for_log("disconnected connection=1 ");
  auto again = come_from("192.0.2.7");
  again.hello("again");
}

TEST_CASE("a WebSocket by a trusted proxy is of the address that X-Forwarded-For tells") {
  const Daemon daemon({.config = trusting});
  const Socket socket(daemon.address(), proxy);
  WebSocket web(socket,
                {.fields = "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"});
  web.send(hello);
  CHECK_THAT(*web.receive(), ContainsSubstring("welcome"));
  daemon.wait_for_log("welcome connection=1 address=tcp://192.0.2.7:0 name=anna");
}

}  // namespace hubbub::test
