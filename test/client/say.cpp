// `hubbub say`, with the real daemon.
#include <csignal>

#include "test/client/pseudo_terminal.hpp"
#include "test/client/shell.hpp"
#include "test/support/catch.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {

using Strings = std::vector<std::string>;

namespace {

std::string author(JsonClient& reader) { return text_of(reader.expect("message"), "from"); }

}  // namespace

TEST_CASE_METHOD(Unlimited, "say says its words, joined by blanks, and prints nothing") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  const Outcome outcome = shell(daemon, "$hubbub say ops build 41 -is --green");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
  CHECK(shell(daemon, "$hubbub say ops -- '-x' '/me'").exit_code == 0);
  CHECK(shell(daemon, "$hubbub say ops green --new").err ==
        "hubbub: --new stands behind TEXT and is said, as a part of it; options go before ROOM (-- before "
        "TEXT: no "
        "such warning)\n");
  CHECK(shell(daemon, "$hubbub say -s bot@$to ops 'two\nlines'").exit_code == 0);
  CHECK(said(bob.sync()) == Strings{"build 41 -is --green", "-x /me", "green --new", "two\nlines"});
}

TEST_CASE_METHOD(Unlimited,
                 "say without words says each line of its input, and with --one all of it at once") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  CHECK(shell(daemon, "printf 'a\\n\\n b' | $hubbub say ops").exit_code == 0);
  CHECK(shell(daemon, "printf 'c\\n' | $hubbub say ops -").exit_code == 0);
  CHECK(shell(daemon, "printf '\\n1\\n\\n2\\n\\n' | $hubbub say ops --one").exit_code == 0);
  CHECK(shell(daemon, "$hubbub say ops < /dev/null").exit_code == 0);
  CHECK(shell(daemon, "$hubbub say --one ops < /dev/null").exit_code == 0);
  CHECK(said(bob.sync()) == Strings{"a", " b", "c", "\n1\n\n2"});
}

TEST_CASE_METHOD(Unlimited, "ten thousand lines through say arrive once and in order") {
  JsonClient bob = member(daemon.address(), "bob", "dev");
  const Outcome outcome = shell(daemon, "seq 1 10000 | $hubbub say dev");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.empty());
  CHECK(said(bob.sync()) == numbers(10000));
}

TEST_CASE_METHOD(Unlimited, "lines through say arrive once and in order though the link breaks") {
  JsonClient bob = member(daemon.address(), "bob", "dev");
  const auto way = GENERATE(Proxy::Way::to_server, Proxy::Way::to_client);
  Proxy proxy(daemon.address());
  proxy.cut_after(way, 50'000, Proxy::Cut::reset);
  const Outcome outcome = shell(daemon, "seq 1 3000 | $hubbub say dev -s ann@" + target(proxy.address()));
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.ends_with("hubbub: connected again\n"));
  CHECK(proxy.cuts() == 1);
  CHECK(said(bob.sync()) == numbers(3000));
}

TEST_CASE("say keeps to the pace of the server, and loses nothing by it") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 200\nmessages_burst = 10\n"});
  JsonClient bob = member(daemon.address(), "bob", "dev");
  CHECK(shell(daemon, "yes | head -100 | $hubbub say dev").exit_code == 0);
  CHECK(said(bob.sync()) == Strings(100, "y"));
}

TEST_CASE_METHOD(Unlimited, "a name that was typed is the only one that will do, any other is a preference") {
  JsonClient ann = member(daemon.address(), "ann", "ops");
  CHECK(shell(daemon, "$hubbub say ops hi").exit_code == 0);
  CHECK(author(ann) == "ann-2");
  CHECK(shell(daemon, "$hubbub say ops hi").err == "hubbub: the name ann is taken; going by ann-2\n");
  CHECK(author(ann) == "ann-2");
  CHECK(shell(daemon, "echo hi | $hubbub -r ops").err == "hubbub: the name ann is taken; going by ann-2\n");
  CHECK(author(ann) == "ann-2");
  CHECK(shell(daemon, "USER=carl; echo hi | $hubbub -r ops").out == "carl: hi\n");
  CHECK(author(ann) == "carl");
  CHECK(shell(daemon, "HUBBUB_SERVER=Ann@$to $hubbub say ops hi").exit_code == 0);
  CHECK(author(ann) == "Ann-2");
  CHECK(shell(daemon, "HUBBUB_SERVER=bot@$to $hubbub say ops hi").exit_code == 0);
  CHECK(author(ann) == "bot");
  CHECK(shell(daemon, "USER='no name' $hubbub say ops hi")
            .err.starts_with(
                "hubbub: no name was given, and that of the user cannot be one here; going by guest-"));
  CHECK(author(ann).starts_with("guest-"));
  const Outcome taken = shell(daemon, "$hubbub say -s ann@$to ops hi");
  CHECK(taken.exit_code == 1);
  CHECK(taken.err ==
        "hubbub: " + target(daemon.address()) +
            ": the name ann is taken; choose another, or leave ann@ out: then one that is free is "
            "found\n");
  CHECK(said(ann.sync()).empty());
}

