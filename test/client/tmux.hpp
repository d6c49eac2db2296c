#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

/// Programs in windows of a tmux server of their own (package tmux): what a person sees on the screen,
/// instead of the bytes that were sent there. The server and all that runs in it is gone at the end.
class Tmux {
 public:
  using Strings = std::vector<std::string>;

  Tmux();
  ~Tmux();
  Tmux(const Tmux&) = delete;
  Tmux& operator=(const Tmux&) = delete;

  /// Runs the program in a window of that size, in an environment with a home of its own.
  void open(const std::string& window, const Strings& command, int columns = 80, int rows = 24);
  /// Types the text, and perhaps a key such as "Enter", "M-a" or "C-r" after it (tmux(1), KEY BINDINGS).
  void type(const std::string& window, const std::string& text, const std::string& key = "") const;
  void key(const std::string& window, const std::string& key) const { type(window, "", key); }
  /// As the terminal does it: bracketed, when the program has asked for that.
  void paste(const std::string& window, const std::string& text) const;
  void resize(const std::string& window, int columns, int rows) const;

  /// The lines on the screen, without blanks at their ends and without empty ones at the end.
  Strings screen(const std::string& window) const;
  /// The same with all that has scrolled off the screen before it; a line that takes several rows is one.
  Strings scrollback(const std::string& window) const;
  /// Waits until the screen is as wanted, and returns it; a std::runtime_error with the screen if it does not
  /// come to that.
  Strings wait_until(const std::string& window, const std::function<bool(const Strings&)>& wanted) const;
  /// Until a line holds the text.
  Strings expect(const std::string& window, std::string_view text) const;
  /// Until the last line is this one.
  Strings expect_last(const std::string& window, std::string_view line) const;

  const TemporaryDirectory& home() const { return home_; }

 private:
  std::string run(const Strings& arguments) const;
  Outcome try_run(const Strings& arguments) const;
  Strings in_home(const Strings& command) const;

  Strings invocation(const std::string& option) const;

  TemporaryDirectory home_;
  Process server_;
};

/// The lines as one text.
std::string joined(const std::vector<std::string>& lines);

}  // namespace hubbub::test
