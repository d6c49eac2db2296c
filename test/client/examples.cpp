#include <sys/socket.h>
#include <sys/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"
#include "test/support/socket.hpp"

// The example bots that are scripts, as somebody runs them who has copied them.
namespace hubbub::test {
namespace {

struct Script {
  std::string interpreter;
  std::string file;

  Command start(const Address& address) const {
    const std::string path = std::string(HUBBUB_EXAMPLES) + '/' + file;
    return {.arguments = {"/usr/bin/env", interpreter, path, address.host, std::to_string(address.port)}};
  }
};

/// A server of one connection, whose lines come in pieces of the test's choice.
class Scripted {
 public:
  const Address& address() const { return listening_.address; }
  void accept() {
    peer_ = Descriptor(::accept(listening_.fd.get(), nullptr, nullptr));
    constexpr timeval patience_of_line{.tv_sec = 10, .tv_usec = 0};
    REQUIRE(::setsockopt(peer_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience_of_line, sizeof patience_of_line) ==
            0);
  }
  void send(std::string_view bytes) const {
    REQUIRE(::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  /// The next line, without its end; what has come of it when nothing more comes.
  std::string line() {
    std::string line;
    for (char next = 0; ::recv(peer_.get(), &next, 1, 0) == 1 && next != '\n';) line += next;
    return line;
  }
  void close() { peer_.reset(); }

 private:
  ListeningSocket listening_;
  Descriptor peer_;
};

/// Waits as long as it takes the server to ask a silent client that many times whether it is there.
void be_asked(JsonClient& client, int times) {
  for (int asked = 0; asked < times; ++asked) {
    client.expect("ping");
    client.send({{"type", "pong"}});
  }
}

void check_answers(const Script& script) {
  std::optional<Daemon> daemon;
  // Whoever does not answer is closed after twenty questions.
  daemon.emplace(DaemonOptions{.config = "[timeouts]\nidle = \"2s\"\nping = \"100ms\"\n"});
  JsonClient alice = member(daemon->address(), "alice");
  alice.say("lobby", "!ping");  // before it comes
  alice.sync();

  Process bot(script.start(daemon->address()));
  CHECK(texts_of(alice.expect("presence"), "joined") == std::vector<std::string>{"pingbot"});
  alice.answer({{"type", "tell"}, {"to", "pingbot"}, {"text", "!ping"}});
  alice.say("lobby", R"("text":"!ping")");
  be_asked(alice, 25);
  alice.say("lobby", "!ping");
  const Event answer = alice.expect("message");
  CHECK(text_of(answer, "from") == "pingbot");
  CHECK(text_of(answer, "text") == "pong, alice");
  CHECK(said(alice.sync()).empty());

  daemon.reset();
  CHECK(bot.wait_exit() == 1);
  CHECK(bot.err().text().find("the server is shutting down") != std::string::npos);
}

void check_refusal(const Script& script) {
  const Daemon daemon({.config = "[timeouts]\nhello = \"1s\"\n"});
  const JsonClient other = member(daemon.address(), "pingbot");
  Process bot(script.start(daemon.address()));
  CHECK(bot.wait_exit() == 1);
  CHECK(bot.err().text().find("the name pingbot is taken") != std::string::npos);
}

/// What comes in one piece is read line by line, also if the bot answers in between.
void check_pieces(const Script& script) {
  Scripted server;
  const Process bot(script.start(server.address()));
  server.accept();
  CHECK(server.line().find("hello") != std::string::npos);
  const std::string asked = R"({"type":"message","room":"lobby","seq":1,"from":"alice","text":"!ping"})"
                            "\n";
  server.send(R"({"type":"welcome","version":1,"default_room":"lobby"})"
              "\n"
              R"({"type":"ping"})"
              "\n" +
              asked + asked);
  CHECK(server.line().find("join") != std::string::npos);
  for (const auto* const answer : {"pong", "pong, alice", "pong, alice"})
    CHECK(server.line().find(answer) != std::string::npos);
  server.close();
}

void check(const Script& script) {
  if (run({.arguments = {"/bin/sh", "-c", "command -v \"$0\"", script.interpreter}}).exit_code != 0) {
    WARN("skipped: " + script.interpreter + " is not installed, so that " + script.file + " is not tried");
    return;
  }
  check_pieces(script);
  check_answers(script);
  check_refusal(script);
}

}  // namespace

TEST_CASE("the bot in Python answers people and the server, and says why it goes") {
  check({"python3", "bot.py"});
}

TEST_CASE("the bot in JavaScript answers people and the server, and says why it goes") {
  check({"node", "bot.mjs"});
}

TEST_CASE("the bot in bash answers people and the server, and says why it goes") {
  check({"bash", "bot.sh"});
}

}  // namespace hubbub::test
