#include "test/support/daemon.hpp"

#include <csignal>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>

#include "test/support/catch.hpp"

namespace hubbub::test {
namespace {

constexpr std::string_view config_file = "hubbubd.toml";
constexpr std::string_view unix_scheme = "unix:";

/// "unix:chat.sock" in the daemon's directory: "unix:///tmp/hubbub-1/chat.sock".
std::string absolute(const std::string& url, const std::filesystem::path& directory) {
  if (!url.starts_with(unix_scheme)) return url;
  return "unix://" + (directory / url.substr(unix_scheme.size())).string();
}

/// From the log: "tcp://127.0.0.1:4711", "tls://[::1]:4711" or "unix:///tmp/chat.sock".
Address address_from(const std::string& url) {
  const std::string rest = url.substr(url.find("://") + 3);
  if (url.starts_with(unix_scheme)) return {.path = rest};
  const auto colon = rest.rfind(':');
  std::string host = rest.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {.host = host,
          .port = static_cast<std::uint16_t>(std::stoul(rest.substr(colon + 1))),
          .is_tls = url.starts_with("tls:")};
}

/// The configuration with that engine in its [history], unless it names one.
std::string with_engine(std::string config, std::string engine) {
  if (const char* wanted = std::getenv("HUBBUB_TEST_ENGINE"); engine.empty() && wanted) engine = wanted;
  if (engine.empty() || config.find("engine = ") != std::string::npos) return config;
  constexpr std::string_view section = "[history]\n";
  const std::string line = "engine = \"" + engine + "\"\n";
  const auto at = config.find(section);
  if (at == std::string::npos) return config + std::string(section) + line;
  return config.insert(at + section.size(), line);
}

/// Environment variables that keep the daemon's default state directory here, and out of the home of the user
/// who runs the tests.
std::vector<std::string> at_home_in(const std::filesystem::path& directory) {
  return {"HOME=" + directory.string(), "XDG_STATE_HOME=" + (directory / ".local/state").string()};
}

/// Whether a test case is running, to which a failure can be reported.
bool in_a_test() { return Catch::getCurrentContext().getResultCapture() != nullptr; }

}  // namespace

Daemon::Daemon(const DaemonOptions& options)
    : state_dir_(options.state_dir.empty() ? directory_.path() / "state" : options.state_dir),
      process_(command(options)) {
  std::size_t from = 0;
  if (options.listening >= 0) {
    wait_for_listener(options.listening_name.starts_with("tls") ? "tls://" : "tcp://", from);
    return;
  }
  for (const auto& url : options.listen) {
    addresses_.push_back(wait_for_listener(absolute(url, directory_.path()), from));
  }
}

Daemon::~Daemon() {
  if (std::uncaught_exceptions() > 0) show_log();
  if (!process_.running()) return;
  signal(SIGTERM);
  const auto exit_code = wait_exit();
  if (in_a_test()) {
    CHECK(exit_code.has_value());
    CHECK(exit_code.value_or(0) == 0);
  }
  if (exit_code != 0) show_log();
}

void Daemon::kill() {
  signal(SIGKILL);
  if (!wait_exit()) throw std::runtime_error("the daemon outlives SIGKILL");
}

/// Prints the end of the log, for failures.
void Daemon::show_log() const {
  constexpr std::size_t enough = 8000;
  const std::string text = log();
  std::cerr << "The daemon's log:\n" << text.substr(text.size() > enough ? text.size() - enough : 0);
}

Command Daemon::command(const DaemonOptions& options) const {
  const auto file = directory_.write(config_file, with_engine(options.config, options.engine));
  Command command{.arguments = options.launcher,
                  .environment = at_home_in(directory_.path()),
                  .descriptors = options.descriptors,
                  .listening = options.listening};
  if (!options.listening_name.empty())
    command.environment.push_back("LISTEN_FDNAMES=" + options.listening_name);
  command.arguments.insert(command.arguments.end(), {HUBBUBD, "--config", file.string()});
  if (options.with_state_dir) {
    std::filesystem::create_directories(state_dir_);
    command.arguments.insert(command.arguments.end(), {"--state-dir", state_dir_.string()});
  }
  if (options.listening < 0) {
    for (const auto& url : options.listen) {
      command.arguments.insert(command.arguments.end(), {"--listen", absolute(url, directory_.path())});
    }
  }
  command.arguments.insert(command.arguments.end(), options.flags.begin(), options.flags.end());
  return command;
}

/// Listeners are logged in the order of the options; `from`: offset in the log to read on from.
Address Daemon::wait_for_listener(const std::string& url, std::size_t& from) const {
  // For port 0 the log has the real port. The protocols of the listener stand behind the address.
  std::string what = "listening on " + url.substr(0, url.find('?'));
  if (what.ends_with(":0")) what.pop_back();
  wait_for_log(what, from);
  // The rest of the line may not have been read yet.
  const auto start = log().find(what, from);
  wait_for_log("\n", start);
  const std::string text = log();
  const auto url_start = start + std::string_view("listening on ").size();
  from = text.find_first_of(" \n", url_start);
  return address_from(text.substr(url_start, from - url_start));
}

void Daemon::rewrite_config(std::string_view config) const { directory_.write(config_file, config); }

void Daemon::wait_for_log(std::string_view what, std::size_t from) const {
  if (process_.err().wait_for(what, from, patience)) return;
  throw std::runtime_error("the daemon's log does not say \"" + std::string(what) + "\":\n" + log());
}

Outcome run_hubbubd(std::vector<std::string> arguments) {
  const TemporaryDirectory home;
  return run_hubbubd_in(home.path(), std::move(arguments));
}

Outcome run_hubbubd_in(const std::filesystem::path& directory, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {"/bin/sh", "-c", R"(cd "$0" && exec "$@")", directory.string(), HUBBUBD});
  return run({.arguments = std::move(arguments), .environment = at_home_in(directory)});
}

}  // namespace hubbub::test
