#pragma once

#include <string>
#include <vector>

#include "test/client/program.hpp"
#include "test/support/daemon.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"

namespace hubbub::test {

/// A shell command in which $hubbub is the client, and $to is where the daemon is; that is also the server
/// of those that name none. No settings but those in the daemon's directory count.
inline Command shell_command(const Daemon& daemon, const std::string& command) {
  const std::string to = target(daemon.address());
  Command shell;
  shell.arguments = {"/bin/sh", "-c", command};
  shell.environment = {"hubbub=" + hubbub_program,
                       "to=" + to,
                       "HUBBUB_SERVER=" + to,
                       "USER=ann",
                       "XDG_CONFIG_HOME=" + daemon.directory().path().string(),
                       "TZ=UTC-1"};
  return shell;
}

/// The same, to its end. Should that not come, all of it is ended: nothing of it may outlive the test.
inline Outcome shell(const Daemon& daemon, const std::string& command) {
  Command shell = shell_command(daemon, command);
  shell.arguments.insert(shell.arguments.begin(), {"/usr/bin/timeout", "60"});
  return run(shell);
}

/// With a daemon that lets scripts run as fast as they can.
struct Unlimited {
  Daemon daemon{{.config = "[limits]\nmessages_per_second = 0\n"}};
};

/// "1", "2", … as texts.
inline std::vector<std::string> numbers(int count) {
  std::vector<std::string> texts;
  for (int number = 1; number <= count; ++number) texts.push_back(std::to_string(number));
  return texts;
}

/// Lines of JSON, each of which has to be an object, and nothing else.
Events objects(const std::string& lines);

}  // namespace hubbub::test