TEST_CASE_METHOD(Unlimited, "what is refused of the input is told by its line, and the rest is said") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  const Outcome outcome =
      shell(daemon, "(echo 1; echo; head -c 5000 /dev/zero | tr '\\0' x; echo; echo 2) | $hubbub say ops");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.starts_with("hubbub: line 3: "));
  CHECK(outcome.err.find(" 5000 bytes") != std::string::npos);
  CHECK(outcome.err.find('_') == std::string::npos);  // codes are for programs
  CHECK(said(bob.sync()) == Strings{"1", "2"});
  const Outcome one = shell(daemon, "head -c 5000 /dev/zero | tr '\\0' x | $hubbub say ops --one");
  CHECK(one.exit_code == 1);
  CHECK(one.err.starts_with("hubbub: "));
  CHECK(one.err.ends_with("; without --one each line is a message of its own\n"));
  CHECK(shell(daemon, "yes | head -c 2000000 | $hubbub say ops --one").exit_code == 1);
  CHECK(said(bob.sync()).empty());
}

TEST_CASE_METHOD(Unlimited,
                 "a room that is new is told of, unless that is meant or it is where everybody begins") {
  const Outcome mistyped = shell(daemon, "$hubbub say osp hi");
  CHECK(mistyped.exit_code == 0);
  CHECK(mistyped.err.starts_with("hubbub: osp is a new room: nobody else is in it, "));
  CHECK(shell(daemon, "$hubbub say osp hi").err.empty());
  CHECK(shell(daemon, "$hubbub say --new oso hi").err.empty());
  CHECK(shell(daemon, "$hubbub say lobby hi").err.empty());
  CHECK(shell(daemon, "$hubbub --say hi -r osr").err.starts_with("hubbub: osr is a new room: "));
  CHECK(shell(daemon, "echo hi | $hubbub --new -r ors").err.empty());
  const JsonClient bob = member(daemon.address(), "bob", "empty");
  CHECK(shell(daemon, "$hubbub say empty hi").err.empty());
}

TEST_CASE("who waits for the pace of the server at a terminal sees how far it has come, until it is done") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 20\nmessages_burst = 10\n"});
  JsonClient bob = member(daemon.address(), "bob", "dev");
  const Command command = shell_command(daemon, "seq 1 40 | $hubbub say dev; echo over");
  PseudoTerminal terminal(command.arguments, command.environment);
  terminal.expect(" of 40 sent, the server takes 20 a second");
  const std::string rest = terminal.expect("over");
  CHECK(rest.ends_with("  \r"));  // blanks over what was shown
  CHECK(terminal.wait_exit() == 0);
  CHECK(said(bob.sync()) == numbers(40));
}

TEST_CASE_METHOD(Unlimited, "who types at a terminal what is to be said is told how it ends") {
  JsonClient bob = member(daemon.address(), "bob", "dev");
  const Command command = shell_command(daemon, "$hubbub say dev; echo over");
  PseudoTerminal terminal(command.arguments, command.environment);
  terminal.expect("each line that you type is a message in dev; Ctrl-D ends");
  terminal.type("hi\n\x04");
  terminal.expect("over");
  CHECK(said(bob.sync()) == Strings{"hi"});
  const Command text = shell_command(daemon, "$hubbub say dev ho; echo over");
  PseudoTerminal other(text.arguments, text.environment);
  CHECK(other.expect("over").find("Ctrl-D") == std::string::npos);
}

TEST_CASE("nobody at a terminal, and nothing is shown of how far it has come") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 20\nmessages_burst = 10\n"});
  const Outcome outcome = shell(daemon, "seq 1 30 | $hubbub say --new dev");
  CHECK(outcome.out.empty());
  CHECK(outcome.err.empty());
}

TEST_CASE_METHOD(Unlimited, "whoever interrupts say is told how far it has come") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  const int signal = GENERATE(SIGINT, SIGTERM);
  // The input stays open, and so the sender waits for more of it.
  Process sender(shell_command(daemon,
                               "mkfifo $XDG_CONFIG_HOME/gate; exec 3<> $XDG_CONFIG_HOME/gate; seq 1 5 >&3; "
                               "exec $hubbub say ops <&3"));
  for (int number = 1; number <= 5; ++number) bob.expect("message");
  sender.signal(signal);
  CHECK(sender.wait_exit() == 128 + signal);
  CHECK(sender.err().wait_for(" said", 0, patience));
  CHECK(sender.err().text().starts_with("hubbub: interrupted; "));
}

TEST_CASE_METHOD(Unlimited, "say tells when there is no server, and when it makes no sense") {
  const Outcome unreachable = shell(daemon, "$hubbub say -s 127.0.0.1:1 ops hi");
  CHECK(unreachable.exit_code == 1);
  CHECK(unreachable.err ==
        "hubbub: cannot reach 127.0.0.1:1: connection refused; is hubbubd running there?\n");
  const Outcome misused = shell(daemon, "$hubbub say");
  CHECK(misused.exit_code == 2);
  CHECK(misused.err == "hubbub: say where and what: hubbub say ROOM TEXT; hubbub say --help says more\n");
  CHECK(shell(daemon, "$hubbub say --help").out.starts_with("Usage: hubbub say "));
}

TEST_CASE_METHOD(Unlimited, "an input that cannot be read is an error") {
  for (const char* input : {"< /", "0>/dev/null"}) {
    const Outcome outcome = shell(daemon, std::string("$hubbub say ops ") + input);
    INFO(input);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.err.find("hubbub: cannot read what is to be said: ") != std::string::npos);
  }
}

TEST_CASE_METHOD(Unlimited, "nobody who has closed the output keeps say from saying it") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  CHECK(shell(daemon, "$hubbub say ops hi >&-").exit_code == 0);
  CHECK(shell(daemon, "$hubbub say ops ho | true").exit_code == 0);
  CHECK(said(bob.sync()) == Strings{"hi", "ho"});
}

}  // namespace hubbub::test
