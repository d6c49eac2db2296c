#include <chrono>
#include <csignal>
#include <memory>
#include <vector>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/lose_all.hpp"
#include "test/support/text_client.hpp"

// Those who keep the server waiting, each with a short timeout of its own.
namespace hubbub::test {

TEST_CASE("a program that never says hello is closed") {
  const Daemon daemon({.config = "[timeouts]\nhello = \"300ms\"\n"});
  SECTION("when its hello does not end") {
    JsonClient client(daemon.address());
    client.send_bytes(R"({"type":"hello","version":1)");
    client.expect_bye("hello_timeout");
  }
  SECTION("when it only pings") {
    JsonClient client(daemon.address());
    client.send({{"type", "ping"}});
    client.expect_bye("hello_timeout");
  }
  SECTION("when its hello is refused") {
    JsonClient client(daemon.address());
    client.send({{"type", "hello"}, {"version", 1}, {"name", "no name"}});
    client.expect_bye("hello_timeout");
  }
}

TEST_CASE("nobody is closed because the server takes long over a password") {
  // Hashed for longer than anybody has for a hello.
  const Daemon daemon({.config = "[timeouts]\nhello = \"400ms\"\n[accounts]\nhash_memory = \"64MiB\"\n"
                                 "hash_passes = 25\n"});
  JsonClient anna = member(daemon.address(), "anna");
  anna.answer({{"type", "register"}, {"password", "correct horse"}});
  const auto asked = std::chrono::steady_clock::now();
  JsonClient phone(daemon.address());
  CHECK(phone.refusal({{"type", "hello"}, {"version", 1}, {"name", "anna"}, {"password", "wrong horse"}}) ==
        "login_failed");
  CHECK(std::chrono::steady_clock::now() - asked > std::chrono::milliseconds(400));
  // And it has as long again for the right one.
  CHECK(text_of(phone.answer(
                    {{"type", "hello"}, {"version", 1}, {"name", "anna"}, {"password", "correct horse"}}),
                "type") == "welcome");
}

TEST_CASE("who says hello in time stays") {
  const Daemon daemon({.config = "[timeouts]\nhello = \"600ms\"\nidle = \"1h\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  alice.sync();
  JsonClient late(daemon.address());
  late.send({{"type", "ping"}});
  late.expect_bye("hello_timeout");  // by then alice's time for it is over too
  CHECK(alice.sync().empty());
}

TEST_CASE("who says nothing for long is closed") {
  const Daemon daemon({.config = "[timeouts]\nsniff = \"50ms\"\nidle = \"400ms\"\nping = 0\n"});
  SECTION("a program") {
    JsonClient alice = member(daemon.address(), "alice");
    alice.expect_bye("idle_timeout");
  }
  SECTION("but not a person who reads") {
    TextClient nina(daemon.address());
    nina.expect("you are in lobby");
    JsonClient alice = member(daemon.address(), "alice");
    alice.expect_bye("idle_timeout");  // by then nina has been silent for longer
    JsonClient bob = member(daemon.address(), "bob");
    bob.say("lobby", "still there?");
    nina.expect("still there?");
  }
  SECTION("whoever sends bytes but no line") {
    JsonClient alice = member(daemon.address(), "alice");
    alice.send_bytes("{\"type\"");
    alice.expect_bye("idle_timeout");
  }
}

TEST_CASE("where people are to type, one who does not is told and goes") {
  const Daemon daemon({.config = "[timeouts]\nsniff = \"50ms\"\nidle_text = \"400ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address());
  CHECK(nina.expect("goodbye") == "* goodbye: you have typed nothing for too long");
  nina.expect_end();
  alice.sync();  // a program is asked instead
}

TEST_CASE("a reader whose machine was switched off is found, though nothing tells of it") {
  const Daemon daemon({.config = "[timeouts]\nsniff = \"50ms\"\nidle = \"1s\"\nping = \"200ms\"\n"});
  TextClient nina(daemon.address());
  nina.expect("you are in lobby");
  JsonClient bob = member(daemon.address(), "bob");
  lose_all(nina.socket().descriptor());
  bob.say("lobby", "are you there?");
  std::string reason;
  while (reason.empty()) {
    const Event event = bob.next();
    if (text_of(event, "type") == "ping") bob.send({{"type", "pong"}});
    if (text_of(event, "type") == "presence" && has(event, "left")) {
      reason = text_of(list_of(event, "left").at(0), "reason");
    }
  }
  CHECK(reason == "idle_timeout");
}

TEST_CASE("a departure by timeout has its reason") {
  const Daemon daemon({.config = "[timeouts]\nidle = \"2s\"\nping = \"200ms\"\n"});
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice");
  std::string reason;
  while (reason.empty()) {
    const Event event = bob.next();
    // Whoever answers the server's questions is not idle.
    if (text_of(event, "type") == "ping") bob.send({{"type", "pong"}});
    if (text_of(event, "type") == "presence" && has(event, "left")) {
      reason = text_of(list_of(event, "left").at(0), "reason");
    }
  }
  CHECK(reason == "idle_timeout");
  alice.expect_bye("idle_timeout");
}

TEST_CASE("the server asks whether a silent program is there") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[timeouts]\nping = \"100ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  for (int i = 0; i < 3; ++i) {
    alice.expect("ping");
    alice.send({{"type", "pong"}});
  }
  CHECK(of_type(alice.sync(), "error").empty());
}

TEST_CASE("after the server stood still, whoever had written meanwhile is heard, however many they are") {
  const Daemon daemon({.config = "[timeouts]\nidle = \"4s\"\nping = 0\n"});
  std::vector<std::unique_ptr<JsonClient>> crowd;
  for (int i = 0; i < 500; ++i) {
    crowd.push_back(std::make_unique<JsonClient>(daemon.address()));
    crowd.back()->send({{"type", "hello"}, {"version", 1}});
  }
  for (const auto& client : crowd) client->expect("welcome");
  for (const auto& client : crowd) client->sync();
  daemon.signal(SIGSTOP);
  for (const auto& client : crowd) client->send({{"type", "ping"}});
  CHECK(crowd.front()->stays_quiet(std::chrono::milliseconds{4500}));  // longer than anybody may be silent
  daemon.signal(SIGCONT);
  for (const auto& client : crowd) REQUIRE(text_of(client->next(), "type") == "pong");
}

}  // namespace hubbub::test
