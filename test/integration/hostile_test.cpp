#include <algorithm>

#include "test/support/daemon.hpp"
#include "test/support/framings.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// Input that is meant to hurt: the server's memory, the other clients, somebody's terminal.
namespace hubbub::test {
namespace {

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

/// Sends `total` bytes of it, again and again, or until the server has had enough.
void pour(const Socket& socket, const std::string& bytes, std::size_t total) {
  for (std::size_t sent = 0; sent < total; sent += bytes.size()) {
    if (!socket.send(bytes)) return;
  }
}

/// Whether somebody's terminal would do anything but print it, or draw it in another place.
bool drives_terminal(const std::string& line) {
  const auto is_control = [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; };
  if (std::any_of(line.begin(), line.end(), is_control)) return true;
  for (const char* harmful :
       {"\u0080", "\u0085", "\u009b", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029"}) {
    if (line.find(harmful) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("100 MB without a line feed cost nobody anything but who sends them") {
  const auto* const beginning = GENERATE("{", "x", "/msg ");
  CAPTURE(beginning);
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient bob = member(daemon.address(), "bob");
  const auto before = daemon.resident_bytes();
  const LineClient flood(daemon.address());
  flood.socket().send(beginning);
  pour(flood.socket(), std::string(mebibyte, 'x'), 100 * mebibyte);
  alice.say("lobby", "did you feel that?");
  CHECK(text_of(bob.expect("message"), "text") == "did you feel that?");
  CHECK(daemon.resident_bytes() < before + growth(4 * mebibyte));
}

TEST_CASE("20 MB of empty or bad lines cost no memory") {
  const auto* const bytes = GENERATE("\n", " ", "{}\n", "[\n");
  CAPTURE(bytes);
  const Daemon daemon({.config = "[limits]\nsend_queue = \"128KiB\"\n[timeouts]\nstall = \"500ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice");
  const auto before = daemon.resident_bytes();
  const LineClient flood(daemon.address());
  flood.socket().send("{\"type\":\"hello\",\"version\":1}\n");
  std::string megabyte;
  while (megabyte.size() < mebibyte) megabyte += bytes;
  for (int i = 0; i < 20 && flood.socket().send_some(megabyte); ++i) alice.sync();
  alice.say("lobby", "still quick");
  CHECK(daemon.resident_bytes() < before + growth(4 * mebibyte));
}

TEST_CASE("a line that is too long ends the connection with its reason") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\nline = 2000\n[timeouts]\nsniff = \"50ms\"\n"});
  JsonClient alice = member(daemon.address(), "alice");

  SECTION("of JSON") {
    JsonClient bob = member(daemon.address(), "bob", "lobby", framing);
    const std::string ping = R"({"type":"ping","ref":"r"})";
    bob.send_line(ping + std::string(2000 - ping.size(), ' '));
    CHECK(text_of(bob.expect("pong"), "ref") == "r");
    bob.send_line(ping + std::string(2001 - ping.size(), ' '));
    bob.expect_bye("line_too_long");
    CHECK(alice.expect_departure("bob") == "line_too_long");
  }
  SECTION("of text") {
    TextClient nina(daemon.address(), framing);
    nina.take_name("nina");
    nina.send_line(std::string(2001, 'x'));
    nina.flush();
    CHECK(nina.expect("goodbye").find("a line may have") != std::string::npos);
    nina.expect_end();
    CHECK(alice.expect_departure("nina") == "line_too_long");
  }
  SECTION("when its end has not come") {
    JsonClient stranger(daemon.address(), framing);
    stranger.send_bytes('{' + std::string(2'010, ' '));
    stranger.expect_bye("line_too_long");
  }
}

TEST_CASE("100000 brackets are one bad line or a line too long") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[limits]\nline = \"1MiB\"\n"});
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  const std::string brackets(100'000, '[');
  alice.send_line(brackets);
  CHECK(text_of(alice.expect("error"), "code") == "bad_json");
  alice.send_line(R"({"type":"say","room":"lobby","text":)" + brackets);
  CHECK(text_of(alice.expect("error"), "code") == "bad_json");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"":)";
  alice.send_line(objects);
  CHECK(text_of(alice.expect("error"), "code") == "bad_json");
  CHECK(text_of(alice.say("lobby", "fine"), "text") == "fine");
}

TEST_CASE("lone surrogates and numbers without end are errors") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  JsonClient alice = member(daemon.address(), "alice", "lobby", framing);
  alice.sync();
  bob.sync();
  const std::vector<std::string> values{R"("\ud800")", R"("\udc00 \ud800")", R"("\ud800\u0041")", "1e999",
                                        "-1e999",      "{\"a\":1e999}",      R"("a\u000)"};
  for (const auto& value : values) {
    CAPTURE(value);
    alice.send_line(R"({"type":"say","room":"lobby","text":)" + value + "}");
    const Event error = alice.next();
    CHECK(text_of(error, "type") == "error");
    CHECK(text_of(error, "code").starts_with("bad_"));
  }
  CHECK(bob.sync().empty());
}

TEST_CASE("what others see of one does not drive their terminals") {
  const auto framing = each_json_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[timeouts]\nsniff = \"50ms\"\n"});
  JsonClient bob = member(daemon.address(), "bob");
  TextClient nina(daemon.address());
  nina.take_name("nina");
  bob.sync();
  const std::string evil = "\x1b]0;owned\x07\x1b[2J\u009b31mred\x7f\r\b\x01";
  const std::string cleaned = "]0;owned[2J31mred";

