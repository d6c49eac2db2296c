// The proxies that the README tells of, with the configurations that come with Hubbub: everybody gets
// through, into the same room, and the daemon knows where each is.
#include <memory>
#include <string>

#include "test/proxies/front.hpp"
#include "test/support/catch.hpp"
#include "test/support/certificates.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/programs.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace std::string_literals;

/// Whom the proxies see; they themselves come to the daemon from 127.0.0.1.
const SocketOptions outside{.from = "127.0.0.2"};
constexpr auto hubbub_address = "127.0.0.1:7717";

bool is_here(const std::string& program) {
  if (!find_program(program).empty()) return true;
  WARN("skipped: " + program + " is not here");
  return false;
}

std::string at(const Address& address) { return address.host + ':' + std::to_string(address.port); }

// --- the proxies

struct Certified {
  TemporaryDirectory directory;
  const Authority authority{directory.path(), "Test"};
  const CertificateFiles files = authority.sign("localhost");
};

void start_caddy(Front& front, const Daemon& daemon, const CertificateFiles& files) {
  Example example("Caddyfile");
  example.replace(hubbub_address, at(daemon.address()))
      .replace("\nchat.example.org {",
               "\n{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\nhttps://" +
                   front.host() + " {\n\tbind " + front.address().host + "\n\ttls " +
                   files.certificate.string() + ' ' + files.key.string());
  const auto config = front.directory().write("Caddyfile", example.text());
  front.start({find_program("caddy"), "run", "--adapter", "caddyfile", "--config", config});
}

void start_nginx(Front& front, const Daemon& daemon, const CertificateFiles& files) {
  const std::string folder = "/etc/letsencrypt/live/chat.example.org/";
  Example example("nginx.conf");
  example.replace(hubbub_address, at(daemon.address()))
      .replace(folder + "fullchain.pem", files.certificate.string())
      .replace(folder + "privkey.pem", files.key.string())
      .replace("listen [::]:443 ssl;", "")  // one address is enough here
      .replace("listen [::]:80;", "")
      .replace("server_name chat.example.org;", "server_name localhost;")
      .replace("listen 443 ssl;", "listen " + front.host_and_port(0) + " ssl;")
      .replace("listen 80;", "listen " + front.host_and_port(1) + ';');
  front.directory().write("site.conf", example.text());
  std::string main =
      "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log "
      "off;\n";
  for (const auto* what : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    main += what + "_temp_path "s + what + ";\n";
  const auto config = front.directory().write("nginx.conf", main + "include site.conf;\n}\n");
  front.start({find_program("nginx"), "-p", front.directory().path(), "-c", config, "-e", "stderr"});
}

void start_haproxy(Front& front, const Daemon& daemon, const std::string& version) {
  Example example("haproxy.cfg");
  example.replace(hubbub_address, at(daemon.address()))
      .replace("bind :::443 v4v6", "bind " + front.host_and_port())
      .replace("maxconn 12000", "maxconn 100")  // whoever runs this may have no descriptors for more
      .replace(" send-proxy-v2", ' ' + version);
  front.start({find_program("haproxy"), "-db", "-f", front.directory().write("haproxy.cfg", example.text())});
}

// --- what goes through them

/// What comes for a GET until the proxy closes.
std::string get(const Address& address, const std::string& host, const std::string& path) {
  const Socket socket(address, outside);
  socket.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  std::string heard;
  for (;;) {
    const auto more = socket.receive();
    if (!more) throw std::runtime_error("the proxy does not close: " + heard);
    if (more->empty()) return heard;
    heard += *more;
  }
}

/// A browser's WebSocket, which lies about where it comes from.
struct Browser {
  Browser(const Front& front, const std::string& origin)
      : socket(front.tls_address(), outside),
        web(socket, {.host = front.host(),
                     .fields = "Origin: " + origin +
                               "\r\nSec-WebSocket-Protocol: hubbub.v1\r\nX-Forwarded-For: 192.0.2.66\r\n"
                               "Forwarded: for=192.0.2.66\r\n"}) {}

  std::string expect(const std::string& what) {
    for (;;) {
      const auto message = web.receive();
      if (!message) throw std::runtime_error("the end came before " + what);
      if (message->find(what) != std::string::npos) return *message;
    }
  }
  void enter(const std::string& name) {
    web.send(R"({"type":"hello","version":1,"name":")" + name + "\"}\n" +
             R"({"type":"join","room":"lobby"})");
    expect("joined");
  }
  void say(const std::string& text) { web.send(R"({"type":"say","room":"lobby","text":")" + text + "\"}"); }

  Socket socket;
  WebSocket web;
};

