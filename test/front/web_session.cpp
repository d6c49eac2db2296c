// POST and DELETE of /session: logging in and out from the page, and whose its cookie is.
#include "server/front/web/web_session.hpp"

#include <regex>
#include <string>
#include <string_view>

#include "server/chat/session.hpp"
#include "server/front/web/http_client.hpp"
#include "test/front/house.hpp"
#include "test/net/scripted_stream.hpp"
#include "test/support/catch.hpp"
#include "test/support/patience.hpp"

namespace hubbub::front {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr std::string_view own = "Sec-Fetch-Site: same-origin\r\n";

std::string posted(std::string_view content, std::string_view fields = own,
                   std::string_view type = "application/json") {
  return "POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + std::string(type) + "\r\n" +
         std::string(fields) + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" +
         std::string(content);
}

std::string logging_out(const std::string& cookie) {
  return "DELETE /session HTTP/1.1\r\nHost: localhost\r\n" + std::string(own) + "Cookie: " + cookie +
         "\r\n\r\n";
}

constexpr std::string_view registering =
    R"({"register":true,"name":"anna","password":"correct horse","device":"Firefox · Linux"})";
constexpr std::string_view logging_in = R"({"account":"anna","password":"correct horse","device":"phone"})";

/// Someone at the page: a connection that speaks HTTP.
struct Browsing {
  House& house;
  net::Script script;
  net::ConnectionPtr connection{net::open_scripted(script, house.turn, house.net_settings, house.admission)};

  explicit Browsing(House& at) : house(at) {
    connection->start(std::make_unique<HttpClient>(*connection, house.hub, house.web));
  }
  // The house may be there for longer than the script.
  ~Browsing() {
    connection->abandon();
    script.let_go();
  }
  Browsing(const Browsing&) = delete;
  Browsing& operator=(const Browsing&) = delete;

  void send(std::string_view bytes) {
    script.input += bytes;
    turn();
  }
  void turn() {
    script.ready_to_read();
    house.turn.poll();
  }
  /// What has been heard since the last call, once it has `what` in it.
  std::string hear(std::string_view what) {
    const test::Deadline deadline(test::patience);
    while (script.output.find(what) == std::string::npos) {
      if (deadline.left() == 0) throw std::runtime_error("never came: " + std::string(what) + script.output);
      turn();
    }
    return std::exchange(script.output, {});
  }
  /// The response to one request.
  std::string ask(std::string_view bytes) {
    send(bytes);
    return hear("\r\n\r\n");
  }
};

struct Hall {
  House house;
  Hall() { house.web_settings.plain = WebSettings::Plain::anywhere; }
  ~Hall() { house.turn.abandon_all(); }
  Hall(const Hall&) = delete;
  Hall& operator=(const Hall&) = delete;

  std::size_t sessions() const { return house.hub.census().sessions; }
};

std::string status_in(const std::string& response) { return response.substr(9, 3); }

std::string cookie_of(const std::string& response) {
  std::smatch found;
  const std::regex pattern(
      "Set-Cookie: (hubbub=hub_[A-Za-z0-9_-]{43}); Path=/; HttpOnly; SameSite=Strict; "
      "Max-Age=34560000\r\n");
  return std::regex_search(response, found, pattern) ? found[1].str() : std::string();
}

}  // namespace

TEST_CASE("one registers from the page, and has a cookie that logs in") {
  Hall hall;
  Browsing guest(hall.house);
  const auto registered = guest.ask(posted(registering));
  CHECK(status_in(registered) == "200");
  CHECK(registered.ends_with("{\"account\":\"anna\"}\n"));
  CHECK_THAT(registered, ContainsSubstring("Cache-Control: no-store\r\n"));
  const auto cookie = cookie_of(registered);
  REQUIRE_FALSE(cookie.empty());
  CHECK(hall.sessions() == 0);

  // The connection is as good as before.
  const auto again = guest.ask(posted(logging_in));
  CHECK(status_in(again) == "200");
  CHECK(cookie_of(again) != cookie);
  CHECK(status_in(guest.ask("GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n")) == "200");

  const auto gone = guest.ask(logging_out("theme=dark; " + cookie));
  CHECK(status_in(gone) == "204");
  CHECK_THAT(gone,
             ContainsSubstring("Set-Cookie: hubbub=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0\r\n"));
  const auto& book = hall.house.accounts.book();
  CHECK(book.find(protocol::parse_name("anna").value())->devices.size() == 1);
  // There is no such token any more, or there never was a cookie: that is as good.
  CHECK(status_in(guest.ask(logging_out(cookie))) == "204");
  CHECK(status_in(guest.ask(logging_out("a=b"))) == "204");
}

TEST_CASE("each refusal has its status, and says in the protocol's words why") {
  Hall hall;
  Browsing guest(hall.house);
  REQUIRE(status_in(guest.ask(posted(registering))) == "200");
  const auto refusal = [&](const std::string& content) {
    Browsing another(hall.house);
    const auto response = another.ask(posted(content));
    const auto code = response.find("\"code\":\"");
    return status_in(response) + ' ' + response.substr(code + 8, response.find('"', code + 8) - code - 8);
  };
  CHECK(refusal(R"({"account":"anna","password":"wrong"})") == "401 login_failed");
  CHECK(refusal(R"({"account":"nobody","password":"wrong"})") == "401 login_failed");
  CHECK(refusal(registering.data()) == "409 name_taken");
  CHECK(refusal(R"({"register":true,"name":"","password":"correct horse"})") == "400 name_invalid");
  CHECK(refusal(R"({"register":true,"name":"bob","password":"short"})") == "400 password_weak");
  CHECK(refusal(R"({"register":true,"name":"bob","password":"long enough","invite":"hub_x"})") ==
        "400 invite_invalid");
  CHECK(refusal(R"({"account":"anna"})") == "400 bad_request");
  CHECK(refusal(R"({"account":1,"password":"wrong"})") == "400 bad_request");
  CHECK(refusal("[]") == "400 bad_json");
  CHECK(refusal("") == "400 bad_json");
  hall.house.account_settings.registration = accounts::Settings::Registration::closed;
  CHECK(refusal(R"({"register":true,"name":"bob","password":"long enough"})") == "403 registration_closed");
  CHECK(hall.sessions() == 0);
}

