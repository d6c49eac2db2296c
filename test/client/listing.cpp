// `hubbub who` and `hubbub rooms`, with the real daemon.
#include <algorithm>
#include <optional>

#include "test/client/fake_server.hpp"
#include "test/client/program.hpp"
#include "test/client/pseudo_terminal.hpp"
#include "test/client/shell.hpp"
#include "test/support/catch.hpp"

namespace hubbub::test {

TEST_CASE_METHOD(Unlimited, "who prints names, one a line, and not the one who asks") {
  JsonClient bob = member(daemon.address(), "bob", "dev");
  JsonClient ming = member(daemon.address(), "小明", "ops");
  bob.sync();
  CHECK(shell(daemon, "$hubbub who dev").out == "bob\n");
  CHECK(shell(daemon, "$hubbub who").out == "bob\n小明\n");
  const Events all = objects(shell(daemon, "$hubbub who --json").out);
  REQUIRE(all.size() == 1);
  CHECK(texts_of(all.front(), "names") == std::vector<std::string>{"bob", "小明"});
  CHECK(number_of(all.front(), "count") == 2);
  // Nobody saw anybody come.
  for (const Event& event : bob.sync()) CHECK(text_of(event, "type") != "presence");
}

TEST_CASE("who goes through all the pages") {
  const Daemon daemon({.config = "[limits]\nconnections_per_address = 0\n"});
  constexpr std::size_t people = 120;  // one answer holds 100
  std::vector<JsonClient> crowd;
  for (std::size_t number = 0; number < people; ++number)
    crowd.push_back(member(daemon.address(), "u" + std::to_string(number), "dev"));
  const std::string out = shell(daemon, "$hubbub who dev").out;
  CHECK(std::count(out.begin(), out.end(), '\n') == people);
  const Events object = objects(shell(daemon, "$hubbub who dev --json").out);
  REQUIRE(object.size() == 1);
  CHECK(texts_of(object.front(), "names").size() == people);
  CHECK_FALSE(truth_of(object.front(), "more"));
}

TEST_CASE_METHOD(Unlimited, "rooms prints name, people and topic, separated by tabs") {
  JsonClient bob = member(daemon.address(), "bob", "dev");
  JsonClient ming = member(daemon.address(), "小明", "чай");
  bob.send({{"type", "topic"}, {"room", "dev"}, {"text", "a\tb"}});
  bob.sync();
  CHECK(shell(daemon, "$hubbub rooms").out == "dev\t1\ta b\nчай\t1\t\n");
  const Events rooms = objects(shell(daemon, "$hubbub rooms --json").out);
  REQUIRE(rooms.size() == 2);
  CHECK(text_of(rooms[0], "topic") == "a\tb");
  CHECK(text_of(rooms[1], "room") == "чай");
  CHECK(number_of(rooms[1], "count") == 1);
}

TEST_CASE("rooms goes through all the pages") {
  const Daemon daemon({.config = "[limits]\nrooms_per_session = 0\n"});
  JsonClient bob = member(daemon.address(), "bob", "r0");
  for (int number = 1; number < 150; ++number) bob.join("r" + std::to_string(number));
  const std::string out = shell(daemon, "$hubbub rooms").out;
  CHECK(std::count(out.begin(), out.end(), '\n') == 150);
}

TEST_CASE_METHOD(Unlimited, "a server can be named by its alias, and the settings have a default") {
  JsonClient bob = member(daemon.address(), "bob", "dev");
  const std::string write =
      "mkdir $XDG_CONFIG_HOME/hubbub; printf '%s\n' 'default_server = \"home\"' [servers.home] "
      "\"address = \\\"$to\\\"\" > $XDG_CONFIG_HOME/hubbub/config.toml; ";
  CHECK(shell(daemon, write + "$hubbub who -s home").out == "bob\n");
  CHECK(shell(daemon, "HUBBUB_SERVER= $hubbub who").out == "bob\n");
  CHECK(shell(daemon, "HUBBUB_SERVER=home $hubbub rooms").out == "dev\t1\t\n");
  const Outcome bad =
      shell(daemon, "echo frobnicate = 1 >> $XDG_CONFIG_HOME/hubbub/config.toml; $hubbub who");
  CHECK(bad.exit_code == 2);
  CHECK(bad.err.starts_with("hubbub: "));
}

TEST_CASE_METHOD(Unlimited, "who and rooms tell when that cannot be, and when it makes no sense") {
  const Outcome nowhere = shell(daemon, "$hubbub who nowhere");
  CHECK(nowhere.exit_code == 1);
  CHECK(nowhere.out.empty());
  CHECK(nowhere.err == "hubbub: there is no room nowhere\n");
  CHECK(shell(daemon, "$hubbub rooms -s 127.0.0.1:1").exit_code == 1);
  CHECK(shell(daemon, "$hubbub who a b").exit_code == 2);
  CHECK(shell(daemon, "$hubbub rooms a").exit_code == 2);
  CHECK(shell(daemon, "$hubbub who --help").out.starts_with("Usage: hubbub who "));
  CHECK(shell(daemon, "$hubbub rooms --help").out.starts_with("Usage: hubbub rooms "));
}

TEST_CASE_METHOD(Unlimited,
                 "output that cannot be written is an error, and a pipe that nobody reads is none") {
  JsonClient bob = member(daemon.address(), "bob", "ops");
  bob.say("ops", "hi");
  const std::string command = GENERATE("who", "rooms --json", "tail ops --no-follow", "tail ops", "--version",
                                       "--help", "say --help", "--json -r ops");
  INFO(command);
  const Outcome full = shell(daemon, "$hubbub " + command + " >/dev/full </dev/null");
  CHECK(full.exit_code == 1);
  CHECK(full.err.find("hubbub: standard output cannot be written: No space left on device\n") !=
        std::string::npos);
  const Outcome none = shell(daemon, "$hubbub " + command + " >&- </dev/null");
  CHECK(none.err.find("hubbub: standard output cannot be written") != std::string::npos);
  const Outcome unread = shell(daemon, "{ $hubbub " + command + " </dev/null; echo $? >&2; } | true");
  CHECK(unread.err.find("standard output") == std::string::npos);
}

TEST_CASE("who asks at a terminal is told of a server that does not answer") {
  FakeServer server;
  const std::string where = "127.0.0.1:" + std::to_string(server.port());
  PseudoTerminal terminal({hubbub_program, "rooms", "-s", where});
  server.run([&]() -> boost::asio::awaitable<void> {
    Peer peer = co_await server.accept();
    terminal.expect("hubbub: connecting to " + where + ", which has not answered yet; Ctrl-C gives up\r\n");
    co_await peer.welcome("guest");
    co_await peer.expect("rooms");
  });
}

}  // namespace hubbub::test
