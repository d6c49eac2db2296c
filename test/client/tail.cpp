// `hubbub tail`, with the real daemon.
#include <algorithm>
#include <csignal>
#include <optional>

#include "test/client/shell.hpp"
#include "test/support/catch.hpp"
#include "test/support/proxy.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

using Strings = std::vector<std::string>;

namespace {

Strings some(int first, int last) {
  Strings texts;
  for (int number = first; number <= last; ++number) texts.push_back(std::to_string(number));
  return texts;
}

/// A daemon in which 1, 2, … were said in dev.
struct Past : Unlimited {
  void say(int first, int last) {
    for (int number = first; number <= last; ++number)
      bob.send({{"type", "say"}, {"room", "dev"}, {"text", std::to_string(number)}});
    bob.sync();
  }
  Strings tail(const std::string& arguments) {
    const Outcome outcome = shell(daemon, "$hubbub tail dev --json " + arguments);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err.empty());
    return said(objects(outcome.out));
  }

  JsonClient bob = member(daemon.address(), "bob", "dev");
};

/// Runs until it is told to stop.
struct Following {
  Process process;

  Following(const Daemon& daemon, const std::string& arguments)
      : process(shell_command(daemon, "exec $hubbub tail dev --json " + arguments)) {}

  /// What it has printed, once that text is among it.
  Strings until(const std::string& text) {
    const bool came = process.out().wait_for("\"text\":\"" + text + '"', 0, patience);
    INFO(process.err().text());
    REQUIRE(came);
    process.signal(SIGTERM);
    CHECK(process.wait_exit() == 128 + SIGTERM);
    return said(objects(process.out().text()));
  }
};

}  // namespace

TEST_CASE_METHOD(Past, "tail begins with the last ten messages, or as many as are wanted") {
  say(1, 20);
  CHECK(tail("--no-follow") == some(11, 20));
  CHECK(tail("--no-follow -n 3") == some(18, 20));
  CHECK(tail("--no-follow --lines=50") == some(1, 20));
  CHECK(tail("--no-follow -n0").empty());
}

TEST_CASE_METHOD(Past, "tail tells of a room that is new, unless that is meant, and goes on") {
  const Outcome mistyped = shell(daemon, "$hubbub tail dve --no-follow");
  CHECK(mistyped.exit_code == 0);
  CHECK(mistyped.out.empty());
  CHECK(mistyped.err.starts_with("hubbub: dve is a new room: nobody else is in it, "));
  CHECK(shell(daemon, "$hubbub tail dve --no-follow --new").err.empty());
  Process waiting(shell_command(daemon, "exec timeout 20 $hubbub tail dve | head -1"));
  REQUIRE(waiting.err().wait_for("dve is a new room", 0, patience));
  CHECK(shell(daemon, "$hubbub say --new dve hi").exit_code == 0);
  REQUIRE(waiting.out().wait_for("ann: hi", 0, patience));
}

TEST_CASE_METHOD(Past, "tail pages through a past that does not fit into one answer") {
  say(1, 2500);
  CHECK(tail("--no-follow -n 2000") == some(501, 2500));
  CHECK(tail("--no-follow -n 100000") == some(1, 2500));
  CHECK(tail("--no-follow --since 0") == some(1, 2500));
}

TEST_CASE_METHOD(Past, "tail goes on with what is being said, and ends when its reader has seen enough") {
  say(1, 2);
  Process tail(shell_command(daemon, "timeout 20 $hubbub tail dev --json -f | head -3"));
  bob.expect("presence");
  say(3, 3);
  CHECK(tail.wait_exit() == 0);
  CHECK(said(objects(tail.out().text())) == some(1, 3));
  CHECK(tail.err().text().empty());
}

TEST_CASE_METHOD(Past, "tail ends with its reader also when nothing more is said") {
  say(1, 5);
  const Outcome outcome = shell(daemon, "$hubbub tail dev --json | head -3");
  CHECK(said(objects(outcome.out)) == some(1, 3));
  CHECK(shell(daemon, "$hubbub tail dev --json | head -5").err.empty());
  CHECK(shell(daemon, "($hubbub tail dev --json; echo $? >&2) | head -1").err == "0\n");
}

TEST_CASE_METHOD(Past, "tail prints a line for a message, whatever is in it") {
  bob.say("dev", "one\ntwo \x1b[2J\u202e");
  bob.send({{"type", "say"}, {"room", "dev"}, {"text", "waves"}, {"action", true}});
  bob.sync();
  const std::string out = shell(daemon, "$hubbub tail dev --no-follow | cut -c 11-").out;
  // A minute may pass in between, but not the zone.
  CHECK(out.find("+01:00 bob: one\\ntwo [2J\n") != std::string::npos);
  CHECK(out.ends_with("+01:00 * bob waves\n"));
  CHECK(std::count(out.begin(), out.end(), '\n') == 2);
}

TEST_CASE_METHOD(Past, "tail goes on in a later run where an earlier one has ended") {
  say(1, 700);
  Following first(daemon, "--since 0");
  CHECK(first.until("700") == some(1, 700));
  const Event last = objects(first.process.out().text()).back();
  say(701, 1500);
  Following second(daemon, "--since " + std::to_string(number_of(last, "seq")));
  CHECK(second.until("1500") == some(701, 1500));
  const Outcome newest = shell(daemon, "$hubbub tail dev --no-follow --since 9007199254740992");
  CHECK(newest.exit_code == 0);
  CHECK(newest.out.empty());
  CHECK(newest.err.find("nothing is as new as 9007199254740992") != std::string::npos);
}

