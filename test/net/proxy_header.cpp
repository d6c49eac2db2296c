// The header with which a proxy tells whose connection it passes on.
#include "server/net/proxy_header.hpp"

#include <string>
#include <string_view>

#include "server/net/address_range.hpp"
#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using namespace std::string_literals;

const auto signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string source(const std::string& bytes) {
  const auto parsed = parse_proxy_header(bytes);
  if (parsed.verdict != Verdict::yes) return parsed.verdict == Verdict::no ? "no" : "perhaps";
  return parsed.header.source ? shown_address(*parsed.header.source) : "its own";
}

AddressBytes bytes_of(const std::string& address) {
  return address_bytes(boost::asio::ip::make_address(address));
}

bool is_in(const std::string& range, const std::string& address) {
  return AddressRange::parse(range).value().contains(bytes_of(address));
}

}  // namespace

TEST_CASE("a header of version 1 is a line") {
  CHECK(source("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nrest") == "192.0.2.7:56324");
  CHECK(source("PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n") == "[2001:db8::7]:56324");
  CHECK(source("PROXY UNKNOWN\r\n") == "its own");
  CHECK(source("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n") == "its own");
  CHECK(parse_proxy_header("PROXY UNKNOWN\r\nrest").header.size == 15);
  for (const auto* const wrong :
       {"PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n", "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
        "PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n", "PROXY TCP4 192.0.2.7 198.51.100.1 70000 1\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3\r\n", "PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n",
        "PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n", "PROXY \r\n"}) {
    CAPTURE(wrong);
    CHECK(source(wrong) == "no");
  }
  CHECK(source("PROXY " + std::string(102, 'x')) == "no");
  CHECK(source("PRIVATE") == "no");
  CHECK(source("{") == "no");
}

TEST_CASE("a header of version 2 has a length, and may have more behind the addresses") {
  const auto v4 = "\xC0\x00\x02\x07\xC6\x33\x64\x01\xDC\x04\x01\xBB"s;
  CHECK(source(signature + "\x21\x11\0\x0C"s + v4) == "192.0.2.7:56324");
  const auto with_more = signature + "\x21\x11\0\x10"s + v4 + "\x03\0\x01x"s;
  CHECK(source(with_more + "rest") == "192.0.2.7:56324");
  CHECK(parse_proxy_header(with_more + "rest").header.size == with_more.size());
  const auto v6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07"s;
  CHECK(source(signature + "\x21\x21\0\x24"s + v6 + v6 + "\0\x01\0\x02"s) == "[2001:db8::7]:1");
  CHECK(source(signature + "\x20\0\0\0"s) == "its own");                              // LOCAL
  CHECK(source(signature + "\x21\x31\0\xD8"s + std::string(216, 'x')) == "its own");  // unix sockets
  CHECK(source(signature + "\x11\x11\0\x0C"s + v4) == "no");                          // another version
  CHECK(source(signature + "\x22\x11\0\x0C"s + v4) == "no");                          // another command
  CHECK(source(signature + "\x21\x11\0\x0B"s + v4) == "no");                          // too short
  CHECK(source(signature + "\x21\x11\xFF\xFF"s) == "no");                             // too long
}

TEST_CASE("every prefix of a header may become one") {
  for (const auto& whole : {"PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"s,
                            signature + "\x21\x11\0\x0C\xC0\x00\x02\x07\xC6\x33\x64\x01\xDC\x04\x01\xBB"s}) {
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(source(whole.substr(0, size)) == "perhaps");
  }
}

TEST_CASE("a range contains what begins with the same bits") {
  CHECK(is_in("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(is_in("10.0.0.0/8", "11.0.0.0"));
  CHECK(is_in("192.0.2.128/25", "192.0.2.129"));
  CHECK_FALSE(is_in("192.0.2.128/25", "192.0.2.1"));
  CHECK(is_in("192.0.2.7", "192.0.2.7"));
  CHECK(is_in("192.0.2.7", "::ffff:192.0.2.7"));
  CHECK(is_in("2001:db8::/32", "2001:db8:1::1"));
  CHECK_FALSE(is_in("2001:db8::/32", "2001:db9::"));
  CHECK(is_in("0.0.0.0/0", "8.8.8.8"));
  CHECK_FALSE(is_in("0.0.0.0/0", "2001:db8::1"));
  CHECK(AddressRange::parse("unix").value().is_unix());
  for (const auto* const wrong : {"", "a", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129", "10.0.0/8",
                                  "fe80::1%1", "::ffff:10.0.0.0/8", "::/0", "::/80"}) {
    CAPTURE(wrong);
    CHECK_FALSE(AddressRange::parse(wrong).has_value());
  }
}

}  // namespace hubbub::net
