#include "server/net/listen_address.hpp"

#include "test/support/catch.hpp"

namespace hubbub::net {

TEST_CASE("addresses to listen on are read, and written as they were") {
  const auto url = GENERATE(as<std::string>{}, "tcp://127.0.0.1:7717", "tcp://[::1]:0",
                            "tcp://localhost:65535", "unix:///run/hubbub/chat.sock");
  const auto address = parse_listen_address(url);
  REQUIRE(address.has_value());
  CHECK(to_string(*address) == url);
}

TEST_CASE("what is none is refused with a sentence that quotes it") {
  const auto url =
      GENERATE(as<std::string>{}, "", "7717", "127.0.0.1:7717", "tcp://127.0.0.1", "tcp://:7717",
               "tcp://127.0.0.1:", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:99999",
               "tcp://127.0.0.1:1000000", "tcp://127.0.0.1:7717/path", "tcp://a:1?q", "tcp://[::1:7717",
               "http://127.0.0.1:80", "unix://relative", "unix:///", "tcp://me@127.0.0.1:7717");
  const auto address = parse_listen_address(url);
  REQUIRE_FALSE(address.has_value());
  CHECK(address.error().text.find('"' + url + '"') != std::string::npos);
  CHECK_FALSE(parse_listen_address("unix:///" + std::string(200, 'x')).has_value());
}

}  // namespace hubbub::net