TEST_CASE_METHOD(Past, "tail knows a room by any spelling of its name") {
  say(1, 700);
  CHECK(said(objects(shell(daemon, "$hubbub tail DEV --json --no-follow --since 0").out)) == some(1, 700));
}

TEST_CASE_METHOD(Past, "what is said while the past is read comes after it") {
  say(1, 3000);
  Following reader(daemon, "-n 2000");
  say(3001, 4000);
  const Strings read = reader.until("4000");
  // Where it began is a matter of when; from there on nothing is missing.
  REQUIRE(read.size() >= 2000);
  CHECK(read == some(std::stoi(read.front()), 4000));
}

TEST_CASE_METHOD(Past, "tail takes no name of a person") {
  JsonClient ann = member(daemon.address(), "ann", "dev");
  say(1, 1);
  Following one(daemon, "-f");
  CHECK(text_of(bob.expect("presence"), "type") == "presence");
  REQUIRE(one.process.out().wait_for("\"1\"", 0, patience));
  Following other(daemon, "-f");
  REQUIRE(other.process.out().wait_for("\"1\"", 0, patience));
  Following third(daemon, "-s bob@" + target(daemon.address()));
  REQUIRE(third.process.out().wait_for("\"1\"", 0, patience));
  CHECK(shell(daemon, "$hubbub who dev").out == "ann\nann-tail\nann-tail-2\nbob\nbob-tail\n");
}

TEST_CASE_METHOD(Past, "tail survives a link that breaks while it reads, without a gap or a repeat") {
  say(1, 2500);
  const auto how = GENERATE(Proxy::Cut::finish, Proxy::Cut::reset);
  for (const char* const from : {"--since 0", "-n 5000"}) {
    Proxy proxy(daemon.address());
    proxy.cut_after(Proxy::Way::to_client, 150'000, how);
    Following tail(daemon, from + (" -s " + target(proxy.address())));
    CHECK(tail.until("2500") == some(1, 2500));
    CHECK(proxy.cuts() == 1);
  }
}

TEST_CASE_METHOD(Past, "tail looks for a name anew whenever the link was lost, near the one it wants") {
  Proxy proxy(daemon.address());
  // Bob sees each before the next one comes in.
  const auto next_in_dev = [&] {
    for (;;) {
      const Event presence = bob.expect("presence");
      if (!has(presence, "joined")) continue;
      for (const std::string& name : texts_of(presence, "joined"))
        if (name.starts_with("ann-tail")) return name;
    }
  };
  const JsonClient first = member(daemon.address(), "ann-tail", "dev");
  CHECK(next_in_dev() == "ann-tail");
  const Process tail(shell_command(daemon, "exec $hubbub tail dev -f -s ann@" + target(proxy.address())));
  // The name that it has got, and then has lost to somebody else while it was away.
  const auto lose = [&](const std::string& name) {
    CHECK(next_in_dev() == name);
    // What was said after it came in shows that it knows of that.
    bob.say("dev", "to " + name);
    REQUIRE(tail.out().wait_for("to " + name + '\n', 0, patience));
    proxy.refuse();
    proxy.cut(Proxy::Cut::reset);
    CHECK_FALSE(bob.expect_departure(name).empty());
    JsonClient taker = member(daemon.address(), name, "dev");
    CHECK(next_in_dev() == name);
    return taker;
  };
  std::optional<JsonClient> second = lose("ann-tail-2");
  proxy.pass();
  const JsonClient third = lose("ann-tail-3");
  second.reset();
  CHECK_FALSE(bob.expect_departure("ann-tail-2").empty());
  proxy.pass();
  CHECK(next_in_dev() == "ann-tail-2");
}

TEST_CASE("tail survives a server that is killed and comes back, without a gap or a repeat") {
  const TemporaryDirectory home;
  const DaemonOptions options{.config = "[limits]\nmessages_per_second = 0\n",
                              .listen = {"unix:" + (home.path() / "chat.sock").string()},
                              .state_dir = home.path() / "state",
                              .engine = "sqlite"};
  std::optional<Daemon> daemon(std::in_place, options);
  const auto say = [&](int first, int last) {
    JsonClient bob = member(daemon->address(), "bob", "dev");
    for (int number = first; number <= last; ++number)
      bob.send({{"type", "say"}, {"room", "dev"}, {"text", std::to_string(number)}});
    bob.sync();
  };
  say(1, 3);
  Following tail(*daemon, "-f");
  REQUIRE(tail.process.out().wait_for("\"text\":\"3\"", 0, patience));
  daemon->kill();
  daemon.reset();
  REQUIRE(tail.process.err().wait_for("the connection is lost", 0, patience));
  daemon.emplace(options);
  say(4, 1200);
  CHECK(tail.until("1200") == some(1, 1200));
}

TEST_CASE_METHOD(Unlimited, "tail tells when there is no server, and when it makes no sense") {
  CHECK(shell(daemon, "$hubbub tail dev -s 127.0.0.1:1").exit_code == 1);
  const Outcome none = shell(daemon, "$hubbub tail");
  CHECK(none.exit_code == 2);
  CHECK(none.err == "hubbub: say which room: hubbub tail ROOM; hubbub tail --help says more\n");
  CHECK(shell(daemon, "$hubbub tail dev -n 1 --since 5").exit_code == 2);
  CHECK(shell(daemon, "$hubbub tail --help").out.starts_with("Usage: hubbub tail "));
}

}  // namespace hubbub::test
