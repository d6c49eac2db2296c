// The programs themselves behind a network that fails: at a terminal, in --json mode, and the example's bot.
#include <fcntl.h>
#include <sys/stat.h>

#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"

namespace hubbub::test {
namespace {

using Texts = std::vector<std::string>;

DaemonOptions unlimited(const std::filesystem::path& state_dir = {}) {
  DaemonOptions options;
  options.config = "[limits]\nmessages_per_second = 0\n[history]\nengine = \"sqlite\"\n";
  options.state_dir = state_dir;
  return options;
}

/// Everything that was said in the lobby, at most 500 messages.
Texts history(const Address& address) {
  JsonClient witness = member(address, "witness");
  return said(list_of(witness.answer({{"type", "history"}, {"room", "lobby"}, {"limit", 500}}), "messages"));
}

std::size_t times_in(const std::string& all, const std::string& part) {
  std::size_t found = 0;
  for (auto at = all.find(part); at != std::string::npos; at = all.find(part, at + 1)) ++found;
  return found;
}

/// `hubbub --json`, whose input stays open until the test is done with it.
class JsonProgram {
 public:
  JsonProgram(const std::string& to, const TemporaryDirectory& directory) : process_(command(to, directory)) {
    input_ = Descriptor(::open((directory.path() / "input").c_str(), O_WRONLY | O_CLOEXEC));
    wait_for("\"type\":\"joined\"");
  }

  void say(const std::string& text) const {
    const std::string line = R"({"type":"say","room":"lobby","text":")" + text + "\"}\n";
    REQUIRE(::write(input_.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  }
  void wait_for(const std::string& part) const { REQUIRE(process_.out().wait_for(part, 0, patience)); }
  /// No more input: it waits for what is outstanding, and goes.
  int finish() {
    input_.reset();
    return process_.wait_exit().value_or(-1);
  }
  std::string output() const { return process_.out().text(); }

 private:
  static Command command(const std::string& to, const TemporaryDirectory& directory) {
    const std::string input = (directory.path() / "input").string();
    REQUIRE(::mkfifo(input.c_str(), S_IRUSR | S_IWUSR) == 0);
    return {.arguments = {"/bin/sh", "-c", "exec $hubbub --json $to < $input"},
            .environment = {"hubbub=" + hubbub_program, "to=" + to, "input=" + input}};
  }

  Process process_;
  Descriptor input_;
};

const Texts plain_terminal = {"TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1"};

}  // namespace

TEST_CASE(
    "at a terminal: what was missed while the link was cut appears once, and what was typed is said once") {
  const Daemon daemon(unlimited());
  Proxy proxy(daemon.address());
  JsonClient bob = member(daemon.address(), "bob");
  PseudoTerminal alice({hubbub_program, "alice@" + target(proxy.address())}, plain_terminal);
  alice.expect("lobby > ");
  alice.type("before the cut\r");
  alice.expect("alice │ before the cut");
  alice.type("a line that is being ty");
  alice.expect("being ty");
  proxy.refuse();
  proxy.cut(GENERATE(Proxy::Cut::finish, Proxy::Cut::reset));
  alice.expect("the connection is lost");
  for (int number = 1; number <= 30; ++number) bob.say("lobby", "missed " + std::to_string(number) + ".");
  alice.type("ped\r");
  alice.expect("this goes out when the connection is back");
  proxy.pass();
  for (int number = 1; number <= 30; ++number) alice.expect("missed " + std::to_string(number) + ".");
  alice.expect("alice │ a line that is being typed");
  const Texts all = history(daemon.address());
  CHECK(std::count(all.begin(), all.end(), "a line that is being typed") == 1);
  for (int number = 1; number <= 30; ++number) {
    CHECK(times_in(alice.text(), "missed " + std::to_string(number) + ".") == 1);
  }
}

TEST_CASE("in --json mode: a link that is cut again and again, and a daemon that is killed, show nowhere") {
  const TemporaryDirectory state;
  std::optional<Daemon> daemon(std::in_place, unlimited(state.path()));
  Proxy proxy(daemon->address());
  const TemporaryDirectory directory;
  JsonProgram bot("bot@" + target(proxy.address()), directory);
  Texts expected;
  const auto say_some = [&](JsonClient& bob) {
    for (int more = 0; more < 20; ++more) {
      const std::string number = std::to_string(expected.size());
      bot.say("bot " + number);
      bob.say("lobby", "bob " + number);
      expected.push_back(number);
    }
    bot.wait_for("\"bob " + expected.back() + "\"");
  };
  {
    JsonClient bob = member(daemon->address(), "bob");
    for (const std::size_t bytes : {500U, 2222U, 1U}) {
      proxy.cut_after(bytes > 1000 ? Proxy::Way::to_client : Proxy::Way::to_server, bytes, Proxy::Cut::reset);
      say_some(bob);
    }
  }
  bot.say("under way");
  daemon->kill();
  daemon.emplace(unlimited(state.path()));
  proxy.lead_to(daemon->address());
  JsonClient bob = member(daemon->address(), "bob");
  say_some(bob);
  CHECK(bot.finish() == 0);
  CHECK(proxy.cuts() == 3);
  const Texts all = history(daemon->address());
  CHECK(all.size() == 2 * expected.size() + 1);
  const std::string output = bot.output();
  for (const std::string& text : all) CHECK(times_in(output, "\"text\":\"" + text + "\"") == 1);
  for (const std::string& number : expected) {
    CHECK(std::count(all.begin(), all.end(), "bot " + number) == 1);
    CHECK(std::count(all.begin(), all.end(), "bob " + number) == 1);
  }
}

TEST_CASE("the example's bot counts votes, those too that came while its link was down") {
  const Daemon daemon(unlimited());
  Proxy proxy(daemon.address());
  JsonClient alice = member(daemon.address(), "alice");
  const auto result = [&] { return text_of(alice.expect("message"), "text"); };
  alice.say("lobby", "!vote before its time");
  const Process bot({.arguments = {HUBBUB_EXAMPLE_BOT, "bot@" + target(proxy.address())}});
  alice.expect("presence");
  alice.say("lobby", "!votes");
  CHECK(result() == "nobody has voted");
  JsonClient bob = member(daemon.address(), "bob");
  bob.say("lobby", "!vote coffee");
  alice.expect("message");
  proxy.refuse();
  proxy.cut(Proxy::Cut::reset);
  CHECK_FALSE(alice.expect_departure("bot").empty());
  alice.say("lobby", "!vote coffee");
  alice.say("lobby", "!vote green tea");
  proxy.pass();
  alice.expect("presence");
  alice.say("lobby", "!votes");
  CHECK(result() == "votes: coffee 1 green tea 1");
}

TEST_CASE("the example's bot says why it goes") {
  const Outcome outcome = run({.arguments = {HUBBUB_EXAMPLE_BOT, "127.0.0.1:1"}});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err == "bot: cannot reach 127.0.0.1:1: connection refused; is hubbubd running there?\n");
  CHECK(run({.arguments = {HUBBUB_EXAMPLE_BOT, "[::1"}}).exit_code == 2);
}

}  // namespace hubbub::test
