#include "test/client/tmux.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "test/support/patience.hpp"

namespace hubbub::test {
namespace {

using Strings = Tmux::Strings;

/// The session of exactly that name, and not a window whose name begins so.
std::string target_of(const std::string& window) { return "=" + window + ":"; }

const Strings tmux_environment = {"TMUX=", "LC_ALL=C.UTF-8"};

Strings lines_of(const std::string& text) {
  Strings lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
    begin = end + 1;
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::string joined(const Strings& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

/// In the foreground, as our child: it goes when the test goes, however that comes about.
Tmux::Tmux() : server_({.arguments = invocation("-D"), .environment = tmux_environment}) {
  const Deadline deadline(patience);
  while (try_run({"start-server"}).exit_code != 0) {
    if (deadline.left() == 0) throw std::runtime_error("tmux does not start: " + server_.err().text());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Tmux::~Tmux() {
  server_.signal(SIGTERM);  // it takes its programs with it
  server_.wait_exit();
}

/// The server reads nobody's configuration; none is started but by us.
Strings Tmux::invocation(const std::string& option) const {
  return {"/usr/bin/tmux", "-u", option, "-S", (home_.path() / "tmux").string(), "-f", "/dev/null"};
}

void Tmux::open(const std::string& window, const Strings& command, int columns, int rows) {
  Strings arguments = {"new-session",       "-d", "-s", window, "-x", std::to_string(columns), "-y",
                       std::to_string(rows)};
  const Strings program = in_home(command);
  arguments.insert(arguments.end(), program.begin(), program.end());
  run(arguments);
  // What the program showed last can be looked at.
  run({"set-option", "-t", target_of(window), "remain-on-exit", "on"});
}

Strings Tmux::in_home(const Strings& command) const {
  Strings arguments = {"/usr/bin/env", "INPUTRC=/dev/null"};
  for (const char* variable : {"HOME=", "XDG_CONFIG_HOME=", "XDG_STATE_HOME="}) {
    arguments.push_back(variable + home_.path().string());
  }
  arguments.insert(arguments.end(), command.begin(), command.end());
  return arguments;
}

void Tmux::type(const std::string& window, const std::string& text, const std::string& key) const {
  if (!text.empty()) run({"send-keys", "-t", target_of(window), "-l", "--", text});
  if (!key.empty()) run({"send-keys", "-t", target_of(window), key});
}

void Tmux::paste(const std::string& window, const std::string& text) const {
  run({"set-buffer", "-b", window, "--", text});
  run({"paste-buffer", "-p", "-d", "-b", window, "-t", target_of(window)});
}

void Tmux::resize(const std::string& window, int columns, int rows) const {
  run({"resize-window", "-t", target_of(window), "-x", std::to_string(columns), "-y", std::to_string(rows)});
}

Strings Tmux::screen(const std::string& window) const {
  return lines_of(run({"capture-pane", "-p", "-t", target_of(window)}));
}

Strings Tmux::scrollback(const std::string& window) const {
  return lines_of(run({"capture-pane", "-p", "-J", "-S", "-", "-t", target_of(window)}));
}

/// tmux tells nobody when a screen has changed: hence the polling.
Strings Tmux::wait_until(const std::string& window, const std::function<bool(const Strings&)>& wanted) const {
  const Deadline deadline(patience);
  for (;;) {
    Strings lines = screen(window);
    if (wanted(lines)) return lines;
    if (deadline.left() == 0) throw std::runtime_error("the screen of " + window + " is:\n" + joined(lines));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Strings Tmux::expect(const std::string& window, std::string_view text) const {
  try {
    return wait_until(window,
                      [&](const Strings& lines) { return joined(lines).find(text) != std::string::npos; });
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("expected '" + std::string(text) + "', but " + error.what());
  }
}

Strings Tmux::expect_last(const std::string& window, std::string_view line) const {
  try {
    return wait_until(window, [&](const Strings& lines) { return !lines.empty() && lines.back() == line; });
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("expected '" + std::string(line) + "' at the end, but " + error.what());
  }
}

std::string Tmux::run(const Strings& arguments) const {
  const Outcome outcome = try_run(arguments);
  if (outcome.exit_code != 0) throw std::runtime_error("tmux: " + outcome.err);
  return outcome.out;
}

Outcome Tmux::try_run(const Strings& arguments) const {
  Strings all = invocation("-N");
  all.insert(all.end(), arguments.begin(), arguments.end());
  return test::run({.arguments = all, .environment = tmux_environment});
}

}  // namespace hubbub::test