  JsonClient mallory(daemon.address(), framing);
  mallory.send(
      {{"type", "hello"}, {"version", 1}, {"name", "mallory"}, {"client", evil + "\nlistening on x"}});
  mallory.join("lobby");
  mallory.send({{"type", "say"}, {"room", "lobby"}, {"text", evil}});
  mallory.send({{"type", "say"}, {"room", "lobby"}, {"text", "null" + std::string(1, '\0') + "byte"}});
  mallory.send({{"type", "tell"}, {"to", "nina"}, {"text", evil}});
  mallory.send({{"type", "topic"}, {"room", "lobby"}, {"text", evil}});
  for (const char* request : {"hello", "rename"}) {
    mallory.send({{"type", request}, {"version", 1}, {"name", "mal" + evil}});
    CHECK(text_of(mallory.expect("error"), "text").find('\x1b') == std::string::npos);
  }
  CHECK(mallory.refusal({{"type", "join"}, {"room", "den" + evil}}) == "room_invalid");
  CHECK(mallory.refusal({{"type", "say"}, {"room", "lobby"}, {"text", "x"}, {"id", evil}}) == "bad_request");
  mallory.send({{"type", "quit"}, {"text", evil + "\n* admin has joined lobby"}});
  mallory.expect_bye("quit");

  const std::string reason = bob.expect_departure("mallory");
  CHECK(reason.find('\x1b') == std::string::npos);
  JsonClient late(daemon.address());
  late.hello("late");
  const Event joined = late.join("lobby");
  CHECK(said(list_of(joined, "history")) == std::vector<std::string>{cleaned, "nullbyte"});
  CHECK(text_of(joined, "topic") == cleaned);
  const auto lines = nina.sync();
  CHECK(any_holds(lines, "mallory: " + cleaned));
  CHECK(any_holds(lines, "[mallory -> you] " + cleaned));
  CHECK(std::none_of(lines.begin(), lines.end(), drives_terminal));
  CHECK(
      std::none_of(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("* admin"); }));

  // One event is one line of the log too.
  const std::string log = daemon.log();
  CHECK(log.find('\x1b') == std::string::npos);
  CHECK(log.find("\nlistening on x") == std::string::npos);
}

TEST_CASE("people with nc are spared directions and separators") {
  const auto framing = each_framing();
  CAPTURE(framing);
  const Daemon daemon({.config = "[timeouts]\nsniff = \"50ms\"\n"});
  TextClient nina(daemon.address());
  nina.take_name("nina");
  JsonClient mallory = member(daemon.address(), "mallory", "lobby", framing);
  mallory.say("lobby", "a\u202eb\u2066c\u2028* admin\u2029d\u2069\nadmin: sudo");
  const auto lines = nina.sync();
  CHECK(any_holds(lines, "mallory: abc"));
  CHECK(any_holds(lines, "    admin: sudo"));
  CHECK(std::none_of(lines.begin(), lines.end(), drives_terminal));
  CHECK(std::none_of(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("admin"); }));

  TextClient typist(daemon.address(), framing);
  typist.send_line("/name typist");
  typist.send_line("\x1b[31mred\x07");
  typist.flush();
  CHECK(nina.expect("red") == "typist: [31mred");
}

}  // namespace hubbub::test
