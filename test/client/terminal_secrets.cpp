// Passwords that are asked for on a terminal: they are sent, and are seen nowhere.
#include <boost/json/serialize.hpp>
#include <csignal>
#include <fstream>
#include <string>

#include "test/client/alice.hpp"
#include "test/client/fake_server.hpp"
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

  void ask(const std::string& command, const std::string& question = "Password for alice: ") {
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
  terminal.expect("Password for alice: ");
  terminal.type("wrong\r");
  terminal.expect("the name or the password is wrong");
  terminal.expect("Password for alice: ");
  terminal.type(secret + "\r");
  terminal.expect("you are alice on");
  terminal.expect("lobby > ");
  CHECK(terminal.text().find("horse") == std::string::npos);
}

TEST_CASE("an answer is given up by Ctrl-C, Ctrl-D, a signal or nothing, and then nothing is sent") {
  Discreet alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.ask("/register");
  const int way = GENERATE(0, 1, 2, 3);
  if (way == 0) alice.terminal.type("correct-ho\x03");
  if (way == 1) alice.terminal.type("correct-ho\x04");
  if (way == 2) alice.terminal.type("\r");
  if (way == 3) alice.terminal.signal(SIGINT);
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
  alice.terminal.expect("Password for alice: ");
  alice.terminal.resize(60);
  bob.say("lobby", "is it not");
  alice.terminal.expect("is it not");
  alice.terminal.expect("Password for alice: ");
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
    alice.terminal.expect("that was several lines, and a password is one; try again");
    alice.terminal.expect("Password for alice: ");
    alice.terminal.type("\x03");
    alice.terminal.expect("/register was given up");
  }
  alice.leave();
}

TEST_CASE("a password that is typed while the link is cut goes out when it is back") {
  const Daemon daemon;
  Proxy proxy(daemon.address());
  PseudoTerminal terminal({hubbub_program, "alice@" + target(proxy.address())}, xterm);
  terminal.expect("lobby > ");
  terminal.type("/register\r");
  terminal.expect("Password for alice: ");
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

TEST_CASE("what another answer mends is asked for again, three times in all, and nothing is said meanwhile") {
  Discreet alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined");
  SECTION("a password that is too short, and answers that differ") {
    alice.ask("/register");
    alice.terminal.type("horse\r");
    alice.terminal.expect("Password again: ");
    alice.terminal.type("horse\r");
    alice.terminal.expect("8 characters");
    alice.terminal.expect("Password for alice: ");
    alice.terminal.type(secret + "\r");
    alice.terminal.expect("Password again: ");
    alice.terminal.type("other-horse\r");
    alice.terminal.expect("these are not the same; try again");
    alice.terminal.expect("Password for alice: ");
    alice.terminal.type(secret + "\r");
    alice.terminal.expect("Password again: ");
    alice.terminal.type(secret + "\r");
    alice.terminal.expect("is yours from now on");
  }
  SECTION("answers that differ three times") {
    alice.ask("/register");
    for (int time = 1; time <= 3; ++time) {
      alice.terminal.type(secret + "\r");
      alice.terminal.expect("Password again: ");
      alice.terminal.type("other-horse\r");
      alice.terminal.expect(time < 3 ? "these are not the same; try again"
                                     : "these are not the same; nothing was sent");
      alice.terminal.expect(time < 3 ? "Password for alice: " : "lobby > ");
    }
  }
  SECTION("a wrong one of another account, which is given up") {
    JsonClient nina = member(alice.daemon.address(), "nina");
    nina.answer({{"type", "register"}, {"password", secret}});
    alice.terminal.expect("nina has joined");
    alice.ask("/login nina", "Password for nina: ");
    alice.terminal.type("wrong-horse\r");
    alice.terminal.expect("the name or the password is wrong");
    alice.terminal.expect("Password for nina: ");
    alice.terminal.type("\x04");
    alice.terminal.expect("/login was given up");
    alice.ask("/login nina", "Password for nina: ");
    alice.terminal.type(secret + "\r");
    alice.terminal.expect("nina");
  }
  alice.terminal.type("said aloud\r");
  CHECK(text_of(bob.expect("message"), "text") == "said aloud");
  alice.leave();
}

TEST_CASE("what is typed until the answer to a password is there is not said, and goes on when it is") {
  FakeServer server;
  PseudoTerminal terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm);
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    co_await peer.let_in(R"("last":0,"history":[],"complete":true)");
    terminal.expect("lobby > ");
    terminal.type("/login\r" + secret + "\r");
    const auto asked = co_await peer.expect("login");
    terminal.expect("waiting for the answer to /login (Ctrl-C: no longer)");
    terminal.type("other-horse\r");
    terminal.expect("what you typed was discarded");
    terminal.type("third-");
    const std::string answer =
        R"({"type":"logged_in","account":"alice","name":"alice","token":"hub_new","ref":)" +
        boost::json::serialize(asked.at("ref")) + "}";
    co_await peer.send(answer);
    terminal.expect("the answer is there; Enter goes on");
    terminal.type("horse\r");
    terminal.expect("what you typed meanwhile was discarded");
    terminal.expect("lobby > ");
    co_await peer.expect("conversations");
    terminal.type("said aloud\r");
    const auto said = co_await peer.take_say(1);
    CHECK(said.at("text").as_string() == "said aloud");
  });
  CHECK(terminal.text().find("horse") == std::string::npos);
  check_files_are_without(terminal.home().path(), "horse");
}

