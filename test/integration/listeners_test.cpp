#include <sys/socket.h>
#include <csignal>
#include <fstream>
#include <string>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
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
  CHECK(outcome.err.find(path.string()) != std::string::npos);
  std::string kept;
  std::getline(std::ifstream(path), kept);
  CHECK(kept == "do not lose this");
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
