#include <csignal>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// How much of everything one client, or one address, may have.
namespace hubbub::test {
namespace {

Event say(std::string_view text) { return {{"type", "say"}, {"room", "lobby"}, {"text", text}}; }

}  // namespace

TEST_CASE("who is too fast is told when to try again") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 2\nmessages_burst = 3\n"});
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.sync();
  for (const char* text : {"1", "2", "3", "4"}) {
    alice.send({{"type", "say"}, {"room", "lobby"}, {"text", text}, {"id", text}});
  }
  for (const char* text : {"1", "2", "3"}) CHECK(text_of(alice.next(), "text") == text);
  const Event refused = alice.next();
  CHECK(text_of(refused, "code") == "rate_limited");
  CHECK(text_of(refused, "id") == "4");
  const auto wait = number_of(refused, "retry_after");
  CHECK(wait > 0);
  CHECK(wait <= 500);
  // Asking costs nothing.
  CHECK(text_of(alice.answer({{"type", "who"}}), "type") == "members");
  // That is what the client was asked to do.
  CHECK(alice.stays_quiet(std::chrono::milliseconds(wait)));
  CHECK(text_of(alice.answer(say("5")), "text") == "5");
  CHECK(said(of_type(bob.sync(), "message")) == std::vector<std::string>{"1", "2", "3", "5"});
}

TEST_CASE("everything that others see is limited together") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 0.01\nmessages_burst = 4\n"});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.answer(say("1"));
  alice.answer({{"type", "tell"}, {"to", "alice"}, {"text", "2"}});
  alice.answer({{"type", "topic"}, {"room", "lobby"}, {"text", "3"}});
  alice.answer({{"type", "rename"}, {"name", "alison"}});
  CHECK(alice.refusal(say("5")) == "rate_limited");
  CHECK(alice.refusal({{"type", "tell"}, {"to", "alison"}, {"text", "5"}}) == "rate_limited");
  CHECK(alice.refusal({{"type", "topic"}, {"room", "lobby"}, {"text", "5"}}) == "rate_limited");
  CHECK(alice.refusal({{"type", "rename"}, {"name", "alice"}}) == "rate_limited");
}

TEST_CASE("a limit of 0 is none") {
  const Daemon daemon({.config = "[limits]\nmessages_burst = 0\n"});
  JsonClient alice = member(daemon.address(), "alice");
  alice.sync();
  constexpr std::size_t many = 1000;
  for (std::size_t i = 0; i < many; ++i) alice.send(say("x"));
  CHECK(of_type(alice.sync(), "message").size() == many);
}

TEST_CASE("who does not listen to refusals is put out") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 1\nmessages_burst = 2\n"});
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.sync();
  for (int i = 0; i < 50; ++i) alice.send(say("spam"));
  alice.expect_bye("flooding");
  CHECK(bob.expect_departure("alice") == "flooding");
}

TEST_CASE("too many connections in all") {
  const Daemon daemon({.config = "[limits]\nconnections = 3\n[timeouts]\nsniff = \"50ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob");
  TextClient nina(daemon.address());
  nina.take_name("nina");
  LineClient fourth(daemon.address());
  const auto reason = fourth.read_to_end();
  REQUIRE(reason.size() == 1);
  CHECK(reason[0].find("too_many_connections") != std::string::npos);
  alice.say("lobby", "full house");
  CHECK(text_of(bob.expect("message"), "text") == "full house");

  bob.close();
  CHECK(alice.expect_departure("bob") == "disconnected");
  JsonClient carol(daemon.address());
  CHECK(text_of(carol.hello("carol"), "name") == "carol");
}

TEST_CASE("too many connections from one address") {
  const Daemon daemon({.config = "[limits]\nconnections_per_address = 2\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob");
  LineClient third(daemon.address());
  const auto reason = third.read_to_end();
  REQUIRE(reason.size() == 1);
  CHECK(reason[0].find("too_many_connections") != std::string::npos);
  JsonClient neighbour(daemon.address(), Framing::lines, {.from = "127.0.0.2"});
  CHECK(text_of(neighbour.hello("neighbour"), "name") == "neighbour");

  bob.close();
  CHECK(alice.expect_departure("bob") == "disconnected");
  JsonClient carol(daemon.address());
  CHECK(text_of(carol.hello("carol"), "name") == "carol");
}

TEST_CASE("a program that is turned away reads it in its own language") {
  const Daemon daemon({.config = "[limits]\nconnections = 1\n"});
  JsonClient alice = member(daemon.address(), "alice");
  // Its first bytes are there before the daemon can look.
  daemon.signal(SIGSTOP);
  JsonClient second(daemon.address());
  second.send({{"type", "hello"}, {"version", 1}, {"name", "bob"}});
  daemon.signal(SIGCONT);
  second.expect_bye("too_many_connections");
  alice.sync();
}

TEST_CASE("limits that welcome tells are the ones that hold") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\ntext = 100\nline = 1000\n"});
  JsonClient alice(daemon.address(), framing);
  const Event welcome = alice.hello("alice");
  CHECK(number_of(welcome.at("limits").as_object(), "text") == 100);
  CHECK(number_of(welcome.at("limits").as_object(), "line") == 1000);
  alice.join("lobby");
  CHECK(text_of(alice.answer(say(std::string(100, 'x'))), "type") == "message");
  CHECK(alice.refusal(say(std::string(101, 'x'))) == "text_too_long");
}

}  // namespace hubbub::test
