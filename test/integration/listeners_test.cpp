#include <netdb.h>
#include <sys/socket.h>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"
#include "test/support/text_client.hpp"

// Where it listens: IPv4, IPv6, unix sockets, and sockets that were handed over.
namespace hubbub::test {

TEST_CASE("a unix socket is as good as a port") {
  const auto framing = each_framing();
  CAPTURE(framing);
  Daemon daemon({.listen = {"unix:chat.sock", "tcp://127.0.0.1:0"}});
  JsonClient alice = member(daemon.address(0), "alice", "lobby", framing);
  JsonClient bob = member(daemon.address(1), "bob", "lobby", framing);
  TextClient nina(daemon.address(0), framing);
  nina.send_line("/name nina");
  nina.expect("now known as nina");
  alice.say("lobby", "hello");
  CHECK(text_of(bob.expect("message"), "text") == "hello");
  nina.expect("alice: hello");
  daemon.signal(SIGTERM);
  CHECK(daemon.wait_exit() == 0);
  CHECK_FALSE(std::filesystem::exists(daemon.address(0).path));
}

TEST_CASE("a unix socket that nobody serves any more is replaced") {
  const TemporaryDirectory directory;
  const std::string url = "unix://" + (directory.path() / "chat.sock").string();
  {
    Daemon daemon({.flags = {"--listen", url}});
    daemon.wait_for_log("listening on " + url);
    daemon.signal(SIGKILL);
    CHECK(daemon.wait_exit() == 128 + SIGKILL);
  }
  const Daemon daemon({.flags = {"--listen", url}});
  daemon.wait_for_log("listening on " + url);
  JsonClient alice({{}, 0, (directory.path() / "chat.sock").string()});
  alice.hello("alice");

  const Outcome second = run_hubbubd({"--listen", url});
  CHECK(second.exit_code == 1);
  CHECK(second.err.find(url) != std::string::npos);
  alice.join("lobby");
}

TEST_CASE("a file that is no socket is not taken for one") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "precious";
  std::ofstream(path) << "do not lose this";
  const Outcome outcome = run_hubbubd({"--listen", "unix://" + path.string()});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find(path.string() + " is a file and no socket") != std::string::npos);
  std::string kept;
  std::getline(std::ifstream(path), kept);
  CHECK(kept == "do not lose this");
}

TEST_CASE("a daemon that stops leaves the socket of the one that has taken its place") {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "chat.sock";
  const std::string url = "unix://" + path.string();
  Daemon first({.listen = {url}});
  std::filesystem::remove(path);
  const Daemon second({.listen = {url}});
  first.signal(SIGTERM);
  CHECK(first.wait_exit() == 0);
  CHECK(std::filesystem::is_socket(path));
  member(second.address(), "alice");
}

TEST_CASE("of two daemons on one path the second is told so, and the first serves on") {
  const TemporaryDirectory directory;
  const std::string url = "unix://" + (directory.path() / "chat.sock").string();
  const Daemon daemon({.listen = {url}});
  const Outcome second = run_hubbubd({"--listen", url});
  CHECK(second.exit_code == 1);
  CHECK(second.err.find("cannot listen on " + url + ": the address is in use") != std::string::npos);
  member(daemon.address(), "alice");
}

TEST_CASE("a listener that is pinned to JSON takes whatever comes for it") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto* const listen = GENERATE("tcp://127.0.0.1:0?protocol=json", "unix:chat.sock?protocol=json");
  const Daemon daemon({.config = "[timeouts]\nsniff = \"50ms\"\n", .listen = {listen}});
  JsonClient bob = member(daemon.address(), "bob", "lobby", framing);
  JsonClient alice(daemon.address(), framing);
  alice.send_bytes("\xEF\xBB\xBF \r\n\nGET / HTTP/1.1\r\n");
  CHECK(text_of(alice.expect("error"), "code") == "bad_json");
  alice.hello("alice");
  alice.join("lobby");
  CHECK(text_of(alice.say("lobby", "hello"), "text") == "hello");
  CHECK(said(bob.sync()) == std::vector<std::string>{"hello"});
}

