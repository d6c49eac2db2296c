#include <memory>
#include <string>
#include <vector>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// Those who do not read what is sent to them harm nobody but themselves.
namespace hubbub::test {
namespace {

constexpr std::size_t one_mebibyte = std::size_t{1024} * 1024;
constexpr std::size_t text_size = 4000;
/// Texts that are more than the kernel takes in for somebody (net.ipv4.tcp_wmem: 4 MiB).
constexpr int more_than_fits = 4 * one_mebibyte / text_size * 2;

/// A member of the lobby who reads nothing from now on.
JsonClient sleeper(const Address& address) {
  JsonClient client(address, Framing::lines, {.receive_buffer = 4096});
  client.hello("sleeper");
  client.join("lobby");
  return client;
}

/// The number, and so many bytes behind it.
std::string numbered(int number) {
  std::string text = std::to_string(number);
  text.resize(text_size, ' ');
  return text;
}

}  // namespace

TEST_CASE("who lets too much pile up gets all of it once it reads, and the others notice nothing") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"128KiB\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient slow = sleeper(daemon.address());
  alice.sync();
  bob.sync();
  int heard = 0;
  for (int number = 0; number < more_than_fits; ++number) {
    alice.say("lobby", numbered(number));
    for (const Event& event : bob.sync()) {
      if (text_of(event, "type") == "message") CHECK(text_of(event, "text") == numbered(heard++));
      CHECK(text_of(event, "type") != "presence");
    }
  }

  // It reads, and the talk goes on.
  slow.send({{"type", "ping"}});
  int next = 0;
  while (next < more_than_fits + 10) {
    if (next == more_than_fits / 2) {
      for (int number = more_than_fits; number < more_than_fits + 10; ++number)
        alice.say("lobby", numbered(number));
    }
    const Event event = slow.next();
    if (text_of(event, "type") == "message") REQUIRE(text_of(event, "text") == numbered(next++));
    CHECK(text_of(event, "type") != "bye");
  }
  slow.expect("pong");
}

TEST_CASE("who takes nothing at all for long is put out") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"1GiB\"\n"
                                 "[timeouts]\nstall = \"500ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient slow = sleeper(daemon.address());
  alice.sync();
  Events gone;
  for (int number = 0; number < more_than_fits && gone.empty(); ++number) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", numbered(number)}});
    for (const Event& presence : of_type(alice.sync(), "presence")) gone = list_of(presence, "left");
  }
  const std::string reason = gone.empty() ? alice.expect_departure("sleeper") : text_of(gone.at(0), "reason");
  CHECK(reason == "too_slow");
}

TEST_CASE("who asks and does not read waits for its answers until it does") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue_soft = \"64KiB\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  for (int number = 0; number < 20; ++number) alice.say("lobby", numbered(number));
  JsonClient slow = sleeper(daemon.address());
  const auto before = daemon.resident_bytes();
  // Answers of 50 KiB each, 15 MiB in all.
  constexpr int questions = 300;
  for (int number = 0; number < questions; ++number) {
    slow.send({{"type", "history"}, {"room", "lobby"}, {"limit", 12}, {"ref", std::to_string(number)}});
  }
  for (int i = 0; i < 20; ++i) alice.say("lobby", "meanwhile");
  CHECK(daemon.resident_bytes() < before + growth(2 * one_mebibyte));
  for (int number = 0; number < questions; ++number) {
    CHECK(text_of(slow.expect("history"), "ref") == std::to_string(number));
  }
}

TEST_CASE("who reads slowly but steadily is kept") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"128KiB\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient slow = sleeper(daemon.address());
  constexpr int messages = 1000;
  int heard = 0;
  for (int number = 0; number < messages; ++number) {
    alice.say("lobby", numbered(number));
    if (number % 10 != 9) continue;
    while (heard <= number) CHECK(text_of(slow.expect("message"), "text") == numbered(heard++));
  }
  CHECK(of_type(alice.sync(), "presence").empty());
}

