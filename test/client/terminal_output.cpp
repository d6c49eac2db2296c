// What the terminal gets: colours, a bell and notifications, and nothing that somebody else would have it do.
#include "test/client/alice.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

/// What is left when our own sequences are taken out: those of the palette, of Readline's line, of pasting,
/// and notifications.
std::string without_our_sequences(const std::string& bytes) {
  std::string rest;
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes.compare(at, 12, "\x1b]777;notify") == 0) {
      at = bytes.find("\x1b\\", at) + 2;
      continue;
    }
    const bool sequence = bytes.compare(at, 2, "\x1b[") == 0;
    if (!sequence) {
      rest += bytes[at++];
      continue;
    }
    const std::size_t end = bytes.find_first_not_of("0123456789;?", at + 2);
    const char final = end == std::string::npos ? '\0' : bytes[end];
    if (std::string_view("mKCADPJH@hlG").find(final) == std::string_view::npos) rest += bytes.substr(at, 3);
    at = end == std::string::npos ? bytes.size() : end + 1;
  }
  return rest;
}

}  // namespace

TEST_CASE("nothing that others send drives the terminal") {
  Alice alice(colourful);
  JsonClient eve = member(alice.daemon.address(), "eve");
  eve.say("lobby", "\x1b[2J\x1b]0;owned\x07 \u009b31m \u202e \b\r x\x7f\nadmin: done");
  eve.send({{"type", "topic"}, {"room", "lobby"}, {"text", "\x1b[31mred\x1b[0m"}});
  eve.send({{"type", "quit"},
            {"text",
             "\x1b]2;title\x07"
             "bye"}});
  alice.terminal.expect("bye)");
  const std::string all = alice.terminal.text();
  CHECK(all.find("[2J\x1b") == std::string::npos);
  CHECK(all.find("\x1b]") == std::string::npos);
  CHECK(all.find("\x1b[31mred") == std::string::npos);
  CHECK(all.find("\u009b") == std::string::npos);
  CHECK(all.find("\u202e") == std::string::npos);
  CHECK(all.find("\x1b[0m admin: done") != std::string::npos);
  CHECK(all.find("\nadmin: done") == std::string::npos);
  CHECK(without_our_sequences(all).find('\x1b') == std::string::npos);
}

TEST_CASE("a mention and a private message ring and notify, and only with text that is safe") {
  Alice alice(colourful);
  JsonClient eve = member(alice.daemon.address(), "eve");
  const std::string name = GENERATE(as<std::string>(), "lobby", "private");
  if (name == "private") {
    eve.send({{"type", "tell"}, {"to", "alice"}, {"text", "psst\x1b\\\x1b]0;owned\x07\u009c;"}});
    alice.terminal.expect("\a\x1b]777;notify;eve;psst\\]0;owned;\x1b\\");
  } else {
    eve.say("lobby", "hello, Alice\x1b\\\x1b]0;owned\x07\u009c;");
    alice.terminal.expect("\a\x1b]777;notify;eve in lobby;hello, Alice\\]0;owned;\x1b\\");
  }
  eve.say("lobby", "the end");
  alice.terminal.expect("the end\r\n");
  CHECK(without_our_sequences(alice.terminal.text()).find('\x1b') == std::string::npos);
}

TEST_CASE("people who are ignored, muted rooms and what is not for one do not ring") {
  Alice alice;
  JsonClient eve = member(alice.daemon.address(), "eve");
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.type("/ignore eve\r");
  alice.terminal.expect("eve is ignored");
  eve.say("lobby", "alice!");
  bob.say("lobby", "malice");
  alice.terminal.expect("malice\r\n");
  alice.terminal.type("/mute lobby\r");
  alice.terminal.expect("lobby is muted");
  bob.say("lobby", "alice!");
  alice.terminal.expect("alice!\r\n");
  alice.terminal.type("/unmute\r/set notify.bell off\r");
  alice.terminal.expect("notify.bell = false");
  bob.say("lobby", "alice, again");
  alice.terminal.expect("\x1b]777;notify;bob in lobby;alice, again\x1b\\");
  CHECK(alice.terminal.text().find('\a') == std::string::npos);
  CHECK(alice.terminal.text().find("]777;notify;eve") == std::string::npos);
}

TEST_CASE("names have colours") {
  Alice alice(colourful);
  JsonClient bob = member(alice.daemon.address(), "bob");
  bob.say("lobby", "hi");
  alice.terminal.expect("\x1b[38;5;");
  alice.terminal.expect("bob");
  alice.terminal.expect(" hi\r\n");
}

TEST_CASE("colours that are not wanted are not there") {
  const bool by_option = GENERATE(true, false);
  Alice alice(by_option ? colourful : xterm, by_option ? Strings{"--no-color"} : Strings{});
  alice.terminal.type("hi\r");
  alice.terminal.expect("alice │ hi");
  for (const char* sequence : {"\x1b[38;5;", "\x1b[2m", "\x1b[1m", "\x1b[0m"}) {
    CHECK(alice.terminal.text().find(sequence) == std::string::npos);
  }
}

}  // namespace hubbub::test
