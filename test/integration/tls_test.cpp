// TLS on the port of all others, and alone; certificates that are chosen, replaced and refused.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;

struct Certified {
  /// Makes a certificate for that host, and returns the part of a configuration that names it.
  std::string make(const std::string& host) const {
    const auto made = run_hubbubd_in(directory.path(), {"certificate", host});
    REQUIRE(made.err.empty());
    REQUIRE(made.exit_code == 0);
    return made.out.substr(made.out.find("[[tls]]"));
  }
  std::string file(const std::string& name) const { return (directory.path() / name).string(); }

  TemporaryDirectory directory;
};

Address over_tls(Address address, const std::string& server_name = {}) {
  address.is_tls = true;
  address.server_name = server_name;
  return address;
}

}  // namespace

TEST_CASE_METHOD(Certified, "with and without TLS people meet in one room, whatever they speak inside") {
  const Daemon daemon({.config = make("localhost"), .listen = {"tcp://127.0.0.1:0", "tls://127.0.0.1:0"}});
  for (const auto framing : {Framing::lines, Framing::bytes, Framing::one_segment}) {
    JsonClient plain(daemon.address(), framing);
    JsonClient secured(over_tls(daemon.address()), framing);
    JsonClient alone(daemon.address(1), framing);
    plain.hello("anna");
    secured.hello("b\u043e\u0431");
    alone.hello("\u5c0f\u660e");
    for (auto* const each : {&plain, &secured, &alone}) each->join("lobby");
    TextClient person(over_tls(daemon.address()), framing);
    person.send_line("hello from a terminal");
    plain.say("lobby", "one");
    secured.say("lobby", std::string(3000, 'x'));
    alone.say("lobby", "three");
    for (auto* const each : {&plain, &secured, &alone}) each->sync();
    plain.say("lobby", "at last");
    for (auto* const each : {&secured, &alone}) {
      auto heard = said(each->sync());
      std::erase(heard, "hello from a terminal");  // which may come at any time
      CHECK(heard == std::vector<std::string>{"at last"});
    }
    person.send_line("/quit");
  }
}

TEST_CASE_METHOD(Certified, "where there is TLS alone nothing else is spoken") {
  const Daemon daemon({.config = make("localhost"), .listen = {"tls://127.0.0.1:0"}});
  auto plain = daemon.address();
  plain.is_tls = false;
  LineClient client(plain);
  client.send_line(R"({"type":"hello","version":1,"name":"anna"})");
  CHECK(client.read_to_end() ==
        std::vector<std::string>{"this server speaks TLS alone here; connect with it"});
}

TEST_CASE_METHOD(Certified, "a socket of the service manager may be for TLS alone, by its name") {
  const ListeningSocket socket;
  const Daemon daemon(
      {.config = make("localhost"), .listening = socket.fd.get(), .listening_name = "tls-json"});
  LineClient plain(socket.address);
  plain.send_line(R"({"type":"hello","version":1,"name":"anna"})");
  CHECK(plain.read_to_end() ==
        std::vector<std::string>{"this server speaks TLS alone here; connect with it"});
  JsonClient anna(over_tls(socket.address));
  anna.hello("anna");
  anna.join("lobby");
  CHECK(text_of(anna.say("lobby", "hello"), "text") == "hello");
}

TEST_CASE_METHOD(Certified, "without a certificate there is no TLS, and an address for it alone is refused") {
  const Daemon daemon;
  LineClient client(daemon.address());
  client.send_bytes(std::string("\x16\x03\x01\x02\x00\x01", 6));
  CHECK(client.read_to_end() ==
        std::vector<std::string>{"this server does not speak TLS here; connect without it"});
  const auto refused = run_hubbubd({"--listen", "tls://127.0.0.1:0"});
  CHECK(refused.exit_code == 2);
  CHECK_THAT(
      refused.err,
      ContainsSubstring("--listen: tls://127.0.0.1:0 needs a certificate; name one in a configuration"));
  const auto config = directory.write("hubbubd.toml", "[server]\nlisten = [\"tls://127.0.0.1:0\"]\n");
  const auto checked = run_hubbubd({"--check-config", "--config", config.string()});
  CHECK(checked.exit_code == 2);
  CHECK_THAT(checked.err,
             ContainsSubstring(config.string() + ": server.listen: tls://127.0.0.1:0 needs a certificate"));
}

TEST_CASE_METHOD(Certified, "a check of the configuration finds a certificate that cannot be used") {
  const auto config = directory.write("hubbubd.toml", make("localhost"));
  const auto check = [&] { return run_hubbubd({"--check-config", "--config", config.string()}); };
  CHECK(check().err.find("cannot use") == std::string::npos);
  std::ofstream(file("localhost.key")) << "nonsense";
  CHECK(check().exit_code == 1);
  CHECK_THAT(check().err, ContainsSubstring("cannot use " + file("localhost.key")));
}