TEST_CASE("only the server's own page may log in or out") {
  Hall hall;
  Browsing guest(hall.house);
  CHECK(status_in(guest.ask(posted(registering, "Origin: https://evil.example\r\n"))) == "403");
  CHECK(status_in(guest.ask(posted(registering, "Sec-Fetch-Site: same-site\r\n"))) == "403");
  CHECK(status_in(guest.ask(posted(registering, ""))) == "403");
  CHECK(status_in(guest.ask("DELETE /session HTTP/1.1\r\nHost: localhost\r\n\r\n")) == "403");
  CHECK(status_in(guest.ask("GET /session HTTP/1.1\r\nHost: localhost\r\n\r\n")) == "405");
  CHECK(status_in(guest.ask(posted(registering, own, "text/plain"))) == "415");
  // A name that somebody else has made lead here (DNS rebinding) is not its own.
  hall.house.web_settings.plain = WebSettings::Plain::loopback;
  CHECK(status_in(guest.ask("DELETE /session HTTP/1.1\r\nHost: evil.example\r\n" + std::string(own) +
                            "\r\n")) == "403");
  CHECK(hall.house.accounts.book().find(protocol::parse_name("anna").value()) == nullptr);
  CHECK(status_in(guest.ask(posted(registering, "Origin: http://localhost\r\n",
                                   "Application/JSON; charset=utf-8"))) == "200");
}

TEST_CASE("no password is taken where others could read along") {
  Hall hall;
  hall.house.web_settings.plain = WebSettings::Plain::never;
  Browsing guest(hall.house);
  const auto response = guest.ask(posted(logging_in));
  CHECK(status_in(response) == "403");
  CHECK_THAT(response, ContainsSubstring("\"code\":\"login_insecure\""));
}

TEST_CASE("whoever is refused comes anew, as fast as connections may") {
  Hall hall;
  for (const std::string_view refused :
       {R"({"account":"anna","password":"wrong"})", R"({"register":true,"name":"bob","password":"short"})"}) {
    Browsing guest(hall.house);
    const auto heard = guest.ask(posted(refused));
    CHECK_THAT(heard, ContainsSubstring("Connection: close\r\n"));
  }
}

TEST_CASE("a cookie counts that is the only one, and not what others have put into theirs") {
  Hall hall;
  Browsing guest(hall.house);
  const auto cookie = cookie_of(guest.ask(posted(registering)));
  const auto other = cookie_of(guest.ask(posted(logging_in)));
  const auto devices = [&] {
    return hall.house.accounts.book().find(protocol::parse_name("anna").value())->devices.size();
  };
  REQUIRE(devices() == 2);
  // Both are answered with 204; what is forgotten tells whose it was.
  CHECK(status_in(guest.ask(logging_out("x=1," + other + "; " + cookie))) == "204");
  CHECK(devices() == 1);
  CHECK(status_in(guest.ask(logging_out(cookie + "; " + other))) == "204");
  CHECK(devices() == 1);
  CHECK(status_in(guest.ask(logging_out(other))) == "204");
  CHECK(devices() == 0);
}

TEST_CASE("who logs in with a cookie that is replaced leaves no device behind") {
  Hall hall;
  Browsing guest(hall.house);
  const auto cookie = cookie_of(guest.ask(posted(registering)));
  const auto& book = hall.house.accounts.book();
  const auto again = posted(logging_in, std::string(own) + "Cookie: " + cookie + "\r\n");
  const auto replaced = cookie_of(guest.ask(again));
  REQUIRE_FALSE(replaced.empty());
  const test::Deadline deadline(test::patience);
  while (book.find(protocol::parse_name("anna").value())->devices.size() != 1 && deadline.left() > 0)
    guest.turn();
  CHECK(book.find(protocol::parse_name("anna").value())->devices.size() == 1);
  CHECK(status_in(guest.ask(logging_out(replaced))) == "204");
  CHECK(book.find(protocol::parse_name("anna").value())->devices.empty());
}

TEST_CASE("who goes, or ends his output, while his password is being checked harms nothing") {
  Hall hall;
  {
    Browsing leaver(hall.house);
    leaver.send(posted(registering));
    CHECK(hall.sessions() == 1);
    leaver.script.failure = boost::asio::error::connection_reset;
    leaver.connection->broken(leaver.script.failure);
    hall.house.turn.poll();
  }
  CHECK(hall.sessions() == 0);
  Browsing guest(hall.house);
  guest.script.ended = true;
  // What follows waits for its turn.
  guest.send(posted(R"({"register":true,"name":"bob","password":"long enough"})") +
             "GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto heard = guest.hear("Disallow");
  CHECK(status_in(heard) == "200");
  CHECK(heard.find("\"bob\"") < heard.find("Disallow"));
  for (int i = 0; i < 4; ++i) guest.turn();
  CHECK(guest.script.output_ended);
}

}  // namespace hubbub::front
