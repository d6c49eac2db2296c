// Who has sent a request that a proxy passes on.
#include "server/front/web/forwarded.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

#include "test/support/catch.hpp"

namespace hubbub::front::http {
namespace {

net::Endpoint at(const std::string& address) { return parse_node(address).value(); }

std::vector<net::AddressRange> ranges(const std::vector<std::string>& texts) {
  std::vector<net::AddressRange> all;
  for (const auto& text : texts) all.push_back(net::AddressRange::parse(text).value());
  return all;
}

struct Case {
  std::vector<Field> fields;
  std::string peer = "127.0.0.1:5000";
  std::vector<std::string> trusted{"127.0.0.1", "10.0.0.0/8"};

  Sender sender() const { return sender_of({.fields = fields}, {.endpoint = at(peer)}, ranges(trusted)); }
  std::string address() const { return net::shown_address(sender().endpoint); }
};

}  // namespace

TEST_CASE("an address is read with and without its port") {
  const auto read = [](const std::string& node) {
    const auto endpoint = parse_node(node);
    return endpoint ? net::shown_address(*endpoint) : "";
  };
  CHECK(read("192.0.2.7") == "192.0.2.7:0");
  CHECK(read("192.0.2.7:80") == "192.0.2.7:80");
  CHECK(read("2001:db8::7") == "[2001:db8::7]:0");
  CHECK(read("[2001:db8::7]") == "[2001:db8::7]:0");
  CHECK(read("[2001:db8::7]:80") == "[2001:db8::7]:80");
  for (const auto* const wrong :
       {"", "unknown", "_hidden", "192.0.2", "192.0.2.7:", "192.0.2.7:x", "192.0.2.7:70000", "[2001:db8::7",
        "[2001:db8::7]80", "[]:80", "192.0.2.7 "}) {
    CAPTURE(wrong);
    CHECK(read(wrong).empty());
  }
}

TEST_CASE("the sender is the last one named that is no trusted proxy") {
  CHECK(Case{.fields = {{"x-forwarded-for", "192.0.2.7"}}}.address() == "192.0.2.7:0");
  CHECK(Case{.fields = {{"x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.1.2.3"}}}.address() ==
        "192.0.2.7:0");
  CHECK(Case{.fields = {{"x-forwarded-for", "198.51.100.1"}, {"x-forwarded-for", "192.0.2.7"}}}.address() ==
        "192.0.2.7:0");
  CHECK(Case{.fields = {{"x-forwarded-for", "10.1.1.1, 10.1.2.3"}}}.address() == "10.1.1.1:0");
  CHECK(Case{.fields = {{"x-forwarded-for", "198.51.100.1, garbage"}}}.address() == "127.0.0.1:5000");
  CHECK(Case{.fields = {{"forwarded", R"(for=198.51.100.1, for="[2001:db8::7]:4711";proto=https)"}}}
            .address() == "[2001:db8::7]:4711");
  CHECK(Case{.fields = {{"forwarded", "for=unknown"}}}.address() == "127.0.0.1:5000");
  // What a client has put in may come through beside what the proxy says: nobody can tell which is which.
  const auto both = [](const std::string& x, const std::string& standard) {
    return Case{.fields = {{"x-forwarded-for", x}, {"forwarded", "for=" + standard}}}.sender();
  };
  CHECK(both("192.0.2.7", "198.51.100.1").is_in_doubt);
  CHECK_FALSE(both("192.0.2.7", "192.0.2.7").is_in_doubt);
}

TEST_CASE("who is not trusted says nothing about others") {
  const Case stranger{.fields = {{"x-forwarded-for", "127.0.0.1"}, {"x-forwarded-proto", "https"}},
                      .peer = "198.51.100.9:1"};
  CHECK(stranger.address() == "198.51.100.9:1");
  CHECK_FALSE(stranger.sender().is_encrypted);
  CHECK(stranger.sender().is_passed_on);
  CHECK_FALSE(Case{}.sender().is_passed_on);
  CHECK(Case{.fields = {{"via", "1.1 proxy"}}}.sender().is_passed_on);
}

TEST_CASE("a proxy that is trusted tells whether its client came by TLS") {
  CHECK(Case{.fields = {{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "https"}}}
            .sender()
            .is_encrypted);
  CHECK_FALSE(Case{.fields = {{"x-forwarded-for", "192.0.2.7"}, {"x-forwarded-proto", "http"}}}
                  .sender()
                  .is_encrypted);
  CHECK(Case{.fields = {{"x-forwarded-proto", "https"}}}.sender().is_encrypted);
  CHECK(Case{.fields = {{"forwarded", "for=192.0.2.7;proto=https"}}}.sender().is_encrypted);
  CHECK_FALSE(Case{.fields = {{"x-forwarded-for", "192.0.2.7"}}}.sender().is_encrypted);
}

}  // namespace hubbub::front::http
