// What was refused is in the line again, to be mended.
#include "test/client/program.hpp"
#include "test/client/tmux.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

namespace hubbub::test {
namespace {

struct AliceRefused {
  Daemon daemon{{.config = "[limits]\nrooms_per_session = 1\n"}};
  Tmux tmux;

  AliceRefused() {
    tmux.open("alice", {hubbub_program, "alice@" + target(daemon.address())});
    tmux.expect_last("alice", "lobby >");
  }

  void enter(const std::string& line) const { tmux.type("alice", line, "Enter"); }
  void expect_line(const std::string& line) const { tmux.expect_last("alice", "lobby > " + line); }
};

}  // namespace

TEST_CASE("what was refused, by whom and why ever, comes back into the line") {
  const AliceRefused alice;
  const JsonClient bob = member(alice.daemon.address(), "bob");
  const std::string line = GENERATE("/nonesuch with words", "/join no/room", "/msg nobody psst", "/name bob",
                                    "/name no/name", "/go nowhere", "/set no.key on", "/join second");
  alice.enter(line);
  alice.expect_line(line);
}

TEST_CASE("what comes back is not glued to what somebody is typing, and is one Up away") {
  const AliceRefused alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  const std::string line = "/nonesuch with words";
  const bool at_once = GENERATE(true, false);
  alice.tmux.type("alice", line + "\rhello" + (at_once ? "\r" : ""));
  alice.tmux.expect("alice", "the arrow key up brings back what was refused");
  if (!at_once) {
    alice.expect_line("hello");
    alice.enter("");
  }
  CHECK(text_of(bob.expect("message"), "text") == "hello");
  alice.tmux.type("alice", "", "Up");
  alice.tmux.type("alice", "", "Up");
  alice.expect_line(line);
}

TEST_CASE("of what has come back a letter makes another line, and everything else goes on with it") {
  const AliceRefused alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.enter("/go bo");
  alice.expect_line("/go bo");
  SECTION("a letter, whenever it comes") {
    alice.enter("привет");
    CHECK(text_of(bob.expect("message"), "text") == "привет");
    alice.tmux.expect("alice", "the arrow key up brings back what was refused");
  }
  SECTION("a blank") {
    alice.tmux.type("alice", " b");
    alice.expect_line("/go bo b");
  }
  SECTION("a key that mends it") {
    alice.tmux.type("alice", "", "BSpace");
    alice.tmux.type("alice", "x");
    alice.expect_line("/go bx");
  }
  SECTION("a completion") {
    alice.tmux.type("alice", "", "C-a");
    alice.tmux.type("alice", "", "C-k");
    alice.tmux.expect("alice", "bob has joined lobby");
    alice.enter("/msg nobody bo");
    alice.tmux.expect("alice", "nobody here is called nobody");
    alice.expect_line("/msg nobody bo");
    alice.tmux.type("alice", "", "Tab");
    alice.expect_line("/msg nobody bob");
  }
}

}  // namespace hubbub::test
