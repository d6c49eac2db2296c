// Several servers of one chat, as they are typed.
#include "client/connection/addresses.hpp"

#include "test/support/catch.hpp"

using namespace hubbub;
using client::Address;
using client::Addresses;
using client::Encryption;
using client::parse_addresses;

namespace {

std::string shown(std::string_view text) {
  const auto addresses = parse_addresses(text);
  return addresses ? to_string(*addresses) : addresses.error().text;
}

}  // namespace

TEST_CASE("several addresses stand side by side, of any kind and in their order") {
  CHECK(shown("a") == "a:7717");
  CHECK(shown("a:1,b") == "a:1, b:7717");
  CHECK(shown("b, [::1]:99 ,unix:/run/s") == "b:7717, [::1]:99, unix:///run/s");
  CHECK(shown("a:1,a:2") == "a:1, a:2");
}

TEST_CASE("the name and the scheme that one of them has are those of all") {
  for (const std::string_view text :
       {"bob@a,b,unix:/run/s", "a,tcp://bob@b,unix:/run/s", "bob@a,Bob@b,bob@unix:/run/s"}) {
    const Addresses addresses = parse_addresses(text).value();
    REQUIRE(addresses.size() == 3);
    for (const Address& each : addresses) CHECK(each.name == "bob");
  }
  for (const std::string_view text : {"tls://a,b,unix:/run/s", "a,tls://b,unix:/run/s"}) {
    const Addresses addresses = parse_addresses(text).value();
    CHECK(to_string(addresses) == "tls://a:7717, tls://b:7717, unix:///run/s");
    CHECK(addresses[2].encryption == Encryption::by_host);
  }
  const Addresses without = parse_addresses("tcp://a,b").value();
  CHECK(without[1].encryption == Encryption::never);
  CHECK(parse_addresses("a,b").value()[1].encryption == Encryption::by_host);
}

TEST_CASE("the name is moved out of all of them") {
  Addresses addresses = parse_addresses("a,bob@b").value();
  CHECK(take_name(addresses) == "bob");
  CHECK(take_name(addresses).empty());
}

TEST_CASE("a wrong list says which one is wrong, and why") {
  CHECK(shown("") == "'' names no host");
  CHECK(shown("a,") == "server 2 of 2: it is empty");
  CHECK(shown("a,,b") == "server 2 of 3: it is empty");
  CHECK(shown(",a") == "server 1 of 2: it is empty");
  CHECK(shown("a,b:0,c") == "server 2 of 3: 'b:0' has no port number from 1 to 65535 after the colon");
  CHECK(shown("a,::1") == "server 2 of 2: an IPv6 address is given in brackets: [::1]:7717");
  CHECK(shown("a,b,a:7717") == "server 3 of 3: a:7717 is there twice");
  CHECK(shown("unix:/s,unix:///s") == "server 2 of 2: unix:///s is there twice");
  CHECK(shown("bob@a,eve@b") ==
        "server 2 of 2: the name is eve here and bob before; there is one for all of them");
  CHECK(shown("tls://a,b,tcp://c") ==
        "server 3 of 3: one has tls:// before it and another tcp://; all are with TLS, or all without");
  CHECK(parse_addresses(std::vector<std::string>()).error().text == "the list of servers is empty");
}

TEST_CASE("a password in a list is not told, even when it has a comma in it") {
  for (const std::string_view text :
       {"bob:secret@a,b", "a,bob:secret@b", "bob:sec,ret@a", "a,bob:sec,ret@b"}) {
    CAPTURE(text);
    const auto addresses = parse_addresses(text);
    REQUIRE_FALSE(addresses.has_value());
    CHECK(addresses.error().text.find("sec") == std::string::npos);
    CHECK(addresses.error().text.find("a password is never given in an address") != std::string::npos);
  }
}

TEST_CASE("in a list of texts a comma belongs to the address") {
  const auto addresses = parse_addresses(std::vector<std::string>{"unix:/run/a,b", "c"});
  REQUIRE(addresses.has_value());
  CHECK(to_string(*addresses) == "unix:///run/a,b, c:7717");
}
