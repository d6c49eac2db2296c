// The client on a terminal, with the real daemon, when much is said, or was.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>

#include "test/client/alice.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

/// Says "message 47" and so on, all in one go: to wait for each before the next would be the slowest way.
void say_many(JsonClient& client, int first, int last) {
  std::string lines;
  for (int number = first; number <= last; ++number) {
    const std::string text = "message " + std::to_string(number);
    lines += R"({"type":"say","room":"lobby","text":")" + text + "\"}\n";
  }
  client.send_bytes(lines);
  client.sync();
}

/// Somebody who talks without a pause, until it is enough.
class Flood {
 public:
  explicit Flood(JsonClient& who) : said_(std::async(std::launch::async, [&] { return talk(who); })) {}
  ~Flood() { enough_ = true; }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

  /// The number of the last message.
  int end() {
    enough_ = true;
    return said_.get();
  }

 private:
  int talk(JsonClient& who) const {
    constexpr int at_least = 5000;
    constexpr int at_once = 100;
    int said = 0;
    while (!enough_ || said < at_least) {
      say_many(who, said + 1, said + at_once);
      said += at_once;
    }
    return said;
  }

  std::atomic<bool> enough_ = false;
  std::future<int> said_;
};

}  // namespace

TEST_CASE("a room that talks as fast as it can leaves typing as it was") {
  DaemonOptions options;
  options.config = "[limits]\nmessages_per_second = 0\n";
  const Daemon daemon(options);
  PseudoTerminal terminal({hubbub_program, "alice@" + target(daemon.address())}, xterm);
  terminal.expect("lobby > ");
  JsonClient bob = member(daemon.address(), "bob");
  Flood flood(bob);
  auto slowest = std::chrono::steady_clock::duration::zero();
  for (const char* word : {"some", " words", " while", " it", " talks"}) {
    const auto began = std::chrono::steady_clock::now();
    terminal.type(word);
    terminal.expect(word);
    slowest = std::max(slowest, std::chrono::steady_clock::now() - began);
    terminal.expect("bob │ message");  // and it talks
  }
  terminal.expect("message " + std::to_string(flood.end()) + "\r\n");
  terminal.expect("lobby > some words while it talks");
  CHECK(terminal.text().find("the connection is lost") == std::string::npos);
  CHECK(slowest < std::chrono::seconds(2));  // some milliseconds, on a machine that has nothing else to do
}

TEST_CASE("/history goes back as far as it says, in one piece") {
  DaemonOptions options;
  options.config = "[limits]\nmessages_per_second = 0\n";
  const Daemon daemon(options);
  JsonClient bob = member(daemon.address(), "bob");
  say_many(bob, 1, 1300);
  PseudoTerminal terminal({hubbub_program, "alice@" + target(daemon.address())}, xterm);
  terminal.expect("lobby > ");
  terminal.type("/history 1250\r");
  terminal.expect("earlier in lobby");
  const std::string first = terminal.expect("message 51\r\n");
  CHECK(first.find("message") == std::string::npos);
  const std::string others = terminal.expect("message 1300\r\n");
  CHECK(std::count(others.begin(), others.end(), '\n') == 1248);
  terminal.expect("now");
}

}  // namespace hubbub::test
