// Keys that do nothing, and characters that terminals do not agree about, leave nothing behind.
#include "test/client/program.hpp"
#include "test/client/tmux.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

struct AliceInTmux {
  Daemon daemon;
  Tmux tmux;

  explicit AliceInTmux(const std::string& inputrc = "/dev/null") {
    tmux.open("alice",
              {"/usr/bin/env", "INPUTRC=" + inputrc, hubbub_program, "alice@" + target(daemon.address())});
    tmux.expect_last("alice", "lobby >");
  }

  void type(const std::string& text, const std::string& key = "") const { tmux.type("alice", text, key); }
  void expect_line(const std::string& line) const { tmux.expect_last("alice", "lobby > " + line); }
};

}  // namespace

TEST_CASE("keys that nothing is bound to leave nothing in the line") {
  const AliceInTmux alice;
  for (const char* key : {"F1", "F5", "F12", "S-Up", "S-Left", "C-F5", "M-F3", "S-F3", "PPage", "NPage"})
    alice.type("x", key);
  alice.expect_line("xxxxxxxxxx");
  // The console of Linux; a report of the focus; one in two pieces, the last of which is late.
  alice.type("\x1b[[A\x1b[I\x1bO2P\x1b[15");
  alice.type("~y", "Left");
  alice.type("!", "Home");
  alice.type("?");
  alice.expect_line("?xxxxxxxxxx!y");
}

TEST_CASE("keys with Alt that a terminal puts another escape before leave nothing in the line") {
  const AliceInTmux alice;
  for (const char* key : {"\x1b\x1b[A", "\x1b\x1b[15~", "\x1b\x1bOP", "\x1b\x1b[1;3D"})
    alice.type(std::string("x") + key);
  alice.expect_line("xxxx");
}

TEST_CASE(
    "no control sequence gets into the line by being quoted, as Debian's Insert does, which overwrites "
    "instead") {
  const TemporaryDirectory directory;
  const AliceInTmux alice(directory.write("inputrc", "\"\\e[2~\": quoted-insert\n").string());
  alice.type("xb", "Home");
  alice.type("", "IC");
  alice.type("a", "IC");
  alice.type("", "DC");
  alice.type("c", "C-v");
  alice.type("", "Left");
  alice.type("", "C-v");
  alice.type("d", "End");
  alice.expect_line("adc");
}

TEST_CASE("a line feed and a tab can be quoted") {
  const AliceInTmux alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.type("one", "C-v");
  alice.type("", "Enter");
  alice.type("", "C-v");
  alice.type("", "Tab");
  alice.type("two", "Enter");
  CHECK(text_of(bob.expect("message"), "text") == "one\n\ttwo");
}

TEST_CASE("the same in the mode of vi, where the keys that are bound still work") {
  const TemporaryDirectory directory;
  const AliceInTmux alice(directory.write("inputrc", "set editing-mode vi\n").string());
  for (const char* key : {"F5", "S-Up", "C-F5"}) alice.type("x", key);
  alice.type("y", "Left");
  alice.type("!");
  alice.expect_line("xxx!y");
}

TEST_CASE("the keys that turn a page leave a line of the history that was edited as it is") {
  const AliceInTmux alice;
  for (const char* said : {"hi", "two", "three"}) {
    alice.type(said, "Enter");
    alice.tmux.expect("alice", std::string("\u2502 ") + said);
    alice.tmux.expect_last("alice", "lobby >");
  }
  for (const char* key : {"Up", "Up", "C-u", "PPage", "NPage"}) alice.type("", key);
  alice.tmux.expect_last("alice", "lobby >");
  for (const char* key : {"Down", "BSpace", "PPage", "NPage"}) alice.type("", key);
  alice.expect_line("thre");
  alice.type("", "Enter");
  alice.tmux.expect("alice", "\u2502 thre");
}

TEST_CASE("emoji of several that are typed, edited and sent leave nothing behind, and arrive whole") {
  const AliceInTmux alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  const std::string line = "семья 👨\u200D👩\u200D👧 👍🏽 🇩🇪 ❤\uFE0F ok";
  alice.type(line);
  alice.expect_line("семья 👨👩👧 👍 DE ❤ ok");
  alice.type("", "Home");
  alice.type("see ");
  alice.expect_line("see семья 👨👩👧 👍 DE ❤ ok");
  alice.type("", "C-k");
  alice.expect_line("see");
  alice.type("", "C-y");
  alice.type("", "Enter");
  CHECK(text_of(bob.expect("message"), "text") == "see " + line);
  alice.tmux.expect_last("alice", "lobby >");
}

}  // namespace hubbub::test
