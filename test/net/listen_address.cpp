#include "server/net/listen_address.hpp"

#include "test/support/catch.hpp"

namespace hubbub::net {

TEST_CASE("addresses to listen on are read, and written as they were") {
  const auto url =
      GENERATE(as<std::string>{}, "tcp://127.0.0.1:7717", "tcp://[::1]:0", "tcp://localhost:65535",
               "unix:///run/hubbub/chat.sock", "tcp://[fe80::1%eth0]:7717", "tcp://127.0.0.1:0?protocol=json",
               "tcp://[::1%lo]:1?protocol=text", "unix:///run/hubbub/chat.sock?protocol=json");
  const auto address = parse_listen_address(url);
  REQUIRE(address.has_value());
  CHECK(to_string(*address) == url);
}

TEST_CASE("what is none is refused with a sentence that quotes it") {
  const auto url = GENERATE(
      as<std::string>{}, "", "7717", "127.0.0.1:7717", "tcp://127.0.0.1", "tcp://:7717",
      "tcp://127.0.0.1:", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:99999", "tcp://127.0.0.1:1000000",
      "tcp://127.0.0.1:7717/path", "tcp://a:1?q", "tcp://[::1:7717", "http://127.0.0.1:80", "unix://relative",
      "unix:///", "tcp://me@127.0.0.1:7717", "tcp://[fe80::1%]:1", "tcp://[fe80::1%a/b]:1",
      "tcp://[fe80::1%0123456789abcdef]:1", "tcp://[%eth0]:1", "unix:///a%00b", "unix:///a#b", "tcp://a:1?",
      "tcp://a:1?protocol", "tcp://a:1?protocol=", "tcp://a:1?protocl=json", "tcp://a:1?protocol=jsn",
      "tcp://a:1?protocol=json&x=y", "unix:///a?b", "unix:///a?protocol=irc");
  const auto address = parse_listen_address(url);
  REQUIRE_FALSE(address.has_value());
  CHECK(address.error().text.find('"' + url + '"') != std::string::npos);
  CHECK_FALSE(parse_listen_address("unix:///" + std::string(200, 'x')).has_value());
}

TEST_CASE("a zone is read as people write it and as RFC 6874 has it") {
  const auto url = GENERATE(as<std::string>{}, "tcp://[fe80::1%eth0]:7717", "tcp://[fe80::1%25eth0]:7717");
  const auto address = parse_listen_address(url);
  REQUIRE(address.has_value());
  const auto& tcp = std::get<TcpAddress>(address->place);
  CHECK(tcp.host == "fe80::1");
  CHECK(tcp.zone == "eth0");
  CHECK(tcp.port == 7717);
}

TEST_CASE("what is spoken there can be said, and what cannot be is told apart from what is not known") {
  const auto json = parse_listen_address("unix:///chat?protocol=json");
  REQUIRE(json.has_value());
  CHECK(json->spoken.protocol == "json");
  CHECK(std::get<UnixAddress>(json->place).path == "/chat");
  CHECK(parse_listen_address("tcp://a:1")->spoken.protocol.empty());
  CHECK(parse_listen_address("tcp://a:1?protocol=web")->spoken.protocol == "web");
  const auto later = parse_listen_address("tcp://a:1?protocol=irc").error().text;
  CHECK(later.find("\"irc\"") != std::string::npos);
  CHECK(later.find("not available in this version") != std::string::npos);
  const auto tls = parse_listen_address("tls://[::1]:7718?protocol=text");
  REQUIRE(tls.has_value());
  CHECK(tls->spoken.is_tls);
  CHECK(tls->spoken.protocol == "text");
  CHECK(to_string(*tls) == "tls://[::1]:7718?protocol=text");
  CHECK_FALSE(parse_listen_address("tcp://a:1")->spoken.is_tls);
  CHECK(parse_listen_address("tls://a").error().text == "\"tls://a\" names no port; write tls://HOST:PORT");
  const auto text = parse_listen_address("tcp://a:1?protocol=gopher").error().text;
  CHECK(text.find("\"gopher\"; there are json, text and web") != std::string::npos);
}

TEST_CASE("the name of a socket that is handed over says what is spoken there") {
  for (const auto* any :
       {"", "unknown", "hubbubd.socket", "tls-chat.socket", "irc", "anything", "chat-tls"}) {
    CAPTURE(any);
    const auto spoken = spoken_by_name(any);
    REQUIRE(spoken.has_value());
    CHECK(spoken->protocol.empty());
    CHECK_FALSE(spoken->is_tls);
  }
  CHECK(spoken_by_name("tls")->is_tls);
  CHECK(spoken_by_name("tls")->protocol.empty());
  CHECK(spoken_by_name("tls-web")->is_tls);
  CHECK(spoken_by_name("tls-web")->protocol == "web");
  CHECK(spoken_by_name("json")->protocol == "json");
  CHECK_FALSE(spoken_by_name("json")->is_tls);
  for (const auto* wrong : {"tls-", "tls-jso", "tls-irc", "TLS", "tlsweb", "tls_json"}) {
    CHECK(spoken_by_name(wrong).error().text ==
          "a socket of the service manager is named \"" + std::string(wrong) +
              "\"; for TLS there are tls, tls-json, tls-text and tls-web (FileDescriptorName= of its unit)");
  }
}

}  // namespace hubbub::net
