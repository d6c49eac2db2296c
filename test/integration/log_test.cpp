#include <algorithm>
#include <boost/json/parse.hpp>
#include <csignal>
#include <sstream>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/text_client.hpp"

// What an operator finds in the log when something has happened.
namespace hubbub::test {
namespace {

/// Without what stands before the channel.
std::string event_of(const std::string& line) {
  const auto channel = line.find("Z info    ");
  return channel == std::string::npos ? line : line.substr(channel + 10);
}

std::string line_with(const Daemon& daemon, std::string_view what) {
  daemon.wait_for_log(what);
  std::istringstream lines(daemon.log());
  for (std::string line; std::getline(lines, line);) {
    if (line.find(what) != std::string::npos) return event_of(line);
  }
  return {};
}

/// The keys of a line in text, in their order.
std::vector<std::string> keys_of(const std::string& line) {
  std::vector<std::string> keys;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const auto end = word.find('=');
    if (end != std::string::npos) keys.emplace_back(word.substr(0, end));
  }
  return keys;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("the log begins with what runs, and on what") {
  const Daemon daemon({.engine = "memory"});
  const auto line = line_with(daemon, "daemon: starting");
  CHECK(keys_of(line) == Keys{"version", "config", "state_dir", "engine"});
  CHECK(line.find("state_dir=" + daemon.state_dir().string() + " engine=memory") != std::string::npos);
  CHECK(line.find("config=" + daemon.directory().path().string()) != std::string::npos);
}

TEST_CASE("the log names paths from the root on, wherever the daemon was started") {
  const TemporaryDirectory directory;
  const Daemon daemon({.state_dir = std::filesystem::relative(directory.path())});
  CHECK(line_with(daemon, "daemon: starting").find("state_dir=" + directory.path().string() + " ") !=
        std::string::npos);
}

TEST_CASE("one who is gone is told with address, name, reason and duration") {
  const Daemon daemon({.config = "[timeouts]\nhello = \"50ms\"\n"});
  const auto ended = [&](const std::string& number) {
    return line_with(daemon, "disconnected connection=" + number + " ");
  };
  const Keys all{"connection", "address", "name", "reason", "duration_ms"};
  {
    JsonClient alice = member(daemon.address(), "alice");
    alice.send({{"type", "quit"}, {"text", "secret=word"}});
    alice.expect_bye("quit");
  }
  CHECK(keys_of(ended("1")) == all);
  CHECK(ended("1").find(" address=tcp://127.0.0.1:") != std::string::npos);
  CHECK(ended("1").find(" name=alice reason=quit duration_ms=") != std::string::npos);
  CHECK(daemon.log().find("secret=word") == std::string::npos);
  {
    TextClient bob(daemon.address());
    bob.send_line("/name bob");
    bob.expect("bob");
    bob.half_close();
    bob.read_to_end();
  }
  CHECK(ended("2").find(" name=bob reason=end_of_input duration_ms=") != std::string::npos);
  {
    LineClient pipe(daemon.address());
    pipe.send_bytes("hi\n");
    pipe.half_close();
    pipe.read_to_end();
  }
  CHECK(ended("3").find(" name=guest-2 reason=end_of_input duration_ms=") != std::string::npos);
  JsonClient mute(daemon.address());
  mute.send({{"type", "ping"}});
  mute.expect_bye("hello_timeout");
  mute.close();
  CHECK(ended("4").find(" name=\"\" reason=hello_timeout ") != std::string::npos);
  LineClient scanner(daemon.address());
  scanner.send_bytes("SSH-2.0-scanner\r\n");
  scanner.read_to_end();
  scanner.close();
  CHECK(ended("5").find(" name=\"\" reason=\"speaks ssh\" ") != std::string::npos);
}

TEST_CASE("one who is turned away is told with address and reason, and the next ones are counted") {
  Daemon daemon({.config = "[limits]\nconnections_per_address = 1\n"});
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 0; i < 3; ++i) LineClient(daemon.address()).read_to_end();
  const auto line = line_with(daemon, "turned away");
  CHECK(keys_of(line) == Keys{"address", "reason", "count"});
  CHECK(line.find("address=tcp://127.0.0.1:") != std::string::npos);
  CHECK(line.ends_with("reason=connections_per_address count=1"));
  alice.close();
  daemon.signal(SIGTERM);
  CHECK(daemon.wait_exit() == 0);
  daemon.wait_for_log("reason=connections_per_address count=2");
}

TEST_CASE("of one who connects without end the first are told, and the others are counted") {
  Daemon daemon({.config = "[limits]\nconnects_per_second_per_address = 0\n"});
  for (int i = 0; i < 340; ++i) {
    JsonClient client(daemon.address());
    client.send({{"type", "hello"}, {"version", 1}, {"name", "guest" + std::to_string(i)}});
    client.send({{"type", "quit"}});
    client.read_to_end();
  }
  daemon.signal(SIGTERM);
  CHECK(daemon.wait_exit() == 0);
  const std::string log = daemon.log();
  const auto lines_with = [&](std::string_view what) {
    std::size_t count = 0;
    for (auto at = log.find(what); at != std::string::npos; at = log.find(what, at + 1)) ++count;
    return count;
  };
  CHECK(lines_with(" connected connection=") == 300);
  CHECK(lines_with(" welcome connection=") == 300);
  CHECK(lines_with(" disconnected connection=") == 300);
  CHECK(log.find("more connected address=127.0.0.1 count=39") != std::string::npos);
  CHECK(log.find("more welcome address=127.0.0.1 count=39") != std::string::npos);
  CHECK(log.find("more disconnected address=127.0.0.1 reason=quit count=39") != std::string::npos);
}

TEST_CASE("who is too fast is told, whether refused or slowed down") {
  const Daemon daemon({.config = "[limits]\nmessages_per_second = 20\nmessages_burst = 2\n"});
  JsonClient alice = member(daemon.address(), "alice");
  for (int i = 0; i < 4; ++i) {
    alice.send({{"type", "tell"}, {"to", "alice"}, {"text", "not for the log"}});
  }
  alice.sync();
  const auto refused = line_with(daemon, "too fast connection=1 ");
  CHECK(keys_of(refused) == Keys{"connection", "address", "name", "done", "reason", "count"});
  CHECK(refused.find(" name=alice done=refused reason=messages_per_second count=1") != std::string::npos);
  TextClient bob(daemon.address());
  for (int i = 0; i < 4; ++i) bob.send_line("hi");
  bob.expect("guest-1: hi");
  const auto slowed = line_with(daemon, "too fast connection=2 ");
  CHECK(slowed.find(" name=guest-1 done=slowed_down reason=messages_per_second count=1") !=
        std::string::npos);
  CHECK(daemon.log().find("not for the log") == std::string::npos);
}

TEST_CASE("a name that is refused is told, and drives nobody's terminal") {
  const Daemon daemon;
  JsonClient alice = member(daemon.address(), "alice");
  JsonClient other(daemon.address());
  CHECK(other.refusal({{"type", "hello"}, {"version", 1}, {"name", "Alice"}}) == "name_taken");
  CHECK(other.refusal({{"type", "hello"}, {"version", 1}, {"name", "x\n\x1b[2J"}}) == "name_invalid");
  const auto taken = line_with(daemon, "name refused connection=2 ");
  CHECK(keys_of(taken) == Keys{"connection", "address", "name", "asked", "reason", "count"});
  CHECK(taken.ends_with(" name=\"\" asked=Alice reason=name_taken count=1"));
  daemon.wait_for_log(R"( asked=x\n\u{1b}[2J reason=name_invalid count=1)");
}

TEST_CASE("for programs each line of the log is a JSON object") {
  Daemon daemon({.config = "[log]\nformat = \"json\"\n"});
  member(daemon.address(), "小明").close();
  daemon.wait_for_log("\"disconnected\"");
  daemon.signal(SIGTERM);
  CHECK(daemon.wait_exit() == 0);
  std::istringstream lines(daemon.log());
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) {
    const auto event = boost::json::parse(line).as_object();
    CHECK(text_of(event, "time").ends_with('Z'));
    CHECK(text_of(event, "level") == "info");
    events.emplace_back(text_of(event, "event"));
    if (events.back() != "disconnected") continue;
    CHECK(text_of(event, "name") == "小明");
    CHECK(number_of(event, "connection") == 1);
  }
  CHECK(std::ranges::find(events, "starting") != events.end());
  CHECK(events.back() == "stopped");
}

TEST_CASE("a daemon that cannot start says so in JSON where its log is JSON") {
  const TemporaryDirectory directory;
  const auto file =
      directory.write("hubbubd.toml", "[log]\nformat = \"json\"\nlevel = \"warning\"\n").string();
  const Daemon daemon;
  const auto outcome = run_hubbubd(
      {"--config", file, "--state-dir", daemon.state_dir().string(), "--listen", "tcp://127.0.0.1:0"});
  CHECK(outcome.exit_code == 1);
  const auto event = boost::json::parse(outcome.err).as_object();
  CHECK(text_of(event, "level") == "error");
  CHECK(text_of(event, "reason").find("in use by another hubbubd") != std::string::npos);
}

}  // namespace hubbub::test
