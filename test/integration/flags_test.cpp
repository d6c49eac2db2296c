#include <algorithm>
#include <csignal>

#include "test/support/catch.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"

// The command line, and configurations that are refused before anything is opened.
namespace hubbub::test {
namespace {

bool is_one_sentence(const std::string& text) {
  return text.size() > 10 && text.ends_with('\n') && std::count(text.begin(), text.end(), '\n') == 1;
}

/// A configuration that is refused, and what the sentence has to name.
struct Refused {
  std::string config;
  std::vector<std::string> named;
};

}  // namespace

TEST_CASE("version and help are printed to the standard output") {
  const Outcome version = run_hubbubd({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out.starts_with("hubbubd "));
  CHECK(version.err.empty());
  const Outcome help = run_hubbubd({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* flag :
       {"--config", "--listen", "--state-dir", "--check-config", "--print-config", "--log-level", "--version",
        "--help", "backup FILE", "verify [FILE]", "export [ROOM]"}) {
    CHECK(help.out.find(flag) != std::string::npos);
  }
}

TEST_CASE("a flag that is wrong ends it with exit code 2 and a sentence") {
  const auto arguments = GENERATE(
      std::vector<std::string>{"--dance"}, std::vector<std::string>{"word"},
      std::vector<std::string>{"backup"}, std::vector<std::string>{"backup", "a", "b"},
      std::vector<std::string>{"verify", "a", "b"}, std::vector<std::string>{"export", "a", "b"},
      std::vector<std::string>{"--config"}, std::vector<std::string>{"--config", "/nowhere/hubbubd.toml"},
      std::vector<std::string>{"--listen", "tcp://127.0.0.1"}, std::vector<std::string>{"--listen", "7717"},
      std::vector<std::string>{"--listen", "tcp://127.0.0.1:70000"},
      std::vector<std::string>{"--listen", "udp://127.0.0.1:7717"},
      std::vector<std::string>{"--log-level", "loud"});
  CAPTURE(arguments);
  const Outcome outcome = run_hubbubd(arguments);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK(is_one_sentence(outcome.err));
}

TEST_CASE("a configuration that is wrong is refused with file and line and key") {
  const auto refused =
      GENERATE(Refused{"[limits]\nconections = 5\n", {":2", "conections", "connections"}},
               Refused{"[limit]\n", {":1", "limit"}}, Refused{"[server]\nname = 5\n", {":2", "name"}},
               Refused{"\n[limits]\n\nline = \"16 parsecs\"\n", {":4", "line"}},
               Refused{"[limits]\nmessages_burst = -1\n", {":2", "messages_burst"}},
               Refused{"[timeouts]\nidle = \"soon\"\n", {":2", "idle"}},
               Refused{"[server]\nlisten = [\"here\"]\n", {":2", "listen"}},
               Refused{"[server]\ndefault_room = \"no room\"\n", {":2", "default_room"}},
               Refused{"[history]\nengine = \"abacus\"\n", {":2", "engine"}},
               Refused{"[log]\nlevel = \"loud\"\n", {":2", "level"}},
               Refused{"[server]\nname = \"a\"\nname = \"b\"\n", {":3"}}, Refused{"[server\n", {":1"}});
  CAPTURE(refused.config);
  const TemporaryDirectory directory;
  const std::string file = directory.write("wrong.toml", refused.config).string();
  for (const bool only_check : {true, false}) {
    std::vector<std::string> arguments{"--config", file, "--listen", "tcp://127.0.0.1:0"};
    if (only_check) arguments.emplace_back("--check-config");
    const Outcome outcome = run_hubbubd(arguments);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_sentence(outcome.err));
    CHECK(outcome.err.find(file) != std::string::npos);
    for (const auto& part : refused.named) CHECK(outcome.err.find(part) != std::string::npos);
  }
}

TEST_CASE("a configuration is checked without serving") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("right.toml", "[server]\nname = \"The Snug\"\n").string();
  const Outcome outcome = run_hubbubd({"--config", file, "--check-config"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.err.find("listening") == std::string::npos);
}

TEST_CASE("what is allowed and most likely not meant is warned of, when it is checked and in the log") {
  const std::string text = "[limits]\nconnections = 70000\n[timeouts]\nping = \"10m\"\n";
  const TemporaryDirectory directory;
  const auto outcome =
      run_hubbubd({"--config", directory.write("odd.toml", text).string(), "--check-config"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "the configuration is good\n");
  CHECK(outcome.err.find("hubbubd: warning: timeouts.ping: ") != std::string::npos);
  CHECK(outcome.err.find("hubbubd.service (LimitNOFILE=) allows 65536; raise it with") != std::string::npos);
  const Daemon daemon({.config = text, .descriptors = 1000});
  daemon.wait_for_log("reason=\"timeouts.ping: ");
  daemon.wait_for_log("70064 descriptors, and this system allows 1000; ");
  const auto so_far = daemon.log().size();
  daemon.rewrite_config("[limits]\nconnections = 900\n");
  daemon.signal(SIGHUP);
  daemon.wait_for_log("configuration read again", so_far);
  daemon.rewrite_config("[limits]\nconnections = 2000\n");
  daemon.signal(SIGHUP);
  daemon.wait_for_log("limits.connections: 2000 may need", so_far);
  CHECK(daemon.log().find("timeouts.ping", so_far) == std::string::npos);
}

TEST_CASE("the printed configuration is one that says the same") {
  const TemporaryDirectory directory;
  const std::string file = directory
                               .write("a.toml",
                                      "[server]\nname = \"The \\\"Snug\\\"\"\nlisten = [\"unix:///tmp/x\"]\n"
                                      "[timeouts]\nidle = \"90s\"\n[limits]\nline = \"32KiB\"\n")
                               .string();
  const Outcome first = run_hubbubd(
      {"--config", file, "--listen", "tcp://127.0.0.1:0", "--log-level", "debug", "--print-config"});
  CHECK(first.exit_code == 0);
  // Flags beat the file, the file beats the defaults.
  CHECK(first.out.find("tcp://127.0.0.1:0") != std::string::npos);
  CHECK(first.out.find("unix:///tmp/x") == std::string::npos);
  CHECK(first.out.find("level = \"debug\"") != std::string::npos);
  for (const char* key : {"motd",
                          "default_room",
                          "state_dir",
                          "connections",
                          "connections_per_address",
                          "text",
                          "rooms_per_session",
                          "messages_per_second",
                          "messages_burst",
                          "send_queue_soft",
                          "send_queue",
                          "presence_members",
                          "sniff",
                          "hello",
                          "ping",
                          "claim",
                          "tell",
                          "stall",
                          "shutdown",
                          "engine",
                          "replay",
                          "keep_messages",
                          "keep_age",
                          "grace",
                          "memory",
                          "sync",
                          "format"}) {
    CAPTURE(key);
    CHECK(first.out.find('\n' + std::string(key) + " = ") != std::string::npos);
  }
  const std::string printed = directory.write("b.toml", first.out).string();
  const Outcome second = run_hubbubd({"--config", printed, "--print-config"});
  CHECK(second.exit_code == 0);
  CHECK(second.out == first.out);
}

TEST_CASE("the engine is said by name, once it is known whether there is a state directory") {
  const auto engine = [](const Outcome& outcome) {
    const auto start = outcome.out.find("\nengine = ") + 1;
    return outcome.out.substr(start, outcome.out.find('\n', start) - start);
  };
  CHECK(engine(run_hubbubd({"--print-config"})) == "engine = \"sqlite\"");
  const Command homeless{.arguments = {HUBBUBD, "--print-config"},
                         .environment = {"HOME=", "XDG_STATE_HOME=", "STATE_DIRECTORY="}};
  CHECK(engine(run(homeless)) == "engine = \"memory\"");

  const TemporaryDirectory directory;
  const std::string file = directory.write("a.toml", "[history]\nengine = \"sqlite\"\n").string();
  Command wrong = homeless;
  wrong.arguments = {HUBBUBD, "--config", file, "--check-config"};
  const Outcome outcome = run(wrong);
  CHECK(outcome.exit_code == 2);
  CHECK(is_one_sentence(outcome.err));
  CHECK(outcome.err.find(file + ": history.engine: ") != std::string::npos);
}

TEST_CASE("an address in use ends it with exit code 1 and a sentence") {
  const ListeningSocket taken;
  const std::string url = "tcp://127.0.0.1:" + std::to_string(taken.address.port);
  const TemporaryDirectory state;
  const Outcome outcome = run_hubbubd({"--listen", url, "--state-dir", state.path().string()});
  CHECK(outcome.exit_code == 1);
  CHECK(is_one_sentence(outcome.err));
  CHECK(outcome.err.find(url) != std::string::npos);
}

TEST_CASE("it starts quickly") {
  const auto start = std::chrono::steady_clock::now();
  const Daemon daemon;
  const auto taken = std::chrono::steady_clock::now() - start;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
  INFO("listening after " << milliseconds << " ms");
  // 50 ms is what it should take; machines that run many tests at once take longer.
  CHECK(milliseconds < 2000);
}

}  // namespace hubbub::test