TEST_CASE_METHOD(Certified,
                 "who agrees on HTTP and is silent is a browser's spare connection, and no guest") {
  const Daemon daemon({.config = "[timeouts]\nsniff = \"1s\"\n" + make("localhost")});
  JsonClient anna(daemon.address());
  anna.hello("anna");
  anna.join("lobby");
  auto browsers = over_tls(daemon.address());
  browsers.is_http = true;
  const Socket spare(browsers);
  TextClient guest(over_tls(daemon.address()));  // comes later, and is greeted first
  guest.expect("you are in lobby");
  spare.send("GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(spare.receive()->starts_with("HTTP/1.1 200 OK"));
  const auto presence = of_type(anna.sync(), "presence");
  REQUIRE_FALSE(presence.empty());
  CHECK(number_of(presence.back(), "count") == 2);
}

TEST_CASE_METHOD(Certified, "five hundred handshakes that do not go on hold up nobody from elsewhere") {
  const Daemon daemon({.config = make("localhost")});
  std::vector<std::unique_ptr<Socket>> half_open;
  for (int i = 0; i < 500; ++i) {
    half_open.push_back(std::make_unique<Socket>(daemon.address(), SocketOptions{.from = "127.0.0.2"}));
    half_open.back()->send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  for (int i = 0; i < 20; ++i) {
    const Socket honest(over_tls(daemon.address()));
    CHECK(honest.tls()->version() == "TLSv1.3");
  }
  daemon.wait_for_log("reason=tls_timeout");
  for (const auto& each : half_open) CHECK(each->receive() == "");
}

TEST_CASE_METHOD(Certified,
                 "the certificate is chosen by the name that is asked for, and the first for all others") {
  const Daemon daemon({.config = make("one.example") + make("two.example")});
  const auto shown = [&](const std::string& asked) {
    return Socket(over_tls(daemon.address(), asked)).tls()->certified();
  };
  CHECK(shown("") == "one.example");
  CHECK(shown("two.example") == "two.example");
  CHECK(shown("three.example") == "one.example");
}

TEST_CASE_METHOD(Certified,
                 "a certificate that is replaced is shown to newcomers, and nobody who talks is cut off") {
  const auto before = make("old.example");
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\n" + before});
  std::vector<std::unique_ptr<JsonClient>> crowd;
  for (int i = 0; i < 100; ++i) {
    crowd.push_back(std::make_unique<JsonClient>(over_tls(daemon.address())));
    crowd.back()->hello("p" + std::to_string(i));
    crowd.back()->join("lobby");
  }
  const auto after = make("new.example");
  daemon.rewrite_config("[limits]\nmessages_per_second = 0\n" + after);
  daemon.signal(SIGHUP);
  for (std::size_t i = 0; i < crowd.size(); ++i) crowd[i]->say("lobby", std::to_string(i));
  daemon.wait_for_log("configuration read again");
  CHECK(Socket(over_tls(daemon.address())).tls()->certified() == "new.example");
  for (auto& each : crowd) each->sync();
  crowd.front()->say("lobby", "to all");
  for (auto& each : crowd) {
    const auto heard = said(each->sync());
    CHECK((each == crowd.front() || heard == std::vector<std::string>{"to all"}));
    CHECK(each->socket().tls()->certified() == "old.example");
  }
  std::ofstream(file("new.example.key")) << "nonsense";
  daemon.signal(SIGHUP);
  daemon.wait_for_log("the certificates stay as they were");
  CHECK(Socket(over_tls(daemon.address())).tls()->certified() == "new.example");
  crowd.front()->say("lobby", "still");
  CHECK(said(crowd.back()->sync()) == std::vector<std::string>{"still"});
}

TEST_CASE_METHOD(Certified,
                 "a certificate that cannot be used is told at the start, with the file and what is wrong") {
  const auto config = directory.write("hubbubd.toml", make("localhost"));
  const auto start = [&] {
    return run_hubbubd({"--config", config.string(), "--listen", "tcp://127.0.0.1:0"});
  };
  std::filesystem::remove(file("localhost.key"));
  auto refused = start();
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err,
             ContainsSubstring("cannot use " + file("localhost.key") + ": No such file or directory"));
  std::ofstream(file("localhost.key")) << "nonsense";
  CHECK_THAT(start().err, ContainsSubstring("it is no private key in PEM, without a passphrase"));
  const auto fault = [&](const std::string& text) {
    const auto wrong = directory.write("wrong.toml", text);
    const auto checked = run_hubbubd({"--config", wrong.string(), "--check-config"});
    CHECK(checked.exit_code == 2);
    return checked.err;
  };
  CHECK_THAT(fault("[[tls]]\ncertificate = \"a\"\n"),
             ContainsSubstring(":1: [[tls]] needs certificate and key"));
  CHECK_THAT(fault("[[tls]]\ncertificate = \"a\"\nkye = \"b\"\n"), ContainsSubstring("unknown key tls.kye"));
  CHECK_THAT(fault("[tls]\ncertificate = \"a\"\n"), ContainsSubstring("write [[tls]]"));
}

TEST_CASE_METHOD(Certified,
                 "a certificate is made once, its key is for its owner, and its fingerprint is told") {
  const auto made = run_hubbubd_in(directory.path(), {"certificate", "chat.example.org"});
  CHECK(made.exit_code == 0);
  CHECK_THAT(made.out, ContainsSubstring("fingerprint (SHA-256): "));
  struct stat status {};
  REQUIRE(::stat(file("chat.example.org.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
  const auto again = run_hubbubd_in(directory.path(), {"certificate", "chat.example.org"});
  CHECK(again.exit_code == 1);
  CHECK_THAT(again.err, ContainsSubstring("is there already and stays as it is"));
  CHECK(run_hubbubd_in(directory.path(), {"certificate", "no name"}).exit_code == 1);
  CHECK(run_hubbubd_in(directory.path(), {"certificate"}).exit_code == 2);
}

}  // namespace hubbub::test
