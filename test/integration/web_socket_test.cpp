// WebSockets: who may open one, what is said in it, and how it ends.
#include <memory>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace std::string_literals;

/// A WebSocket and the socket below it.
struct Web {
  explicit Web(const Address& address, const WebSocketOptions& options = {}, const SocketOptions& below = {})
      : socket(address, below), web(socket, options) {}

  void enter(const std::string& name) {
    web.send(R"({"type":"hello","version":1,"name":")" + name + R"("})" + "\n" +
             R"({"type":"join","room":"lobby"})");
    expect("joined");
  }
  std::string expect(const std::string& what) {
    for (;;) {
      const auto message = web.receive();
      if (!message) throw std::runtime_error("the end came before " + what);
      if (message->find(what) != std::string::npos) return *message;
    }
  }
  /// Reads to the end, and tells the server's code.
  std::uint16_t end() {
    while (web.receive()) {
    }
    return web.close_code().value_or(0);
  }

  Socket socket;
  WebSocket web;
};

std::string refusal(const Address& address, const WebSocketOptions& options,
                    const SocketOptions& below = {}) {
  try {
    const Web web(address, options, below);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("in a WebSocket, by lines and by hand people meet in one room") {
  const Daemon daemon;
  Web web(daemon.address());
  web.enter("webster");
  JsonClient anna = member(daemon.address(), "anna");
  TextClient nina(daemon.address());
  nina.send_line("hello from nc");
  web.expect("hello from nc");
  web.web.send(R"({"type":"say","room":"lobby","text":"привет 小明"})");
  CHECK_THAT(web.expect("привет"), ContainsSubstring("\"from\":\"webster\""));
  nina.expect("webster: привет 小明");
  anna.say("lobby", std::string(3000, 'x'));
  anna.sync();
  CHECK(web.expect("xxx").size() > 3000);
}

TEST_CASE("who opens a WebSocket from the page with the cookie is logged in by a hello") {
  const Daemon daemon;
  JsonClient elsewhere = member(daemon.address(), "anna");
  const auto token =
      text_of(elsewhere.answer({{"type", "register"}, {"password", "correct horse"}}), "token");
  const auto own = "Origin: http://localhost\r\n"s;
  const auto cookie = "Cookie: a=b; hubbub=" + token + "\r\n";
  const auto hello = R"({"type":"hello","version":1})"s;
  const auto told = [&](const std::string& fields, const std::string& said) {
    Web web(daemon.address(), {.fields = fields});
    web.web.send(said);
    return web.expect("\"type\":\"");
  };
  CHECK_THAT(told(own + cookie, hello), ContainsSubstring("\"account_name\":\"anna\""));
  // Who says a name comes as a guest.
  CHECK_THAT(told(own + cookie, R"({"type":"hello","version":1,"name":"anna2"})"),
             ContainsSubstring("\"account\":false"));
  // Without an Origin it is no browser; and the other name is for TLS.
  CHECK_THAT(told(cookie, hello), ContainsSubstring("\"account\":false"));
  CHECK_THAT(told(own + "Cookie: __Host-hubbub=" + token + "\r\n", hello),
             ContainsSubstring("\"account\":false"));
  // What the hello says itself counts.
  CHECK_THAT(told(own + cookie, R"({"type":"hello","version":1,"account":"anna","password":"wrong"})"),
             ContainsSubstring("login_failed"));

  elsewhere.answer({{"type", "logout"}});
  Web web(daemon.address(), {.fields = own + cookie});
  web.web.send(hello);
  web.expect("login_failed");
  web.web.send(hello);
  CHECK_THAT(web.expect("welcome"), ContainsSubstring("\"account\":false"));
  CHECK(daemon.log().find(token) == std::string::npos);
}

TEST_CASE("a message may have several lines, and each answer is a message") {
  const Daemon daemon;
  Web web(daemon.address());
  web.web.send(
      "{\"type\":\"hello\",\"version\":1,\"name\":\"a\"}\n{\"type\":\"ping\",\"ref\":\"1\"}\n"
      "\r\n{\"type\":\"ping\",\"ref\":\"2\"}\n");
  web.expect("welcome");
  CHECK(web.web.receive() == R"({"type":"pong","ref":"1"})");
  CHECK(web.web.receive() == R"({"type":"pong","ref":"2"})");
}

TEST_CASE("the subprotocol is hubbub.v1, and who names none speaks it too") {
  const Daemon daemon;
  const auto offered = [&](const std::string& names) {
    return WebSocketOptions{.fields = "Sec-WebSocket-Protocol: " + names + "\r\n"};
  };
  CHECK_THAT(Web(daemon.address(), offered("x, hubbub.v1")).web.head(),
             ContainsSubstring("Sec-WebSocket-Protocol: hubbub.v1\r\n"));
  CHECK(Web(daemon.address()).web.head().find("Sec-WebSocket-Protocol") == std::string::npos);
  CHECK_THAT(refusal(daemon.address(), offered("text.ircv3.net")), ContainsSubstring("400 Bad Request"));
  CHECK_THAT(refusal(daemon.address(), {.fields = "Sec-WebSocket-Extensions: permessage-deflate\r\n"}),
             ContainsSubstring("no refusal"));
}

TEST_CASE("pages of this server and of named origins may connect, and others may not") {
  const Daemon daemon(
      {.config = "[net]\ntrusted_proxies = [\"127.0.0.9\"]\n[web]\n"
                 "public_url = \"https://chat.example.org\"\norigins = [\"https://friend.example\"]\n"});
  const auto from = [](const std::string& origin, const std::string& more = {}) {
    return WebSocketOptions{.host = "localhost:7717", .fields = "Origin: " + origin + "\r\n" + more};
  };
  for (const auto* const origin :
       {"http://localhost:7717", "https://chat.example.org", "https://friend.example"}) {
    CAPTURE(origin);
    CHECK_THAT(refusal(daemon.address(), from(origin)), ContainsSubstring("no refusal"));
  }
  for (const auto* const origin : {"https://localhost:7717", "http://localhost", "https://evil.example",
                                   "null", "http://localhost:7717.evil.example", "HTTP://LOCALHOST:7717"}) {
    CAPTURE(origin);
    CHECK_THAT(refusal(daemon.address(), from(origin)), ContainsSubstring("403 Forbidden"));
  }
  // A name that leads here (DNS rebinding) makes its page none of this machine.
  CHECK_THAT(refusal(daemon.address(), {.host = "evil.example", .fields = "Origin: http://evil.example\r\n"}),
             ContainsSubstring("403 Forbidden"));
  const auto by_proxy = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"s;
  CHECK_THAT(refusal(daemon.address(), from("https://localhost:7717", by_proxy), {.from = "127.0.0.9"}),
             ContainsSubstring("no refusal"));
  CHECK_THAT(refusal(daemon.address(), from("http://localhost:7717", by_proxy), {.from = "127.0.0.9"}),
             ContainsSubstring("403 Forbidden"));
}

TEST_CASE(
    "without TLS a page may connect by a name of this server, once the operator has told which that is") {
  const auto from = [](const std::string& host) {
    return WebSocketOptions{.host = host, .fields = "Origin: http://" + host + "\r\n"};
  };
  const Daemon open({.config = "[web]\nplain = \"anywhere\"\n"});
  open.wait_for_log("without web.public_url lets a page of any site into the chat");
  CHECK_THAT(refusal(open.address(), from("anything.example:7717")), ContainsSubstring("no refusal"));
  const Daemon named({.config = "[web]\nplain = \"anywhere\"\npublic_url = \"https://chat.example.org\"\n"});
  for (const auto* const good :
       {"chat.example.org", "chat.example.org:7717", "192.0.2.7:7717", "[2001:db8::1]"})
    CHECK_THAT(refusal(named.address(), from(good)), ContainsSubstring("no refusal"));
  for (const auto* const bad : {"evil.example", "evil.example:7717", "chat.example.org.evil.example"})
    CHECK_THAT(refusal(named.address(), from(bad)), ContainsSubstring("403 Forbidden"));
  // Another site that may connect lends nothing to who makes its name lead here.
  const Daemon with_friend({.config = "[web]\norigins = [\"https://friend.example\"]\n"});
  CHECK_THAT(refusal(with_friend.address(), from("friend.example:7717")), ContainsSubstring("403 Forbidden"));
}

TEST_CASE("a handshake that is not right is answered with what is wrong") {
  const Daemon daemon;
  const auto status = [&](const std::string& fields) {
    const Socket socket(daemon.address());
    socket.send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n");
    std::string heard;
    while (const auto more = socket.receive()) {
      if (more->empty()) break;
      heard += *more;
    }
    return heard.substr(0, 12);
  };
  const auto upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"s;
  const auto key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"s;
  const auto version = "Sec-WebSocket-Version: 13\r\n"s;
  CHECK(status("") == "HTTP/1.1 426");
  CHECK(status(upgrade + key + "Sec-WebSocket-Version: 8\r\n") == "HTTP/1.1 426");
  CHECK(status(upgrade + version) == "HTTP/1.1 400");
  CHECK(status(upgrade + version + "Sec-WebSocket-Key: short\r\n") == "HTTP/1.1 400");
  CHECK(status(upgrade + version + key + key) == "HTTP/1.1 400");
  const Socket old(daemon.address());
  old.send("GET /ws HTTP/1.0\r\nHost: a\r\n" + upgrade + version + key + "\r\n");
  CHECK_THAT(old.receive().value(), ContainsSubstring("HTTP/1.1 426"));
}

TEST_CASE("each end of a WebSocket is told from the other by its code") {
  const Daemon daemon({.config = "[timeouts]\nhello = \"300ms\"\n[limits]\nline = \"5KiB\"\n"});
  const auto ended_by = [&](auto act) {
    Web web(daemon.address());
    web.web.send(R"({"type":"hello","version":1,"name":"eve"})");
    act(web);
    return web.end();
  };
  CHECK(ended_by([](Web& web) { web.web.close(); }) == 1000);
  CHECK(ended_by([](Web& web) { web.web.close(4001, "mine"); }) == 4001);
  CHECK(ended_by([](Web& web) { web.web.send(R"({"type":"quit"})"); }) == 1000);
  CHECK(ended_by([](Web& web) { web.web.send(std::string(6000, 'x')); }) == 1009);
  CHECK(ended_by([](Web& web) { web.web.send("\xFF\xFE"); }) == 1007);
  CHECK(ended_by([](Web& web) { web.web.send_frame(0x82, "binary"); }) == 1003);
  CHECK(ended_by([](Web& web) { web.web.send_frame(0x81, "not masked", false); }) == 1002);
  CHECK(ended_by([](Web& web) { web.web.send_frame(0xC1, "compressed"); }) == 1002);
  CHECK(ended_by([](Web& web) { web.web.close(1005); }) == 1002);
  CHECK(ended_by([](Web& web) { web.web.close(1000, "\xFF"); }) == 1007);
  CHECK(Web(daemon.address()).end() == 1008);  // no hello in time
  daemon.wait_for_log("reason=bad_frame");
}

TEST_CASE("what was said before the close is delivered, and its answer comes before the end") {
  const Daemon daemon;
  JsonClient anna = member(daemon.address(), "anna");
  Web web(daemon.address());
  web.enter("webster");
  web.web.send(R"({"type":"say","room":"lobby","text":"last words"})");
  web.web.close();
  web.expect("last words");
  CHECK_THAT(*web.web.receive(), ContainsSubstring("\"bye\""));
  CHECK(web.end() == 1000);
  CHECK(text_of(anna.expect("message"), "text") == "last words");
  anna.expect_departure("webster");
}

TEST_CASE("pings are answered with what they said, and not with the room's lines in pieces") {
  const Daemon daemon;
  Web web(daemon.address());
  web.enter("webster");
  web.web.send_frame(0x01, R"({"type":"say","room":"lob)");
  web.web.send_frame(0x89, "are you there");
  web.web.send_frame(0x80, R"(by","text":"in two"})");
  web.expect("in two");
  CHECK(web.web.pongs() == 1);
}

TEST_CASE("a server that stops tells it in a WebSocket, too") {
  auto daemon = std::make_unique<Daemon>();
  Web web(daemon->address());
  web.enter("webster");
  daemon.reset();
  CHECK_THAT(web.expect("bye"), ContainsSubstring("shutting_down"));
  CHECK(web.end() == 1001);
}

TEST_CASE("who reads nothing in a WebSocket harms only himself, and is caught up") {
  const Daemon daemon(
      {.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"16KiB\"\nsend_queue_soft = \"8KiB\"\n"});
  Web slow(daemon.address(), {}, {.receive_buffer = 4096});
  slow.enter("slow");
  JsonClient anna = member(daemon.address(), "anna");
  constexpr int messages = 1500;
  for (int i = 0; i < messages; ++i)
    anna.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i) + std::string(1000, 'x')}});
  anna.sync();
  // Each message, in order, once.
  for (int i = 0; i < messages; ++i) slow.expect("\"text\":\"" + std::to_string(i) + "x");
}

}  // namespace hubbub::test
