// Passwords that are asked for on a terminal: they are sent, and are seen nowhere.
#include <csignal>
#include <fstream>
#include <string>

#include "test/client/alice.hpp"
#include "test/client/screen.hpp"
#include "test/client/secrecy.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

const std::string secret = "correct-horse";

/// Alice, whose secret is on no screen and in no file when the test is over.
struct Discreet : Alice {
  using Alice::Alice;
  ~Discreet() {
    CHECK(terminal.text().find("horse") == std::string::npos);
    check_files_are_without(terminal.home().path(), secret);
  }
  Discreet(const Discreet&) = delete;
  Discreet& operator=(const Discreet&) = delete;

  void ask(const std::string& command, const std::string& question = "Password: ") {
    terminal.type(command + "\r");
    terminal.expect(question);
  }
  void leave() {
    terminal.type("/quit\r");
    CHECK(terminal.wait_exit() == 0);
    CHECK(terminal.is_sane());
  }
  void enroll() {
    ask("/register");
    terminal.type(secret + "\r");
    terminal.expect("Password again: ");
    terminal.type(secret + "\r");
    terminal.expect("the name alice is yours from now on");
  }
};

/// What a password has when nobody else can have typed it.
bool is_password(const Daemon& daemon, const std::string& password) {
  JsonClient other = member(daemon.address(), "other");
  const Event answer = other.answer({{"type", "login"}, {"account", "alice"}, {"password", password}});
  return text_of(answer, "type") == "logged_in";
}

}  // namespace

TEST_CASE("what /register, /password and /login need is asked for without showing it") {
  Discreet alice;
  alice.enroll();
  check_arguments_are_without(secret);
  alice.ask("/password", "Old password: ");
  alice.terminal.type(secret + "\r");
  alice.terminal.expect("New password: ");
  alice.terminal.type("another " + secret + "\r");
  alice.terminal.expect("New password again: ");
  alice.terminal.type("another " + secret + "\r");
  alice.terminal.expect("done");
  alice.terminal.type("/logout\r");
  alice.terminal.expect("you are logged out");
  alice.terminal.type("/name alice2\r");
  alice.terminal.expect("alice2");
  CHECK(is_password(alice.daemon, "another " + secret));
  alice.leave();
}

TEST_CASE("a password that is typed before it is asked for is not shown by the terminal itself either") {
  Discreet alice;
  alice.terminal.type("/register\r" + secret + "\r" + secret + "\r");
  alice.terminal.expect("is yours from now on");
  // It has not been given back in between, in which it would show what is typed.
  CHECK(alice.terminal.text().find("\x1b[?2004l") == std::string::npos);
  alice.terminal.type("/quit\r");
  alice.terminal.expect("\x1b[?2004l");
  CHECK(alice.terminal.wait_exit() == 0);
}

TEST_CASE("a password is asked for where the name was refused, and again when it was wrong") {
  const Daemon daemon;
  member(daemon.address(), "alice").answer({{"type", "register"}, {"password", secret}});
  PseudoTerminal terminal({hubbub_program, "alice@" + target(daemon.address())}, xterm);
  terminal.expect("(not connected");
  terminal.type("/login\r");
  terminal.expect("Password: ");
  terminal.type("wrong\r");
  terminal.expect("the name or the password is wrong");
  terminal.type("/login\r");
  terminal.expect("Password: ");
  terminal.type(secret + "\r");
  terminal.expect("you are alice on");
  terminal.expect("lobby > ");
  CHECK(terminal.text().find("horse") == std::string::npos);
}

TEST_CASE("an answer is given up by Ctrl-C, Ctrl-D, a signal or nothing, and then nothing is sent") {
  Discreet alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.ask("/register");
  const int way = GENERATE(0, 1, 2, 3, 4);
  if (way == 0) alice.terminal.type("correct-ho\x03");
  if (way == 1) alice.terminal.type("correct-ho\x04");
  if (way == 2) alice.terminal.type("\r");
  if (way == 3) alice.terminal.type(secret + "\rother-horse\r");
  if (way == 4) alice.terminal.signal(SIGINT);
  alice.terminal.expect("nothing was sent");
  alice.terminal.expect("lobby > ");
  alice.terminal.type("still here\r");
  alice.terminal.expect("still here");
  CHECK_FALSE(has(bob.expect("message"), "account"));
  // Neither the history nor the kill ring has anything to bring back.
  alice.terminal.type("\x1b[A\x1b[A\x19\x1by\x1b_");
  alice.terminal.expect("/register");
  alice.terminal.type("\x03");
  alice.leave();
}

TEST_CASE("what comes while a password is typed is shown above the question, which is there again") {
  Discreet alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined");
  alice.ask("/register");
  alice.terminal.type("correct-");
  bob.say("lobby", "nice weather");
  alice.terminal.expect("nice weather");
  alice.terminal.expect("Password: ");
  alice.terminal.resize(60);
  bob.say("lobby", "is it not");
  alice.terminal.expect("is it not");
  alice.terminal.expect("Password: ");
  alice.terminal.type("horse\r");
  alice.terminal.expect("Password again: ");
  alice.terminal.type("\x0C");
  alice.terminal.expect("nice weather");
  alice.terminal.expect("Password again: ");
  alice.terminal.type(secret + "\r");
  alice.terminal.expect("is yours from now on");
  alice.terminal.expect("lobby > ");
  CHECK(is_password(alice.daemon, secret));
  alice.leave();
}

