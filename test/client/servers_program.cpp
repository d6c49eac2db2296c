// The programs themselves with several servers of one chat: what is told of them.
#include <filesystem>

#include "test/client/alice.hpp"
#include "test/client/owner.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

using Catch::Matchers::ContainsSubstring;

DaemonOptions with_two_listeners() {
  DaemonOptions options;
  options.config = "[limits]\nmessages_per_second = 0\n";
  options.listen.assign(2, "tcp://127.0.0.1:0");
  return options;
}

/// Where nobody listens, and nobody else will for as long as it lives.
struct Nobody {
  Proxy proxy{Address{.host = "127.0.0.1", .port = 1}};

  Nobody() { proxy.refuse(); }
  std::string to() const { return target(proxy.address()); }
};

/// Two ways to one daemon: two servers of one chat.
struct TwoServers {
  Daemon daemon{with_two_listeners()};
  Proxy first{daemon.address(0)};
  Proxy second{daemon.address(1)};

  std::string one() const { return target(first.address()); }
  std::string two() const { return target(second.address()); }
  std::string both() const { return one() + "," + two(); }
  void lose_first() {
    first.refuse();
    first.cut(Proxy::Cut::reset);
  }
};

/// The config.toml of those who run with that daemon's directory (shell_command).
void configure(const Daemon& daemon, const std::string& text) {
  std::filesystem::create_directories(daemon.directory().path() / "hubbub");
  daemon.directory().write("hubbub/config.toml", text);
}

}  // namespace

TEST_CASE_METHOD(TwoServers, "at a terminal it is told which server it is, and which comes next") {
  PseudoTerminal alice({hubbub_program, "alice@" + both()}, xterm);
  alice.resize(200);  // so that no line is broken
  alice.expect("connected to " + one());
  alice.expect("lobby > ");
  alice.type("/whoami\r");
  alice.expect("you are connected to " + one() + ", one of " + one() + ", " + two());
  JsonClient bob = member(daemon.address(), "bob");
  alice.expect("bob has joined");
  lose_first();
  alice.expect("the connection is lost: ");
  alice.expect("; trying " + two());
  alice.expect("connected again as alice, to " + two());
  bob.say("lobby", "heard over the other one");
  alice.expect("heard over the other one");
  second.refuse();
  second.cut(Proxy::Cut::reset);
  alice.expect("; trying " + one());
  alice.expect("offline, ");
  alice.type("/whoami\r");
  alice.expect("you are not connected to any of " + one() + ", " + two());
  first.pass();
  alice.type("\r");
  alice.expect("connected again as alice, to " + one());
}

TEST_CASE_METHOD(TwoServers, "at a terminal one server alone is not told of") {
  PseudoTerminal alice({hubbub_program, "alice@" + one()}, xterm);
  alice.resize(200);  // so that no line is broken
  alice.expect("lobby > ");
  alice.type("/whoami\r");
  alice.expect("you are connected to " + one());
  lose_first();
  alice.expect("; trying to get it back");
  first.pass();
  alice.type("\r");
  alice.expect("connected again as alice");
  CHECK(alice.text().find("connected again as alice, to") == std::string::npos);
  CHECK(alice.text().find("one of") == std::string::npos);
}

TEST_CASE_METHOD(TwoServers, "at a terminal a server that is down at first is passed over") {
  const Nobody nobody;
  PseudoTerminal alice({hubbub_program, "alice@" + nobody.to() + "," + two()}, xterm);
  alice.resize(200);  // so that no line is broken
  alice.expect("no connection with " + nobody.to() +
               " (connection refused; is hubbubd running there?); trying " + two());
  alice.expect("connected to " + two());
  alice.expect("lobby > ");
}

TEST_CASE_METHOD(TwoServers, "scripts go on at the next server, tell so, and say everything once") {
  const Nobody nobody;
  JsonClient bob = member(daemon.address(), "bob");
  const Outcome said =
      shell(daemon, "$hubbub say --server ann@" + nobody.to() + "," + both() + " lobby hello");
  CHECK(said.exit_code == 0);
  CHECK(said.err == "hubbub: no connection with " + nobody.to() +
                        " (connection refused; is hubbubd running there?); trying " + one() + "\n");
  CHECK(text_of(bob.expect("message"), "text") == "hello");
  Process tail(shell_command(daemon, "exec $hubbub tail --server " + both() + " lobby"));
  REQUIRE(tail.out().wait_for("hello", 0, patience));
  lose_first();
  REQUIRE(tail.err().wait_for("connected again, to " + two(), 0, patience));
  CHECK_THAT(tail.err().text(), ContainsSubstring("hubbub: no connection with " + one() + " ("));
  bob.say("lobby", "once");
  REQUIRE(tail.out().wait_for("once", 0, patience));
  CHECK(tail.out().text().find("once") == tail.out().text().rfind("once"));
  tail.signal(SIGTERM);
  tail.wait_exit();
}

