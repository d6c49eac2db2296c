// What a person sees of a link that breaks, and comes back.
#include <optional>

#include "test/client/screen.hpp"
#include "test/support/catch.hpp"
#include "test/support/json_client.hpp"
#include "test/support/proxy.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

TEST_CASE("what was missed while the link was cut is shown below its line, counted, and once") {
  const Daemon daemon;
  Proxy proxy(daemon.address());
  Tmux tmux;
  tmux.open("alice", {hubbub_program, "alice@" + target(proxy.address()), "-r", "lobby", "-r", "dev"}, 80,
            50);
  tmux.expect("alice", "you are in dev");
  JsonClient bob = member(daemon.address(), "bob");
  bob.send({{"type", "join"}, {"room", "dev"}});
  bob.say("lobby", "read");
  tmux.expect("alice", "bob │ read");
  tmux.type("alice", "a draft 草稿");
  tmux.expect("alice", "草稿");
  proxy.refuse();
  proxy.cut(Proxy::Cut::reset);
  tmux.expect("alice", "the connection is lost");
  for (int number = 1; number <= 20; ++number) bob.say("lobby", "missed " + std::to_string(number) + ".");
  bob.say("lobby", "alice: are you there?");
  bob.say("lobby", "Alice!");
  bob.say("dev", "build is red");
  bob.sync();
  proxy.pass();
  const Strings screen = tmux.expect("alice", "connected again as alice");
  tmux.expect_last("alice", "1:lobby · 2:dev 1 new > a draft 草稿");
  CHECK(count(screen, "lobby: 22 missed, 2 mention you; dev: 1 missed") == 1);
  CHECK(count(screen, "── unread ──") == 1);
  CHECK(place(screen, "── unread ──") + 1 == place(screen, "bob │ missed 1."));
  for (int number = 1; number <= 20; ++number)
    CHECK(count(screen, "missed " + std::to_string(number) + ".") == 1);
  CHECK(count(screen, "bob ┃ Alice!") == 1);
  CHECK(count(screen, "build is red") == 0);
  tmux.key("alice", "M-a");
  CHECK(count(tmux.expect("alice", "build is red"), "── 1 unread ──") == 1);
}

TEST_CASE("Enter on an empty line does not wait for the next attempt") {
  std::optional<Daemon> daemon(std::in_place);
  Tmux tmux;
  tmux.open("alice", {hubbub_program, "alice@" + target(daemon->address())});
  tmux.expect_last("alice", "lobby >");
  daemon.reset();
  // Each attempt that fails doubles the wait: by themselves so many would take longer than anybody waits
  // here.
  const auto waits_long = [&](const Strings& lines) {
    tmux.key("alice", "Enter");
    return lines.back().starts_with("lobby (offline, retry in 2");
  };
  tmux.wait_until("alice", [&](const Strings& lines) {
    return waits_long(lines) && lines.back().size() == std::string("lobby (offline, retry in 20 s) >").size();
  });
}

TEST_CASE("a daemon that was killed is waited for, and what was missed is shown once, below its line") {
  TemporaryDirectory state;
  DaemonOptions options;
  options.state_dir = state.path();
  options.engine = "sqlite";
  std::optional<Daemon> daemon(std::in_place, options);
  const std::string where = target(daemon->address());
  Tmux tmux;
  tmux.open("alice", {hubbub_program, "alice@" + where, "-r", "lobby", "-r", "dev"});
  tmux.expect("alice", "you are in dev");
  tmux.type("alice", "before", "Enter");
  tmux.expect("alice", "alice │ before");
  daemon->kill();
  daemon.reset();
  tmux.expect("alice", "the connection is lost");
  tmux.expect("alice", "lobby (offline, retry in ");
  tmux.type("alice", "said in the dark", "Enter");
  tmux.expect("alice", "this goes out when the connection is back: said in the dark");
  tmux.type("alice", "a draft 草稿");

  options.listen = {"tcp://" + where};
  daemon.emplace(options);
  JsonClient bob = member(daemon->address(), "bob");
  tmux.expect("alice", "connected again as alice");
  const Strings screen = tmux.expect("alice", "alice │ said in the dark");
  CHECK(count(screen, "│ said in the dark") == 1);
  CHECK(screen.back().ends_with("> a draft 草稿"));
  CHECK(said(bob.sync()).size() <= 1);
}

}  // namespace hubbub::test
