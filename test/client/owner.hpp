#pragma once

#include <csignal>
#include <filesystem>
#include <string>

#include "test/client/alice.hpp"
#include "test/client/shell.hpp"
#include "test/support/bytes_of.hpp"
#include "test/support/json_client.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

inline const std::string owners_password = "correct-horse";

/// A server on which alice has an account, and somebody at this machine who logs in to it.
struct Owner {
  Daemon daemon;
  TemporaryDirectory config;

  explicit Owner(const std::string& settings = "", bool registers = true) {
    if (registers)
      member(daemon.address(), "alice").answer({{"type", "register"}, {"password", owners_password}});
    if (settings.empty()) return;
    const auto from = daemon.log().size();
    daemon.rewrite_config(settings);
    daemon.signal(SIGHUP);
    daemon.wait_for_log("configuration read again", from);
  }

  std::string to() const { return target(daemon.address()); }
  std::filesystem::path tokens() const { return config.path() / "hubbub" / "tokens.toml"; }
  bool has_token() const { return bytes_of(tokens()).find("hub_") != std::string::npos; }
  /// The token, without the quotes around it.
  std::string token() const {
    const std::string text = bytes_of(tokens());
    const auto at = text.find("hub_");
    return text.substr(at, text.find('"', at) - at);
  }

  PseudoTerminal at_terminal(Strings arguments) const {
    arguments.insert(arguments.begin(), hubbub_program);
    return PseudoTerminal(arguments, {"USER=alice", "TERM=xterm-256color", "INPUTRC=/dev/null", "NO_COLOR=1",
                                      "HUBBUB_SERVER=", "XDG_CONFIG_HOME=" + config.path().string()});
  }
  /// Without a terminal.
  Outcome script(const std::string& command) const {
    Command shell = shell_command(daemon, command);
    shell.arguments.insert(shell.arguments.begin(), {"/usr/bin/setsid", "-w", "/usr/bin/timeout", "60"});
    std::erase_if(shell.environment, [](const auto& each) { return each.starts_with("XDG_CONFIG_HOME="); });
    shell.environment.push_back("XDG_CONFIG_HOME=" + config.path().string());
    return run(shell);
  }
  Outcome log_in() const {
    return script("echo " + owners_password + " | $hubbub login --password-fd 0 alice@$to");
  }
  bool accepts(const std::string& token) const {
    return script("HUBBUB_TOKEN=" + token + " $hubbub --json < /dev/null").out.find(R"("account":true)") !=
           std::string::npos;
  }
};

}  // namespace hubbub::test
