#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// One port for everybody: the first bytes tell who speaks what.
namespace hubbub::test {
namespace {

constexpr auto quick = "[timeouts]\nsniff = \"100ms\"\n";
constexpr auto slow = "[timeouts]\nsniff = \"1h\"\n";

}  // namespace

TEST_CASE("who says nothing is greeted as a person") {
  const Daemon daemon({.config = quick});
  TextClient nina(daemon.address());
  nina.expect("guest-");
  nina.send_line("hello");
  CHECK(nina.expect("hello").starts_with("guest-"));
}

TEST_CASE("who is greeted first and then says hello speaks JSON") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = quick});
  JsonClient watcher = member(daemon.address(), "watcher");
  JsonClient late(daemon.address(), framing);
  // The greeting has come when somebody has joined the default room.
  while (number_of(watcher.expect("presence"), "count") < 2) {
  }
  late.send({{"type", "hello"}, {"version", 1}, {"name", "late"}, {"ref", "h"}});
  late.send({{"type", "join"}, {"room", "lobby"}});
  const Event welcome = late.next();
  CHECK(text_of(welcome, "type") == "welcome");
  CHECK(text_of(welcome, "name") == "late");
  CHECK(text_of(welcome, "ref") == "h");
  // The guest of the greeting is gone.
  CHECK(texts_of(late.expect("joined"), "members") == std::vector<std::string>{"late", "watcher"});
}

TEST_CASE("who speaks first does not wait") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = slow});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  TextClient nina(daemon.address(), framing);
  nina.send_line("/name nina");
  nina.expect("now known as nina");
  nina.send_line("hi");
  nina.expect("nina: hi");
  CHECK(text_of(alice.expect("message"), "text") == "hi");
}

TEST_CASE("a word that only begins like another protocol is text") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto* const line = GENERATE("GET", "GETTING there", "NICKel", "USER", "PASSing by", "CAPital", "P");
  CAPTURE(line);
  const Daemon daemon({.config = slow});
  TextClient nina(daemon.address(), framing);
  nina.send_line(line);
  nina.expect(std::string(": ") + line);
}

TEST_CASE("protocols that are not served here are turned away in one plain line") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto opening = GENERATE(
      std::string("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), std::string("POST /x HTTP/1.0\r\n\r\n"),
      std::string("\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03", 11), std::string("NICK nina\r\n"),
      std::string("USER nina 0 * :nina\r\n"), std::string("CAP LS 302\r\n"), std::string("PASS secret\r\n"));
  CAPTURE(opening);
  const Daemon daemon({.config = slow});
  JsonClient alice = member(daemon.address(), "alice");
  alice.sync();
  LineClient stranger(daemon.address(), framing);
  stranger.send_bytes(opening);
  const auto lines = stranger.read_to_end();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].size() > 10);
  CHECK(lines[0].find('\x1b') == std::string::npos);
  CHECK(alice.sync().empty());
}

TEST_CASE("who leaves without a word troubles nobody") {
  const Daemon daemon({.config = slow});
  JsonClient alice = member(daemon.address(), "alice");
  alice.sync();
  LineClient mute(daemon.address());
  mute.half_close();
  mute.expect_end();
  CHECK(alice.sync().empty());
}

TEST_CASE("bytes that are no text are no trouble") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = slow});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient stranger(daemon.address(), framing);
  stranger.send_line(std::string("\0\x01\x02\x80\x81", 5));
  CHECK(stranger.expect("!").find("(bad_utf8)") != std::string::npos);
  stranger.send_line("sorry");
  stranger.expect(": sorry");
  CHECK(text_of(alice.expect("message"), "text") == "sorry");
}

}  // namespace hubbub::test