TEST_CASE("a listener that is pinned to JSON greets nobody") {
  const Daemon daemon({.config = "[timeouts]\nsniff = \"10ms\"\nhello = \"200ms\"\n",
                       .listen = {"tcp://127.0.0.1:0?protocol=json"}});
  JsonClient mute(daemon.address());
  const auto lines = mute.read_to_end();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("hello_timeout") != std::string::npos);
}

TEST_CASE("a listener that is pinned to plain text greets at once, and takes everything for text") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon(
      {.config = "[timeouts]\nsniff = \"1h\"\n", .listen = {"tcp://127.0.0.1:0?protocol=text"}});
  TextClient nina(daemon.address(), framing);
  nina.expect("* you are guest-1");
  nina.send_line(R"({"type":"hello","version":1,"name":"nina"})");
  CHECK(nina.expect("!").find("a program says hello first") != std::string::npos);
  nina.send_line("GET / HTTP/1.1");
  CHECK(nina.expect("GET") == "guest-1: GET / HTTP/1.1");
  nina.send_line("{}");
  CHECK(nina.expect("{}") == "guest-1: {}");
}

TEST_CASE("what cannot be spoken at an address is told before anything is opened") {
  const auto [query, why] =
      GENERATE(table<std::string, std::string>({{"protocol=irc", "not available in this version"},
                                                {"protocol=x", "there are json, text and web"},
                                                {"x=json", "something else"}}));
  const Outcome outcome = run_hubbubd({"--listen", "tcp://127.0.0.1:0?" + query});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find(query) != std::string::npos);
  CHECK(outcome.err.find(why) != std::string::npos);
}

TEST_CASE("an interface that is not there is told by its name") {
  const Outcome outcome = run_hubbubd({"--listen", "tcp://[fe80::1%nosuch0]:7717"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.find("there is no network interface called nosuch0") != std::string::npos);
}

TEST_CASE("localhost is listened on where one of its addresses is") {
  const Daemon other;
  const auto port = std::to_string(other.address().port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  REQUIRE(::getaddrinfo("localhost", nullptr, &hints, &found) == 0);
  const bool has_several = found->ai_next != nullptr;
  ::freeaddrinfo(found);
  if (!has_several) {
    const Outcome outcome = run_hubbubd({"--listen", "tcp://localhost:" + port});
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("in use") != std::string::npos);
    return;
  }
  const Daemon daemon({.flags = {"--listen", "tcp://localhost:" + port}});
  daemon.wait_for_log("cannot listen on tcp://127.0.0.1:" + port);
  daemon.wait_for_log("listening on tcp://[::1]:" + port);
}

TEST_CASE("where a standard descriptor is closed nothing else gets its number") {
  const ListeningSocket socket;
  const TemporaryDirectory directory;
  const Process process({.arguments = {"/bin/sh", "-c", R"(exec "$0" --state-dir "$1" <&- >&- 2>&-)", HUBBUBD,
                                       directory.path().string()},
                         .listening = socket.fd.get()});
  JsonClient alice = member(socket.address, "alice");
  CHECK(text_of(alice.say("lobby", "hello"), "text") == "hello");
  const auto of_process = std::filesystem::path("/proc") / std::to_string(process.pid()) / "fd";
  for (const char* descriptor : {"0", "1", "2"}) {
    CHECK(std::filesystem::read_symlink(of_process / descriptor) == "/dev/null");
  }
}

TEST_CASE("people on IPv6 meet those on IPv4") {
  const Daemon daemon({.listen = {"tcp://[::1]:0", "tcp://127.0.0.1:0"}});
  JsonClient alice = member(daemon.address(0), "alice");
  JsonClient bob = member(daemon.address(1), "bob");
  alice.say("lobby", "six");
  CHECK(text_of(bob.expect("message"), "text") == "six");
}

TEST_CASE("a socket that the service manager hands over is served") {
  const ListeningSocket socket;
  const Daemon daemon(
      {.config = "[server]\nlisten = [\"tcp://127.0.0.1:1\"]\n", .listening = socket.fd.get()});
  JsonClient alice = member(socket.address, "alice");
  CHECK(text_of(alice.say("lobby", "hello"), "text") == "hello");
}

}  // namespace hubbub::test
