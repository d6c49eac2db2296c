#include "client/connection/address.hpp"

#include "test/support/catch.hpp"

using namespace hubbub;
using client::Address;

namespace {

Address parsed(std::string_view text) {
  const auto address = client::parse_address(text);
  INFO(text);
  REQUIRE(address.has_value());
  return *address;
}

}  // namespace

TEST_CASE("a host alone has the default port") {
  const Address address = parsed("chat.example.org");
  CHECK(address.host == "chat.example.org");
  CHECK(address.port == 7717);
  CHECK(address.name.empty());
  CHECK_FALSE(address.is_unix());
}

TEST_CASE("a name and a port can be given") {
  const Address address = parsed("алиса@127.0.0.1:80");
  CHECK(address.name == "алиса");
  CHECK(address.host == "127.0.0.1");
  CHECK(address.port == 80);
}

TEST_CASE("an IPv6 address is given in brackets, and shown in them") {
  CHECK(parsed("[::1]").host == "::1");
  CHECK(parsed("[::1]").port == 7717);
  CHECK(parsed("bob@[fe80::1%eth0]:99").host == "fe80::1%eth0");
  CHECK(to_string(parsed("[::1]:99")) == "[::1]:99");
  CHECK(to_string(parsed("bob@localhost")) == "localhost:7717");
}

TEST_CASE("a UNIX socket is a whole path, with two slashes more or without") {
  CHECK(parsed("unix:/run/hubbub.sock").path == "/run/hubbub.sock");
  CHECK(parsed("unix:///run/hubbub.sock").path == "/run/hubbub.sock");
  CHECK(parsed("unix:/tmp/a@b:c").path == "/tmp/a@b:c");
  CHECK(parsed("alice@unix:/tmp/s").name == "alice");
  CHECK(to_string(parsed("unix:/tmp/s")) == "unix:///tmp/s");
}

TEST_CASE("what the daemon prints, or is told to listen on, is an address") {
  CHECK(to_string(parsed("tcp://127.0.0.1:7000")) == "127.0.0.1:7000");
  CHECK(to_string(parsed("tcp://chat.example.org")) == "chat.example.org:7717");
  CHECK(to_string(parsed("tcp://chat.example.org:80/")) == "chat.example.org:80");
  CHECK(to_string(parsed("tcp://[::1]:99")) == "[::1]:99");
  for (const std::string_view text : {"bob@tcp://[fe80::1%eth0]:99", "tcp://bob@[fe80::1%eth0]:99"}) {
    CHECK(parsed(text).name == "bob");
    CHECK(to_string(parsed(text)) == "[fe80::1%eth0]:99");
  }
  CHECK(client::parse_address("http://chat.example.org:80").error().text ==
        "'http' is not spoken here; a server is HOST:PORT, tls://HOST:PORT, tcp://HOST:PORT or unix:/PATH");
}

TEST_CASE("an address says whether it is with TLS, or leaves it to the host") {
  using client::Encryption;
  CHECK(parsed("chat.example.org").encryption == Encryption::by_host);
  CHECK(parsed("tcp://chat.example.org").encryption == Encryption::never);
  CHECK(parsed("unix:/tmp/s").encryption == Encryption::by_host);
  for (const std::string_view text : {"bob@tls://[::1]:99", "tls://bob@[::1]:99/"}) {
    CHECK(parsed(text).name == "bob");
    CHECK(parsed(text).encryption == Encryption::always);
    CHECK(to_string(parsed(text)) == "tls://[::1]:99");
  }
}

TEST_CASE("a fingerprint is 64 hexadecimal digits, with or without colons") {
  const std::string digits = "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCD";
  const std::string wanted =
      "01:23:45:67:89:AB:CD:EF:AB:CD:EF:01:23:45:67:89:AB:CD:EF:AB:CD:EF:01:23:45:67:89:AB:CD:EF:AB:CD";
  CHECK(client::parse_fingerprint(digits).value() == wanted);
  CHECK(client::parse_fingerprint(wanted).value() == wanted);
  for (const std::string& text : {std::string(), digits + "0", digits.substr(1), "x" + digits.substr(1)}) {
    const auto fingerprint = client::parse_fingerprint(text);
    REQUIRE_FALSE(fingerprint.has_value());
    CHECK(fingerprint.error().text.starts_with("'" + text + "' is no fingerprint"));
  }
}

TEST_CASE("what is no address is refused with a sentence") {
  const auto text = GENERATE(
      as<std::string>(), "", ":7717", "host:", "host:0", "host:65536", "host:12x", "host: 12", "::1", "[::1",
      "[::1]x", "[]:1", "@host", "two words@host", "unix:", "unix:relative", "unix:/", "tcp://", "tcp://:1",
      "tcp://::1", "tcp://host:0", "tcp://host/path", "tls://", "tls://host:0", "tls:host",
      "ann@tcp://bob@host", "tcp:host", "ftp://host", "/run/hubbub.sock", "./sock", " ", "two words");
  INFO(text);
  const auto address = client::parse_address(text);
  REQUIRE_FALSE(address.has_value());
  CHECK_FALSE(address.error().text.empty());
}