TEST_CASE("a session that ends while a password is typed keeps the terminal until it has been typed") {
  const bool is_waiting = GENERATE(false, true);
  FakeServer server;
  PseudoTerminal terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm);
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    co_await peer.let_in(R"("last":0,"history":[],"complete":true)");
    terminal.expect("lobby > ");
    terminal.type("/login\r");
    terminal.expect("Password for alice: ");
    terminal.type("correct-");
    std::string ref;
    if (is_waiting) {
      terminal.type("horse\r");
      const auto asked = co_await peer.expect("login");
      ref = R"(,"ref":)" + boost::json::serialize(asked.at("ref"));
      terminal.expect("waiting for the answer");
    }
    const std::string bye = R"({"type":"bye","code":"auth_failed","text":"wrong, three times")" + ref + "}";
    co_await peer.send(bye);
    co_await peer.expect_end();
    terminal.expect("the session is over; Enter ends hubbub");
    CHECK(terminal.text().find("\x1b[?2004l") == std::string::npos);  // it has not been given back
    terminal.type("horse\rhorse\r");
  });
  CHECK(terminal.wait_exit() == 1);
  CHECK(terminal.text().find("horse") == std::string::npos);
  check_files_are_without(terminal.home().path(), "horse");
}

TEST_CASE("/login asks for the account that its question has named, whatever one is called meanwhile") {
  FakeServer server;
  PseudoTerminal terminal({hubbub_program, "alice@127.0.0.1:" + std::to_string(server.port())}, xterm);
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    co_await peer.welcome("alice");
    co_await peer.let_in(R"("last":0,"history":[],"complete":true)");
    terminal.expect("lobby > ");
    terminal.type("/login\r");
    terminal.expect("Password for alice: ");
    co_await peer.send(R"({"type":"renamed","old":"alice","new":"carol"})");
    terminal.expect("carol");
    terminal.type(secret + "\r");
    const auto asked = co_await peer.expect("login");
    CHECK(asked.at("account").as_string() == "alice");
  });
}

TEST_CASE("a password on the line, without a slash, or as a token is not sent, and is not kept") {
  Alice alice;
  JsonClient bob = member(alice.daemon.address(), "bob");
  alice.terminal.expect("bob has joined");
  for (const std::string line : {"/login alice hunter2", "/register hunter2", "/password hunter2 hunter2"}) {
    alice.terminal.type(line + "\r");
    alice.terminal.expect("takes");  // where the line is broken depends on the command
    alice.terminal.expect("and it is asked");
  }
  alice.terminal.type("login alice hunter2\r");
  alice.terminal.expect("it looks like /login (y/n)");
  alice.terminal.type("n");
  alice.terminal.expect("it was not said");
  alice.terminal.type("hub_" + std::string(43, 'x') + "\r");
  alice.terminal.expect("that is a token or an invitation");
  alice.terminal.type("register now please\r");
  alice.terminal.expect("it looks like /register (y/n)");
  alice.terminal.type("y");
  CHECK(text_of(bob.expect("message"), "text") == "register now please");
  alice.terminal.type("/quit\r");
  CHECK(alice.terminal.wait_exit() == 0);
  check_files_are_without(alice.terminal.home().path(), "hunter2");
  check_files_are_without(alice.terminal.home().path(), "hub_");
}

TEST_CASE("/login with a password in the place of a name is not sent, and not kept") {
  Discreet alice;
  alice.ask("/login hunter2", "log in to the account hunter2? (y or n, and Enter)");
  alice.terminal.type(secret + "\r");
  alice.terminal.expect("nothing was sent; a password is not typed on the line");
  alice.ask("/login ALICE", "Password for ALICE: ");  // one's own name is no question
  alice.terminal.type("\x03");
  alice.terminal.expect("/login was given up");
  alice.leave();
  check_files_are_without(alice.terminal.home().path(), "hunter2");
}

TEST_CASE("nothing can be said to an account that has been erased, and one is told so") {
  Alice alice;
  alice.terminal.type("/msg #5 hi\r");
  alice.terminal.expect("the account #5 has been erased");
  alice.terminal.type("\x03");
  alice.terminal.type("/quit\r");
  CHECK(alice.terminal.wait_exit() == 0);
}

TEST_CASE("stopped and continued, it still asks, and does not show what it has been told") {
  Discreet alice;
  alice.ask("/register");
  alice.terminal.type("correct-");
  alice.terminal.signal(SIGTSTP);  // no shell could continue it, and so it does not stop for long
  alice.terminal.expect("Password for alice: ");
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
  tmux.expect_last("alice", "Password for alice:");
  tmux.type("alice", "correct-");
  bob.say("lobby", "hello");
  alice("hello");
  tmux.expect_last("alice", "Password for alice:");
  tmux.resize("alice", 40, 10);
  tmux.expect_last("alice", "Password for alice:");
  bob.say("lobby", "and good bye");
  alice("and good bye");
  tmux.expect_last("alice", "Password for alice:");
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
