#include <csignal>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// The end: everybody is told, and it does not take long.
namespace hubbub::test {
namespace {

using std::chrono::seconds;

constexpr auto counted_early = "[limits]\npresence_members = 5\n[timeouts]\nsniff = \"50ms\"\n";

}  // namespace

TEST_CASE("when asked to stop it says goodbye to all 50 and ends well") {
  const int number = GENERATE(SIGTERM, SIGINT);
  CAPTURE(number);
  Daemon daemon({.config = counted_early});
  std::vector<JsonClient> programs;
  programs.reserve(40);
  for (int i = 0; i < 40; ++i) programs.push_back(member(daemon.address(), "member" + std::to_string(i)));
  std::vector<TextClient> people;
  for (int i = 0; i < 10; ++i) {
    people.emplace_back(daemon.address());
    people.back().take_name("person" + std::to_string(i));
  }
  daemon.signal(number);
  for (auto& program : programs) program.expect_bye("shutting_down");
  for (auto& person : people) {
    CHECK(person.expect("goodbye").find("shutting down") != std::string::npos);
    person.expect_end();
  }
  CHECK(daemon.wait_exit(seconds(5)) == 0);
}

TEST_CASE("what was said before the end is seen before goodbye") {
  Daemon daemon({.config = "[limits]\nmessages_per_second = 0\n"});
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob");
  alice.sync();
  for (int i = 0; i < 200; ++i) alice.send({{"type", "say"}, {"room", "lobby"}, {"text", std::to_string(i)}});
  alice.expect("message");
  daemon.signal(SIGTERM);
  std::size_t seen_by_alice = 1;
  for (Event event = alice.next(); text_of(event, "type") != "bye"; event = alice.next()) {
    if (text_of(event, "type") == "message") ++seen_by_alice;
  }
  std::size_t seen_by_bob = 0;
  for (Event event = bob.next(); text_of(event, "type") != "bye"; event = bob.next()) {
    if (text_of(event, "type") == "message") ++seen_by_bob;
  }
  CHECK(seen_by_alice == seen_by_bob);
  CHECK(daemon.wait_exit(seconds(5)) == 0);
}

TEST_CASE("nobody new gets in while it stops") {
  Daemon daemon({.config = "[timeouts]\nshutdown = \"2s\"\n"});
  // One who does not read its goodbye, and one who has not said anything yet, hold nothing up for long.
  JsonClient alice = member(daemon.address(), "alice");
  const LineClient mute(daemon.address());
  daemon.signal(SIGTERM);
  alice.expect_bye("shutting_down");
  CHECK_THROWS_AS(LineClient(daemon.address()), std::system_error);
  CHECK(daemon.wait_exit(seconds(5)) == 0);
}

TEST_CASE("who has not said anything yet is told too") {
  Daemon daemon({.config = "[timeouts]\nsniff = \"1h\"\n"});
  LineClient mute(daemon.address());
  daemon.wait_for_log("connected");
  daemon.signal(SIGTERM);
  const auto lines = mute.read_to_end();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("shutting_down") != std::string::npos);
  CHECK(daemon.wait_exit(seconds(5)) == 0);
}

TEST_CASE("one who does not read delays the end no longer than configured") {
  Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = 0\nsend_queue_soft = 0\n"
                           "[timeouts]\nshutdown = \"500ms\"\n"});
  JsonClient slow(daemon.address(), Framing::lines, {.receive_buffer = 4096});
  slow.hello("slow");
  slow.join("lobby");
  JsonClient alice = member(daemon.address(), "alice");
  const std::string text(4000, 'x');
  for (int i = 0; i < 2500; ++i) alice.say("lobby", text);
  daemon.signal(SIGTERM);
  alice.expect_bye("shutting_down");
  CHECK(daemon.wait_exit(seconds(5)) == 0);
}

TEST_CASE("a second signal ends it at once") {
  Daemon daemon({.config = "[limits]\nmessages_per_second = 0\nsend_queue = 0\nsend_queue_soft = 0\n"
                           "[timeouts]\nshutdown = \"1h\"\n"});
  JsonClient slow(daemon.address(), Framing::lines, {.receive_buffer = 4096});
  slow.hello("slow");
  slow.join("lobby");
  JsonClient alice = member(daemon.address(), "alice");
  const std::string text(4000, 'x');
  for (int i = 0; i < 2500; ++i) alice.say("lobby", text);
  daemon.signal(SIGTERM);
  alice.expect_bye("shutting_down");
  CHECK_FALSE(daemon.wait_exit(std::chrono::milliseconds(100)).has_value());
  daemon.signal(SIGTERM);
  CHECK(daemon.wait_exit().has_value());
}

}  // namespace hubbub::test