TEST_CASE("one with plain text who lets too much pile up gets all of it too, once and in order") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = \"128KiB\"\n"});
  TextClient slow(daemon.address(), Framing::lines, {.receive_buffer = 4096});
  slow.send_line("/name sleeper");
  slow.expect("* you are now known as sleeper");
  JsonClient alice = member(daemon.address(), "alice");
  for (int number = 0; number < more_than_fits; ++number) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", numbered(number)}});
    if (number % 100 == 99) alice.sync();
  }
  alice.sync();
  int next = 0;
  while (next < more_than_fits) {
    const auto line = slow.read_line();
    REQUIRE(line.has_value());
    if (line->starts_with("alice: ")) REQUIRE(*line == "alice: " + numbered(next++));
  }
}

TEST_CASE("what is said in private to one who does not read is bounded, and what was accepted comes") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\n"});
  JsonClient slow = sleeper(daemon.address());
  std::vector<std::unique_ptr<JsonClient>> senders;
  for (int i = 0; i < 10; ++i) {
    senders.push_back(std::make_unique<JsonClient>(daemon.address()));
    senders.back()->hello("sender" + std::to_string(i));
  }
  // First what the kernel takes, so that what follows is the daemon's to keep.
  std::size_t accepted = 0;
  std::size_t busy = 0;
  const auto tell = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (const auto& sender : senders)
        sender->send({{"type", "tell"}, {"to", "sleeper"}, {"text", numbered(round)}});
      for (const auto& sender : senders) {
        const Event answer = sender->next();
        ++(text_of(answer, "type") == "message" ? accepted : busy);
        if (has(answer, "code")) REQUIRE(text_of(answer, "code") == "recipient_busy");
      }
    }
  };
  while (busy == 0) tell(1);
  const auto before = daemon.resident_bytes();
  tell(600);  // 24 MB
  // AddressSanitizer keeps what was freed, which is much here.
  if (growth(1) == 1) CHECK(daemon.resident_bytes() < before + 2 * one_mebibyte);
  slow.send({{"type", "ping"}});
  std::size_t came = 0;
  for (Event event = slow.next(); text_of(event, "type") != "pong"; event = slow.next())
    came += text_of(event, "type") == "message" ? 1 : 0;
  // One may have been under way when its sender was told that it was late.
  CHECK(came >= accepted);
  CHECK(came <= accepted + 1);
}

TEST_CASE("what is said in private to one who has no room for it fails in time, and never comes") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0\n[timeouts]\ntell = \"300ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient slow = sleeper(daemon.address());
  for (int number = 0; number < 40; ++number) alice.say("lobby", numbered(number));
  alice.sync();
  CHECK(alice.refusal({{"type", "tell"}, {"to", "sleeper"}, {"text", "psst"}, {"id", "x"}}) ==
        "recipient_busy");
  alice.sync();  // and all else goes on

  slow.send({{"type", "ping"}});
  int heard = 0;
  for (Event event = slow.next(); text_of(event, "type") != "pong"; event = slow.next()) {
    if (text_of(event, "type") != "message") continue;
    CHECK(text_of(event, "text") == numbered(heard++));
  }
  CHECK(heard == 40);
  const Event said = alice.answer({{"type", "tell"}, {"to", "sleeper"}, {"text", "psst"}, {"id", "x"}});
  CHECK(text_of(said, "id") == "x");
  CHECK(text_of(slow.next(), "text") == "psst");
}

TEST_CASE("a private message that is sent again after the link broke comes once") {
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  {
    JsonClient alice = member(daemon.address(), "alice");
    bob.sync();
    alice.send({{"type", "tell"}, {"to", "bob"}, {"text", "psst"}, {"id", "x"}});
    CHECK(text_of(bob.next(), "text") == "psst");
  }
  CHECK(text_of(bob.next(), "type") == "presence");  // so the name is free again
  JsonClient alice(daemon.address());
  alice.hello("alice");
  const Event said = alice.answer({{"type", "tell"}, {"to", "bob"}, {"text", "psst"}, {"id", "x"}});
  CHECK(text_of(said, "text") == "psst");
  CHECK(bob.sync().empty());
}

}  // namespace hubbub::test