void check_pages(const Front& front) {
  const auto page = get(front.tls_address(), front.host(), "/");
  CHECK_THAT(page, ContainsSubstring("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(page, ContainsSubstring("wss://" + front.host()));
}

/// Somebody in a browser behind the proxy and somebody without meet.
void check_browser(const Front& front, const Daemon& daemon, const std::string& name) {
  Browser browser(front, "https://" + front.host());
  CHECK_THAT(browser.web.head(), ContainsSubstring("hubbub.v1"));
  browser.enter(name);
  TextClient nina(daemon.address());
  nina.send_line("привет " + name);
  browser.expect("привет " + name);
  browser.say("小明 " + std::string(3000, 'x'));
  nina.expect(name + ": 小明 xxx");
  browser.expect("小明 xxx");
  CHECK_THROWS_WITH(Browser(front, "https://elsewhere.example"), ContainsSubstring(" 403 "));
  browser.web.close(1000);
  while (browser.web.receive()) {
  }
  CHECK(browser.web.close_code() == 1000);
  browser.socket.close();
  daemon.wait_for_log(" name=" + name + " reason=");
}

}  // namespace

TEST_CASE("behind Caddy a browser has page and WebSocket, and its own address") {
  if (!is_here("caddy")) return;
  const Certified certified;
  const Daemon daemon({.config = Example("Caddyfile").daemon_config()});
  Front front;
  start_caddy(front, daemon, certified.files);
  check_pages(front);
  CHECK_THAT(get(front.tls_address(), front.host(), "/metrics"), ContainsSubstring(" 403 "));
  check_browser(front, daemon, "carla");
  daemon.wait_for_log("address=tcp://127.0.0.2:0 name=carla");
}

TEST_CASE("behind nginx a browser has page and WebSocket, and its own address") {
  if (!is_here("nginx")) return;
  const Certified certified;
  const Daemon daemon({.config = Example("nginx.conf").daemon_config()});
  Front front(2);
  start_nginx(front, daemon, certified.files);
  check_pages(front);
  CHECK_THAT(get(front.tls_address(), front.host(), "/metrics"), ContainsSubstring(" 403 "));
  const auto moved = get(front.address(1), "localhost", "/?a");
  CHECK_THAT(moved, ContainsSubstring("HTTP/1.1 308 "));
  CHECK_THAT(moved, ContainsSubstring("Location: https://localhost/?a\r\n"));
  check_browser(front, daemon, "nick");
  daemon.wait_for_log("address=tcp://127.0.0.2:0 name=nick");
}

TEST_CASE("through HAProxy come browsers, programs and people, by one port") {
  if (!is_here("haproxy")) return;
  const auto version = GENERATE("send-proxy"s, "send-proxy-v2"s);
  const Certified certified;
  Example example("haproxy.cfg");
  const std::string folder = "/etc/hubbub/tls/chat.example.org/";
  example.replace(folder + "fullchain.pem", certified.files.certificate.string())
      .replace(folder + "privkey.pem", certified.files.key.string());
  const Daemon daemon({.config = example.daemon_config()});
  Front front;
  start_haproxy(front, daemon, version);
  check_pages(front);
  check_browser(front, daemon, "harry");
  daemon.wait_for_log("address=tcp://127.0.0.2:");

  JsonClient lines(front.address(), Framing::lines, outside);
  lines.hello("lines");
  lines.join("lobby");
  JsonClient secret(front.tls_address(), Framing::bytes, outside);
  secret.hello("secret");
  secret.join("lobby");
  TextClient nina(front.address(), Framing::lines, outside);
  nina.expect("* you are guest-");  // greeted, though she has said nothing yet
  nina.send_line("hello from nc");
  CHECK(text_of(lines.expect("message"), "text") == "hello from nc");
  CHECK(text_of(secret.expect("message"), "text") == "hello from nc");
  for (const auto* name : {"lines", "secret", "harry"}) {
    const auto log = daemon.log();
    const auto end = log.find(" name="s + name);
    REQUIRE(end != std::string::npos);
    CHECK_THAT(log.substr(log.rfind('\n', end), end),
               ContainsSubstring("welcome ") && ContainsSubstring("address=tcp://127.0.0.2:"));
  }
}

TEST_CASE("whoever comes, by whatever is in front, is in the same room") {
  if (!is_here("caddy") || !is_here("nginx") || !is_here("haproxy")) return;
  const Certified certified;
  const Daemon daemon({.config = Example("nginx.conf").daemon_config() + certified.files.config()});
  Front caddy;
  start_caddy(caddy, daemon, certified.files);
  Front nginx(2);
  start_nginx(nginx, daemon, certified.files);
  Front haproxy;
  start_haproxy(haproxy, daemon, "send-proxy-v2");
  Browser carla(caddy, "https://" + caddy.host());
  carla.enter("carla");
  Browser nick(nginx, "https://" + nginx.host());
  nick.enter("nick");
  Browser harry(haproxy, "https://" + haproxy.host());
  harry.enter("harry");
  JsonClient anna = member(daemon.address(), "anna");
  for (auto* who : {&carla, &nick, &harry}) who->say("here");
  for (auto* who : {&carla, &nick, &harry})
    for (int i = 0; i < 3; ++i) who->expect("\"text\":\"here\"");
  for (int i = 0; i < 3; ++i) CHECK(text_of(anna.expect("message"), "text") == "here");
}

}  // namespace hubbub::test
