// `hubbub say`, with the real daemon.
#include <csignal>

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
  CHECK(shell(daemon, "$hubbub say -s bot@$to ops 'two\nlines'").exit_code == 0);
  CHECK(said(bob.sync()) == Strings{"build 41 -is --green", "-x /me", "two\nlines"});
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
  CHECK(shell(daemon, "HUBBUB_SERVER=Ann@$to $hubbub say ops hi").exit_code == 0);
  CHECK(author(ann) == "Ann-2");
  CHECK(shell(daemon, "HUBBUB_SERVER=bot@$to $hubbub say ops hi").exit_code == 0);
  CHECK(author(ann) == "bot");
  CHECK(shell(daemon, "USER='no name' $hubbub say ops hi").exit_code == 0);
  CHECK(author(ann).starts_with("guest-"));
  const Outcome taken = shell(daemon, "$hubbub say -s ann@$to ops hi");
  CHECK(taken.exit_code == 1);
  CHECK(taken.err.find("the name ann is taken") != std::string::npos);
  CHECK(said(ann.sync()).empty());
}

TEST_CASE_METHOD(Unlimited, "what is refused of the input is told by its line, and the rest is said") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  const Outcome outcome =
      shell(daemon, "(echo 1; echo; head -c 5000 /dev/zero | tr '\\0' x; echo; echo 2) | $hubbub say ops");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err.starts_with("hubbub: line 3: "));
  CHECK(outcome.err.ends_with("the text has 5000 bytes; at most 4096 are allowed\n"));
  CHECK(said(bob.sync()) == Strings{"1", "2"});
  const Outcome one = shell(daemon, "head -c 5000 /dev/zero | tr '\\0' x | $hubbub say ops --one");
  CHECK(one.exit_code == 1);
  CHECK(one.err.find("the text has 5000 bytes") != std::string::npos);
  CHECK(shell(daemon, "yes | head -c 2000000 | $hubbub say ops --one").exit_code == 1);
  CHECK(said(bob.sync()).empty());
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
  CHECK(misused.err == "hubbub: say where and what: hubbub say ROOM TEXT; try --help\n");
  CHECK(shell(daemon, "$hubbub say --help").out.starts_with("Usage: hubbub say "));
}

TEST_CASE_METHOD(Unlimited, "nobody who has closed the output keeps say from saying it") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  CHECK(shell(daemon, "$hubbub say ops hi >&-").exit_code == 0);
  CHECK(shell(daemon, "$hubbub say ops ho | true").exit_code == 0);
  CHECK(said(bob.sync()) == Strings{"hi", "ho"});
}

}  // namespace hubbub::test