TEST_CASE("where no server lets a script in, each is told of with its reason") {
  const Daemon daemon;
  const Nobody one;
  const Nobody two;
  const Outcome outcome = shell(daemon, "$hubbub say --server " + one.to() + "," + two.to() + " lobby hello");
  CHECK(outcome.exit_code == 1);
  const std::string why = " (connection refused; is hubbubd running there?)";
  CHECK(outcome.err == "hubbub: no connection with " + one.to() + why + "; trying " + two.to() +
                           "\nhubbub: none of the servers lets this client in: " + one.to() + why + ", " +
                           two.to() + why + "\n");
}

TEST_CASE("a wrong list of servers is wrong usage, wherever it is") {
  const Daemon daemon;
  const auto fault = [&](const std::string& command) {
    const Outcome outcome = shell(daemon, command);
    CHECK(outcome.exit_code == 2);
    return outcome.err;
  };
  CHECK_THAT(fault("$hubbub who --server $to,there:0"),
             ContainsSubstring("hubbub: server 2 of 2: 'there:0' has no port number"));
  CHECK_THAT(fault("$hubbub $to,,there"), ContainsSubstring("hubbub: server 2 of 3: it is empty"));
  CHECK_THAT(fault("HUBBUB_SERVER=$to,$to $hubbub who"),
             ContainsSubstring("hubbub: HUBBUB_SERVER: server 2 of 2: " + target(daemon.address()) +
                               " is there twice"));
  configure(daemon, "[servers.home]\naddress = [\"a\", \"b:0\"]\n");
  CHECK_THAT(
      fault("$hubbub who -s home"),
      ContainsSubstring("config.toml:2: servers.home.address: server 2 of 2: 'b:0' has no port number"));
}

TEST_CASE("a list in the settings is gone through as one that is typed") {
  const Daemon daemon;
  const Nobody nobody;
  configure(daemon,
            "[servers.home]\naddress = [\"" + nobody.to() + "\", \"" + target(daemon.address()) + "\"]\n");
  const Outcome said = shell(daemon, "$hubbub say -s home lobby hello");
  CHECK(said.exit_code == 0);
  CHECK_THAT(said.err, ContainsSubstring("trying " + target(daemon.address())));
}

TEST_CASE("a login holds at each server of the list, and the token goes to them alone") {
  Owner owner;
  const Nobody nobody;
  const std::string both = nobody.to() + "," + owner.to();
  const Outcome in =
      owner.script("echo " + owners_password + " | $hubbub login --password-fd 0 alice@" + both);
  CHECK(in.exit_code == 0);
  CHECK_THAT(in.out,
             ContainsSubstring("You are logged in to " + nobody.to() + ", " + owner.to() + " as alice"));
  CHECK(bytes_of(owner.tokens()).find(nobody.to()) != std::string::npos);
  CHECK(bytes_of(owner.tokens()).find(owner.to()) != std::string::npos);
  CHECK_THAT(owner.script("$hubbub --json " + owner.to() + " < /dev/null").out,
             ContainsSubstring(R"("account":true)"));
  const Outcome out = owner.script("$hubbub logout " + both);
  CHECK(out.exit_code == 0);
  CHECK_FALSE(owner.has_token());
}

TEST_CASE("the example's bot takes several servers, and goes on at the next one") {
  const Daemon daemon(with_two_listeners());
  Proxy first(daemon.address(0));
  JsonClient alice = member(daemon.address(), "alice");
  const std::string both = target(first.address()) + "," + target(daemon.address(1));
  const Process bot({.arguments = {HUBBUB_EXAMPLE_BOT, "bot@" + both}});
  while (alice.expect("presence").at("count") != 2) continue;
  alice.say("lobby", "!vote coffee");
  first.refuse();
  first.cut(Proxy::Cut::reset);
  alice.say("lobby", "!votes");
  CHECK(text_of(alice.expect("message"), "text") == "votes: coffee 1");
}

}  // namespace hubbub::test
