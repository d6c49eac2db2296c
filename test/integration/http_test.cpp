// HTTP on the port of all others: what is where, who may see it, and what is refused.
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
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

/// What comes for the bytes until the server closes, which they make it do.
std::string answer_to(const Address& address, const std::string& bytes, const SocketOptions& options = {}) {
  const Socket socket(address, options);
  socket.send(bytes);
  std::string heard;
  for (;;) {
    const auto more = socket.receive();
    if (!more) throw std::runtime_error("the server does not close: " + heard);
    if (more->empty()) return heard;
    heard += *more;
  }
}

std::string get(const std::string& path, const std::string& fields = {},
                const std::string& host = "localhost") {
  return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + fields + "\r\n";
}

int status_of(const std::string& response) {
  REQUIRE(response.starts_with("HTTP/1.1 "));
  return std::stoi(response.substr(9));
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t times = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++times;
  return times;
}

}  // namespace

TEST_CASE("who comes with a browser is given what he can join with") {
  const Daemon daemon;
  const auto page = answer_to(daemon.address(), get("/", {}, "chat.example.org:7717"));
  CHECK(status_of(page) == 200);
  CHECK_THAT(page, ContainsSubstring("Content-Type: text/html; charset=utf-8\r\n"));
  CHECK_THAT(page, ContainsSubstring("X-Content-Type-Options: nosniff\r\n"));
  CHECK_THAT(page, ContainsSubstring("Content-Security-Policy: default-src 'none'; "));
  CHECK_THAT(page, ContainsSubstring("Cache-Control: no-cache\r\n"));
  CHECK_THAT(page, ContainsSubstring("ws://chat.example.org:7717"));
}

TEST_CASE("one logs in from the page with a cookie, and out") {
  const Daemon daemon;
  const auto ask = [&](const std::string& head, const std::string& content) {
    return answer_to(daemon.address(),
                     head +
                         " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: close\r\n" +
                         (content.empty() ? ""s
                                          : "Content-Type: application/json\r\nContent-Length: " +
                                                std::to_string(content.size()) + "\r\n") +
                         "\r\n" + content);
  };
  const auto registered =
      ask("POST /session", R"({"register":true,"name":"anna","password":"correct horse","device":"here"})");
  CHECK(status_of(registered) == 200);
  CHECK(registered.ends_with("{\"account\":\"anna\"}\n"));
  const auto begin = registered.find("hubbub=hub_");
  REQUIRE(begin != std::string::npos);
  const auto token = registered.substr(begin + 7, registered.find(';', begin) - begin - 7);
  const auto logged_in = ask("POST /session", R"({"account":"Anna","password":"correct horse"})");
  CHECK_THAT(logged_in, ContainsSubstring("SameSite=Strict; "));
  CHECK(status_of(ask("POST /session", R"({"account":"anna","password":"battery staple"})")) == 401);

  JsonClient anna(daemon.address());
  const auto told = anna.answer({{"type", "hello"}, {"version", 1}, {"token", token}});
  CHECK(text_of(told, "account_name") == "anna");
  // The device is gone, and so is who is here with it.
  CHECK(status_of(answer_to(daemon.address(),
                            "DELETE /session HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
                            "Connection: close\r\nCookie: hubbub=" +
                                token + "\r\n\r\n")) == 204);
  anna.expect_bye("logged_out");
  for (const auto& secret : {token, "correct horse"s, "battery staple"s})
    CHECK(daemon.log().find(secret) == std::string::npos);
}

TEST_CASE("logging in counts as it does everywhere, for whom a proxy has passed on") {
  const Daemon daemon({.config = "[net]\ntrusted_proxies = [\"127.0.0.9\"]\n"});
  const auto post = [&](const std::string& from, const std::string& proto, const std::string& content) {
    return answer_to(daemon.address(),
                     "POST /session HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
                     "X-Forwarded-For: " +
                         from + "\r\nX-Forwarded-Proto: " + proto +
                         "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " +
                         std::to_string(content.size()) + "\r\n\r\n" + content,
                     {.from = "127.0.0.9"});
  };
  const auto wrong = R"({"account":"anna","password":"wrong wrong"})"s;
  for (int i = 0; i < 5; ++i) CHECK(status_of(post("192.0.2.7", "https", wrong)) == 401);
  const auto too_many = post("192.0.2.7", "https", wrong);
  CHECK(status_of(too_many) == 429);
  CHECK_THAT(too_many, ContainsSubstring("\r\nRetry-After: "));
  CHECK_THAT(too_many, ContainsSubstring("\"code\":\"rate_limited\""));
  CHECK_THAT(too_many, ContainsSubstring("\"retry_after\":"));
  CHECK(status_of(post("192.0.2.8", "https", wrong)) == 401);
  CHECK(status_of(post("192.0.2.9", "http", wrong)) == 403);
  const auto registered =
      post("192.0.2.9", "https", R"({"register":true,"name":"anna","password":"correct horse"})");
  CHECK_THAT(registered, ContainsSubstring("\r\nSet-Cookie: __Host-hubbub=hub_"));
  CHECK_THAT(registered, ContainsSubstring("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age="));
}