TEST_CASE("a pasted password is taken without its line feed, and several lines are none") {
  Discreet alice;
  alice.ask("/register");
  SECTION("one line") {
    alice.terminal.type("\x1b[200~" + secret + "\r\n\x1b[201~\r");
    alice.terminal.expect("Password again: ");
    alice.terminal.type("\x1b[200~correct-\x1b[201~horse\r");
    alice.terminal.expect("is yours from now on");
    CHECK(is_password(alice.daemon, secret));
  }
  SECTION("two lines") {
    alice.terminal.type("\x1b[200~" + secret + "\r" + secret + "\r\x1b[201~\r");
    alice.terminal.expect("that was several lines, and a password is one; nothing was sent");
  }
  alice.leave();
}

TEST_CASE("a password that is typed while the link is cut goes out when it is back") {
  const Daemon daemon;
  Proxy proxy(daemon.address());
  PseudoTerminal terminal({hubbub_program, "alice@" + target(proxy.address())}, xterm);
  terminal.expect("lobby > ");
  terminal.type("/register\r");
  terminal.expect("Password: ");
  terminal.type("correct-");
  proxy.cut(Proxy::Cut::reset);
  terminal.expect("the connection is lost");
  terminal.expect("connected again as alice");
  terminal.type("horse\r");
  terminal.expect("Password again: ");
  terminal.type(secret + "\r");
  terminal.expect("is yours from now on");
  CHECK(terminal.text().find("horse") == std::string::npos);
  CHECK(is_password(daemon, secret));
}

TEST_CASE("what was refused comes back into the line without its password") {
  Discreet alice;
  alice.ask("/register");
  alice.terminal.type("horse\r");
  alice.terminal.expect("Password again: ");
  alice.terminal.type("horse\r");
  alice.terminal.expect("8 characters");
  alice.terminal.expect("> /register");
  alice.terminal.type("\r");
  alice.terminal.expect("Password: ");
  alice.terminal.type("\x03");
  alice.terminal.expect("nothing was sent");
  alice.leave();
}

TEST_CASE("stopped and continued, it still asks, and does not show what it has been told") {
  Discreet alice;
  alice.ask("/register");
  alice.terminal.type("correct-");
  alice.terminal.signal(SIGTSTP);  // no shell could continue it, and so it does not stop for long
  alice.terminal.expect("Password: ");
  alice.terminal.type("horse\r");
  alice.terminal.expect("Password again: ");
  alice.terminal.type(secret + "\r");
  alice.terminal.expect("is yours from now on");
  CHECK(is_password(alice.daemon, secret));
  alice.leave();
}

TEST_CASE("on a terminal that can only print a password is not shown either") {
  Discreet alice({"TERM=dumb", "INPUTRC=/dev/null", "NO_COLOR=1"});
  alice.enroll();
  alice.leave();
}

TEST_CASE("in vi mode and with other keys for Enter a password is asked for all the same") {
  const TemporaryDirectory home;
  const auto inputrc = home.path() / "inputrc";
  std::ofstream(inputrc)
      << ("set editing-mode vi\nset keymap vi-insert\n\"h\": backward-kill-word\n\"o\": \"#\"\n");
  Discreet alice({"TERM=xterm-256color", "INPUTRC=" + inputrc.string(), "NO_COLOR=1"});
  alice.enroll();
  CHECK(is_password(alice.daemon, secret));
  alice.leave();
}

TEST_CASE("in a pipe nothing is asked for") {
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  const Outcome outcome =
      run({.arguments = {"/bin/sh", "-c",
                         "echo /login | " + hubbub_program + " alice@" + target(daemon.address())},
           .environment = {}});
  CHECK(outcome.exit_code == 0);
  CHECK(text_of(bob.expect("message"), "text") == "/login");
}

TEST_CASE_METHOD(ThreeRooms,
                 "on the screen a question for a password is a line like another, and stays empty") {
  JsonClient bob = member(daemon.address(), "bob");
  tmux.type("alice", "/register", "Enter");
  tmux.expect_last("alice", "Password:");
  tmux.type("alice", "correct-");
  bob.say("lobby", "hello");
  alice("hello");
  tmux.expect_last("alice", "Password:");
  tmux.resize("alice", 40, 10);
  tmux.expect_last("alice", "Password:");
  bob.say("lobby", "and good bye");
  alice("and good bye");
  tmux.expect_last("alice", "Password:");
  tmux.paste("alice", "horse\n");
  tmux.key("alice", "Enter");
  tmux.expect_last("alice", "Password again:");
  tmux.resize("alice", 80, 24);
  tmux.type("alice", "correct-horse", "Enter");
  alice("the name alice is yours from now on");
  const Strings all = tmux.scrollback("alice");
  CHECK(count(all, "horse") == 0);
  CHECK(count(all, "correct") == 0);
  CHECK(count(all, "Password") == 0);
  CHECK(count(all, "/register") == 0);
  CHECK(count(all, "hello") == 1);
}

}  // namespace hubbub::test
