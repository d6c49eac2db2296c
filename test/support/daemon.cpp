#include "test/support/daemon.hpp"

#include <csignal>

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

/// From the log: "tcp://127.0.0.1:4711", "tcp://[::1]:4711" or "unix:///tmp/chat.sock".
Address address_from(const std::string& url) {
  const std::string rest = url.substr(url.find("://") + 3);
  if (url.starts_with(unix_scheme)) return {{}, 0, rest};
  const auto colon = rest.rfind(':');
  std::string host = rest.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {host, static_cast<std::uint16_t>(std::stoul(rest.substr(colon + 1))), {}};
}

}  // namespace

Daemon::Daemon(const DaemonOptions& options) : process_(command(options)) {
  std::size_t from = 0;
  if (options.listening >= 0) {
    wait_for_listener("tcp://", from);
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
  CHECK(exit_code.has_value());
  CHECK(exit_code.value_or(0) == 0);
  if (exit_code != 0) show_log();
}

/// The end of the log, for whoever looks into a failure.
void Daemon::show_log() const {
  constexpr std::size_t enough = 8000;
  const std::string text = log();
  std::cerr << "The daemon's log:\n" << text.substr(text.size() > enough ? text.size() - enough : 0);
}

Command Daemon::command(const DaemonOptions& options) const {
  const auto file = directory_.write(config_file, options.config);
  Command command{.arguments = {HUBBUBD, "--config", file.string()},
                  .descriptors = options.descriptors,
                  .listening = options.listening};
  if (options.listening < 0) {
    for (const auto& url : options.listen) {
      command.arguments.insert(command.arguments.end(), {"--listen", absolute(url, directory_.path())});
    }
  }
  command.arguments.insert(command.arguments.end(), options.flags.begin(), options.flags.end());
  return command;
}

/// Listeners log in the order in which they were asked for; `from` is where in the log to read on.
Address Daemon::wait_for_listener(const std::string& url, std::size_t& from) const {
  // With port 0 the log tells the real one.
  std::string what = "listening on " + url;
  if (what.ends_with(":0")) what.pop_back();
  wait_for_log(what, from);
  // The line may not have come to its end yet.
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
  arguments.insert(arguments.begin(), HUBBUBD);
  return run({.arguments = std::move(arguments)});
}

}  // namespace hubbub::test