TEST_CASE("requests of one connection are answered in their order, and a HEAD without its content") {
  const Daemon daemon;
  const auto both =
      answer_to(daemon.address(),
                "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n"
                "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nPUT / HTTP/1.1\r\nHost: a\r\n\r\n" +
                    get("/ready"));
  CHECK(count(both, "HTTP/1.1 200 OK\r\n") == 3);
  CHECK(count(both, "HTTP/1.1 404 Not Found\r\n") == 1);
  CHECK(count(both, "HTTP/1.1 405 Method Not Allowed\r\n") == 1);
  CHECK(both.find("alive\n") < both.find("HTTP/1.1 404"));
  CHECK(both.find("Disallow") == std::string::npos);
  CHECK(both.ends_with("ready\n"));
}

TEST_CASE("a connection has a hundred requests") {
  const Daemon daemon;
  std::string all;
  for (int i = 0; i < 150; ++i) all += "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto heard = answer_to(daemon.address(), all);
  CHECK(count(heard, "HTTP/1.1 200 OK") == 100);
  CHECK(count(heard, "Connection: close\r\n") == 1);
}

TEST_CASE("a request whose end is in doubt is refused with a close, and nothing behind it is read") {
  const Daemon daemon;
  const auto smuggled = get("/health");
  const auto [bytes, status] = GENERATE(table<std::string, int>(
      {{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        501},
       {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
       {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", 501},
       {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
       {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", 400},
       {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
       {"GET / HTTP/1.1\r\n\r\n", 400},
       {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
       {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
       {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
       {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
       {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", 431},
       {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
       {"CONNECT a:25 HTTP/1.1\r\nHost: a\r\n\r\n", 400}}));
  CAPTURE(bytes);
  const auto heard = answer_to(daemon.address(), bytes + smuggled);
  CHECK(status_of(heard) == status);
  CHECK(count(heard, "HTTP/1.1 ") == 1);
  CHECK_THAT(heard, ContainsSubstring("Connection: close\r\n"));
}

TEST_CASE("what is inside is for this machine, and for whoever has the token") {
  const Daemon daemon({.config = "[net]\ntrusted_proxies = [\"127.0.0.9\"]\n[web]\nmetrics_token = \"sha256:"
                                 "7b1a6b2a2a1a4ad9c5c0f1b3bbcd4e0a8ad1ab1c8cdd0b9d7f0a4b0f7d2f0c11\"\n"});
  for (const auto* const path : {"/health", "/ready", "/metrics"}) {
    CAPTURE(path);
    const auto status = [&](const std::string& fields, const std::string& from) {
      return status_of(answer_to(daemon.address(), get(path, fields), {.from = from}));
    };
    CHECK(status("", "127.0.0.1") == 200);
    // A proxy of this machine that is not known as one must not open it to everybody.
    CHECK(status("X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.1") == 403);
    CHECK(status("Via: 1.1 proxy\r\n", "127.0.0.1") == 403);
    // A page of a name that leads here (DNS rebinding) is no page of this machine.
    CHECK(status_of(answer_to(daemon.address(), get(path, {}, "evil.example"))) == 403);
    CHECK(status_of(answer_to(daemon.address(), get(path, {}, "127.0.0.1:7717"))) == 200);
    CHECK(status("X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.9") == 403);
    CHECK(status("X-Forwarded-For: 192.0.2.7\r\nAuthorization: Bearer wrong\r\n", "127.0.0.9") == 403);
  }
}

TEST_CASE("the token opens, and is not to be read anywhere") {
  const auto token = "correct-horse-battery"s;
  const Daemon daemon(
      {.config = "[net]\ntrusted_proxies = [\"127.0.0.9\"]\n[web]\nmetrics_token = \"" + token + "\"\n"});
  const auto status = [&](const std::string& given) {
    return status_of(answer_to(
        daemon.address(), get("/metrics", "X-Forwarded-For: 192.0.2.7\r\nAuthorization: " + given + "\r\n"),
        {.from = "127.0.0.9"}));
  };
  CHECK(status("Bearer " + token) == 200);
  CHECK(status("bearer " + token) == 200);
  CHECK(status("Bearer " + token + "x") == 403);
  CHECK(status("Basic " + token) == 403);
  CHECK(daemon.log().find(token) == std::string::npos);
  const auto printed =
      run_hubbubd({"--print-config", "--config", (daemon.directory().path() / "hubbubd.toml").string()});
  CHECK(printed.out.find(token) == std::string::npos);
  CHECK_THAT(printed.out, ContainsSubstring("metrics_token = \"sha256:"));
}

TEST_CASE("the page is not given in the clear to who comes from elsewhere") {
  const auto [config, status] = GENERATE(table<std::string, int>(
      {{"", 403}, {"plain = \"anywhere\"\n", 200}, {"public_url = \"https://chat.example.org/\"\n", 308}}));
  CAPTURE(config);
  const Daemon daemon({.config = "[net]\ntrusted_proxies = [\"127.0.0.9\"]\n[web]\n" + config});
  const auto from_elsewhere = [&](const std::string& fields) {
    return answer_to(daemon.address(), get("/", "X-Forwarded-For: 192.0.2.7\r\n" + fields),
                     {.from = "127.0.0.9"});
  };
  // A proxy that is not known as one does not bring everybody here.
  const auto by_another = answer_to(daemon.address(), get("/", "X-Forwarded-For: 192.0.2.7\r\n"));
  CHECK(status_of(by_another) == status);
  const auto plain = from_elsewhere("X-Forwarded-Proto: http\r\n");
  CHECK(status_of(plain) == status);
  if (status == 308) CHECK_THAT(plain, ContainsSubstring("Location: https://chat.example.org\r\n"));
  const auto secured = from_elsewhere("X-Forwarded-Proto: https\r\n");
  CHECK(status_of(secured) == 200);
  CHECK_THAT(secured, ContainsSubstring("wss://localhost"));
}

TEST_CASE("nobody gets the page in the clear where the operator says so") {
  const Daemon daemon({.config = "[web]\nplain = \"never\"\n"});
  CHECK(status_of(answer_to(daemon.address(), get("/"))) == 403);
  CHECK(status_of(answer_to(daemon.address(), get("/health"))) == 200);
}

TEST_CASE("a line that is meant as a request is refused, and nothing behind it is said aloud") {
  const Daemon daemon;
  TextClient person(daemon.address());
  person.take_name("nina");
  const auto refused =
      answer_to(daemon.address(), "GET  /health HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n");
  CHECK(status_of(refused) == 400);
  const auto too_long =
      answer_to(daemon.address(), "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n");
  CHECK(status_of(too_long) == 431);
  for (const auto* const cut_off :
       {"GET /reset?token=secret", "GET  /reset?token=secret", "GET http://a/?token=secret"}) {
    const Socket socket(daemon.address());
    socket.send(cut_off);
    socket.half_close();
    CHECK_THAT(socket.receive().value_or(""), ContainsSubstring("400 Bad Request"));
  }
  person.send_line("at last");
  CHECK(daemon.log().find("secret") == std::string::npos);
  for (auto line = person.read_line(); line && line->find("at last") == std::string::npos;
       line = person.read_line())
    CHECK(line->find("secret") == std::string::npos);
}

TEST_CASE("what proxies say of one client in two ways has to be the same") {
  const Daemon daemon({.config = "[net]\ntrusted_proxies = [\"127.0.0.9\"]\n"});
  const auto status = [&](const std::string& fields) {
    return status_of(answer_to(daemon.address(), get("/robots.txt", fields), {.from = "127.0.0.9"}));
  };
  CHECK(status("X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\n") == 200);
  const auto contradiction = "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.8\r\n"s;
  CHECK(status(contradiction) == 400);
  const auto head =
      answer_to(daemon.address(), "HEAD / HTTP/1.1\r\nHost: localhost\r\n" + contradiction + "\r\n",
                {.from = "127.0.0.9"});
  CHECK(status_of(head) == 400);
  CHECK(head.ends_with("\r\n\r\n"));
}

TEST_CASE("an ACME client's proofs are served, and nothing beside them") {
  const TemporaryDirectory directory;
  const auto folder = directory.path() / ".well-known/acme-challenge";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "a_token-1") << "proof";
  std::ofstream(directory.path() / "secret") << "secret";
  std::filesystem::create_symlink(directory.path() / "secret", folder / "link");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const Daemon daemon({.config = "[web]\nacme_challenges = \"" + folder.string() + "\"\n"});
  const auto at = [&](const std::string& path) {
    return answer_to(daemon.address(), get("/.well-known/acme-challenge/" + path));
  };
  CHECK(at("a_token-1").ends_with("\r\n\r\nproof"));
  for (const auto* const path :
       {"", "other", "../../secret", "..%2f..%2fsecret", "a_token-1/", ".", "link", "pipe"}) {
    CAPTURE(path);
    CHECK(status_of(at(path)) == 404);
  }
}

TEST_CASE("a head that does not come to its end is closed in time, and holds up nobody") {
  const Daemon daemon;
  std::vector<std::unique_ptr<Socket>> sockets;
  // More than one address may have half open.
  for (int i = 0; i < 40; ++i) {
    sockets.push_back(std::make_unique<Socket>(daemon.address(), SocketOptions{.from = "127.0.0.2"}));
    sockets.back()->send("GET / HTTP/1.1\r\nHost: a\r\n");
  }
  std::size_t refused = 0;
  for (const auto& socket : sockets) {
    const auto heard = socket->receive(refused < 8 ? patience : std::chrono::milliseconds(0));
    if (heard && heard->starts_with("HTTP/1.1 429 ")) ++refused;
    if (refused == 8) break;
  }
  CHECK(refused == 8);
  CHECK(status_of(answer_to(daemon.address(), get("/health"))) == 200);
}

TEST_CASE("a request that trickles in is over ten seconds after its first byte", "[slow]") {
  const Daemon daemon;
  const Socket socket(daemon.address());
  const std::string line = GENERATE("GET / HTTP/1.1\r\nHost: a\r\n", "GET /never-ends");
  socket.send(line);
  const auto begun = std::chrono::steady_clock::now();
  std::string heard;
  for (;;) {
    const auto more = socket.receive(std::chrono::milliseconds(400));
    if (more && more->empty()) break;
    if (more) heard += *more;
    if (!more && !socket.send(line.ends_with('\n') ? "X: y\r\n" : "x")) break;
    REQUIRE(std::chrono::steady_clock::now() - begun < std::chrono::seconds(40));
  }
  CHECK(status_of(heard) == 408);
}

TEST_CASE("who is greeted and then speaks HTTP is answered by HTTP, and is gone from the room") {
  const Daemon daemon({.config = "[timeouts]\nsniff = \"100ms\"\n"});
  JsonClient watcher = member(daemon.address(), "watcher");
  LineClient late(daemon.address());
  while (number_of(watcher.expect("presence"), "count") < 2) {
  }
  late.send_bytes(get("/health"));
  bool has_come = false;
  for (const auto& line : late.read_to_end()) has_come = has_come || line.starts_with("HTTP/1.1 200 ");
  CHECK(has_come);
  watcher.expect_departure("guest-1");
}

TEST_CASE("an address that is for the web alone answers HTTP, whatever comes") {
  const Daemon daemon({.listen = {"tcp://127.0.0.1:0?protocol=web", "unix:web.sock?protocol=web"}});
  CHECK(status_of(answer_to(daemon.address(), get("/health"))) == 200);
  CHECK(status_of(answer_to(daemon.address(1), get("/metrics"))) == 200);
  CHECK(status_of(answer_to(daemon.address(), "hello\r\n\r\n")) == 400);
}

TEST_CASE("a server that stops says nothing into HTTP") {
  auto daemon = std::make_unique<Daemon>();
  const Socket idle(daemon->address());
  idle.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  std::string heard;
  while (heard.find("alive\n") == std::string::npos) heard += idle.receive().value();
  daemon.reset();
  CHECK(idle.receive() == "");
}

}  // namespace hubbub::test
