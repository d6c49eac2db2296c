#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// One port for everybody: the first bytes tell who speaks what.
namespace hubbub::test {
namespace {

using namespace std::string_literals;

constexpr auto quick = "[timeouts]\nsniff = \"100ms\"\n";
constexpr auto slow = "[timeouts]\nsniff = \"1h\"\n";

/// Waits until somebody who says nothing has been greeted, and so put into the lobby.
void expect_greeting(JsonClient& watcher) {
  while (number_of(watcher.expect("presence"), "count") < 2) {
  }
}

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
  expect_greeting(watcher);
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

TEST_CASE("what a person says that only begins like HTTP is said") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto* const line =
      GENERATE("GET well soon", "we like HTTP/2 a lot", "PROXY war", "SSH-keys for sale");
  CAPTURE(line);
  const Daemon daemon({.config = slow});
  JsonClient alice = member(daemon.address(), "alice");
  TextClient nina(daemon.address(), framing);
  nina.send_line(line);
  nina.expect(std::string(": ") + line);
  CHECK(text_of(alice.expect("message"), "text") == line);
}

TEST_CASE("protocols that are not served here are turned away in one plain line") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto opening = GENERATE(
      "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03"s, "NICK nina\r\n"s, "nick nina\r\n"s,
      "USER nina 0 * :nina\r\n"s, "CAP LS 302\r\n"s, "PASS secret\r\n"s, "WEBIRC a b c 192.0.2.1\r\n"s,
      "AUTHENTICATE PLAIN\r\n"s, "\x05\x01\x00"s, "\x04\x01\x00\x19\x7F\x00\x00\x01\x00"s,
      "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello\r\n"s, "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C"s,
      "SSH-2.0-OpenSSH_9.2p1\r\n"s, "\x03\0\0\x2B\x26\xE0\0\0\0\0\0Cookie: mstshash=admin\r\n"s,
      "\0\0\0\x85\xFFSMBr\0\0\0\0"s, "\0\0\0\x85\xFESMB@\0\0\0\0"s, "\x81\0\0\x44 CKFDENECFDEFFCFGEFFC\0"s);
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

TEST_CASE("one who is greeted first and then speaks what is not served here says nothing in the room") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto opening = GENERATE("SSH-2.0-OpenSSH_9.2p1\r\n"s, "NICK nina\r\nUSER nina 0 * :nina\r\n"s,
                                "\x16\x03\x01\x00\xc8"s);
  CAPTURE(opening);
  const Daemon daemon({.config = quick});
  JsonClient watcher = member(daemon.address(), "watcher");
  LineClient stranger(daemon.address(), framing);
  expect_greeting(watcher);
  stranger.send_bytes(opening);
  const auto lines = stranger.read_to_end();
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().find("this ") != std::string::npos);
  watcher.expect_departure("guest-1");
  CHECK(of_type(watcher.sync(), "message").empty());
}

TEST_CASE("a hello behind a byte-order mark, blanks and empty lines is a hello") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto before = GENERATE("\xEF\xBB\xBF"s, "  \t"s, "\n"s, "\r\n\r\n"s, "\r\r\n \n"s,
                               "\xEF\xBB\xBF\r\n  "s, "\n \xEF\xBB\xBF \n"s);
  CAPTURE(before);
  const bool is_greeted = GENERATE(false, true);
  CAPTURE(is_greeted);
  const Daemon daemon({.config = is_greeted ? quick : slow});
  JsonClient watcher = member(daemon.address(), "watcher");
  JsonClient late(daemon.address(), framing);
  if (is_greeted) expect_greeting(watcher);
  late.send_bytes(before);
  CHECK(text_of(late.hello("late"), "type") == "welcome");
  late.join("lobby");
  CHECK(of_type(watcher.sync(), "message").empty());
}

TEST_CASE("JSON is not said by one who has said nothing yet") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const auto line = GENERATE(R"({"type":"join","room":"lobby"})"s, R"( {"a": 1} )"s, "{}"s, R"(/me {"a":1})"s,
                             "\x01{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}"s,
                             R"({"a":1,"a":2})"s, "\xEF\xBB\xBF{\"a\":1}"s);
  CAPTURE(line);
  const Daemon daemon({.config = quick});
  JsonClient watcher = member(daemon.address(), "watcher");
  TextClient nina(daemon.address(), framing);
  expect_greeting(watcher);
  nina.send_line(line);
  const auto refusal = nina.expect("! ");
  CHECK(refusal.find("hello") != std::string::npos);
  CHECK(refusal.find('(') == std::string::npos);  // codes are for programs
  CHECK(of_type(watcher.sync(), "message").empty());
  nina.send_line("look at this:");
  nina.send_line(R"({"a": 1})");
  nina.expect(": look at this:");
  nina.expect(R"(: {"a": 1})");
  CHECK(text_of(watcher.expect("message"), "text") == "look at this:");
  CHECK(text_of(watcher.expect("message"), "text") == R"({"a": 1})");
}

TEST_CASE("a hello after JSON that was refused is still a hello") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = quick});
  JsonClient watcher = member(daemon.address(), "watcher");
  JsonClient late(daemon.address(), framing);
  expect_greeting(watcher);
  late.send({{"type", "join"}, {"room", "lobby"}});
  CHECK(text_of(late.hello("late"), "type") == "welcome");
  CHECK(of_type(watcher.sync(), "message").empty());
}

TEST_CASE("a request line may be longer than a line of the chat") {
  const Daemon daemon({.config = "[limits]\nline = \"1KiB\"\n"});
  LineClient browser(daemon.address());
  browser.send_bytes("GET /" + std::string(3000, 'x') + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(browser.read_to_end().front() == "HTTP/1.1 404 Not Found\r");
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
  CHECK(stranger.expect("!").find("not UTF-8") != std::string::npos);
  stranger.send_line("sorry");
  stranger.expect(": sorry");
  CHECK(text_of(alice.expect("message"), "text") == "sorry");
}

}  // namespace hubbub::test
