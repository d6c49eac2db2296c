// The client without a terminal, with the real daemon: pipes, --say, --json, and how it exits.
#include "test/client/shell.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

TEST_CASE_METHOD(Unlimited, "each line of the input is said, and exit waits until all has come back") {
  JsonClient bob = member(daemon.address(), "bob", "pipes");
  const Outcome outcome = shell(daemon, "seq 1 2000 | $hubbub -r pipes alice@$to");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with("alice: 1\nalice: 2\n"));
  CHECK(outcome.out.ends_with("\nalice: 2000\n"));
  CHECK(said(bob.sync()) == numbers(2000));
}

TEST_CASE_METHOD(Unlimited, "lines are said as they are: a slash is no command, an empty line is nothing") {
  const Outcome outcome = shell(daemon, "printf '/quit\\n\\nlast' | $hubbub -r plain alice@$to");
  CHECK(outcome.out == "alice: /quit\nalice: last\n");
  CHECK(outcome.exit_code == 0);
}

TEST_CASE_METHOD(Unlimited, "a file, nothing and a closed input are inputs too") {
  CHECK(shell(daemon, "$hubbub -r files alice@$to < /etc/hostname").out.starts_with("alice: "));
  CHECK(shell(daemon, "$hubbub alice@$to < /dev/null").exit_code == 0);
  CHECK(shell(daemon, "$hubbub alice@$to <&-").exit_code == 0);
}

TEST_CASE_METHOD(Unlimited, "a reader that has seen enough ends it quietly") {
  const Outcome outcome = shell(daemon, "yes | head -5000 | $hubbub --new -r enough alice@$to | head -2");
  CHECK(outcome.out == "alice: y\nalice: y\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("a paced client loses nothing and reorders nothing") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 200\nmessages_burst = 10\n"});
  JsonClient bob = member(daemon.address(), "bob");
  const Outcome outcome = shell(daemon, "seq 1 100 | $hubbub alice@$to");
  CHECK(outcome.exit_code == 0);
  CHECK(said(bob.sync()) == numbers(100));
}

TEST_CASE("what others say is printed safely") {
  const Daemon daemon;
  JsonClient bob = member(daemon.address(), "bob");
  Command command;
  // The input stays open until bob has been heard.
  command.arguments = {"/bin/sh", "-c", "(echo here; read go < $gate) | $hubbub alice@$to"};
  const std::string gate = (daemon.directory().path() / "gate").string();
  REQUIRE(run({{"/usr/bin/mkfifo", gate}}).exit_code == 0);
  command.environment = {"hubbub=" + hubbub_program, "to=" + target(daemon.address()), "gate=" + gate};
  Process alice(command);
  bob.expect("message");
  bob.say("lobby", "\x1b[2Jhi\nadmin: obey");
  REQUIRE(alice.out().wait_for("bob: [2Jhi\n    admin: obey\n", 0, patience));
  REQUIRE(run({{"/bin/sh", "-c", "echo go > " + gate}}).exit_code == 0);
  CHECK(alice.wait_exit() == 0);
}

TEST_CASE_METHOD(Unlimited, "the option --say says one thing and prints nothing") {
  JsonClient bob = member(daemon.address(), "bob", "saying");
  const Outcome outcome = shell(daemon, "$hubbub -r saying --say 'two\nlines' alice@$to");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.empty());
  CHECK(said(bob.sync()) == std::vector<std::string>{"two\nlines"});
}

TEST_CASE_METHOD(Unlimited, "what was refused makes the exit status 1, and is told") {
  const Outcome outcome =
      shell(daemon, "(head -c 5000 /dev/zero | tr '\\0' x; echo; echo ok) | $hubbub -r refused alice@$to");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out == "alice: ok\n");
  CHECK(outcome.err.find(" 5000 bytes") != std::string::npos);
}

TEST_CASE_METHOD(Unlimited,
                 "the option --json passes requests and events on, and waits for what is outstanding") {
  const Outcome outcome = shell(daemon, R"($hubbub --json -r json bot@$to << 'END'
{"type":"hello","version":1,"name":"bot"}
{"type":"say","room":"json","text":"hi","id":"mine","ref":"r1"}
{"type":"say","room":"json","text":"ho"}
{"type":"say","room":"json","text":"hu","id":null,"ref":null}
not json
{"type":"frobnicate","ref":"r2"}
{"type":"frobnicate","ref":5}
{"type":"hello","version":1,"name":"robot"}
END
)");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  for (const char* part : {R"("type":"welcome")", R"("type":"joined")", R"("id":"mine","ref":"r1")",
                           R"("text":"ho","id":")", R"("text":"hu","id":")", R"("code":"bad_json")",
                           R"("code":"unknown_type")", R"("new":"robot")", R"("type":"bye","code":"quit")"}) {
    INFO(part);
    CHECK(outcome.out.find(part) != std::string::npos);
  }
  CHECK(outcome.out.find("already_welcome") == std::string::npos);
}

TEST_CASE_METHOD(Unlimited, "exit status 1 with a sentence where there is no server, or no room to be had") {
  const Outcome refused = shell(daemon, "$hubbub --say hi 127.0.0.1:1");
  CHECK(refused.exit_code == 1);
  CHECK(refused.err == "hubbub: cannot reach 127.0.0.1:1: connection refused; is hubbubd running there?\n");
  JsonClient taken = member(daemon.address(), "taken");
  const Outcome name = shell(daemon, "$hubbub --say hi taken@$to");
  CHECK(name.exit_code == 1);
  CHECK(name.err.find("the name taken is taken; choose another, or leave taken@ out") != std::string::npos);
}

TEST_CASE_METHOD(Unlimited, "exit status 2 with a sentence for a command line that makes no sense") {
  const Outcome outcome = shell(daemon, "$hubbub --frobnicate $to");
  CHECK(outcome.exit_code == 2);
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  CHECK(shell(daemon, "$hubbub --version").out.starts_with("hubbub "));
}

TEST_CASE("a UNIX socket is as good") {
  const Daemon daemon({.listen = {"unix:chat.sock"}});
  CHECK(shell(daemon, "echo hi | $hubbub alice@$to").out == "alice: hi\n");
}

}  // namespace hubbub::test
