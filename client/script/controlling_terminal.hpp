#pragma once

#include <termios.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/secret.hpp"

namespace hubbub::client {

/// The terminal of whoever has started the program (/dev/tty), whatever standard input and output are, for
/// questions line by line.
class ControllingTerminal {
 public:
  /// The answer to ask_hidden(); nothing: it was given up.
  using Told = std::function<void(std::optional<protocol::Secret> answer)>;

  ControllingTerminal();
  /// Restores it.
  ~ControllingTerminal();
  ControllingTerminal(const ControllingTerminal&) = delete;
  ControllingTerminal& operator=(const ControllingTerminal&) = delete;

  bool is_there() const { return descriptor_ >= 0; }
  /// Asks, and waits for the line; nothing: Ctrl-D, or the terminal is gone.
  std::optional<std::string> ask(std::string_view question) const;
  /// Asks for a line that is not shown, and calls `told` from the executor. One question at a time; Ctrl-C is
  /// a signal, before whose end the terminal has to be restored.
  void ask_hidden(const boost::asio::any_io_executor& executor, std::string question, Told told);
  /// Lets `print` write lines on the terminal, behind which the open question is there again.
  void interrupt(const std::function<void()>& print);
  /// What is typed is shown again, and there is no question any more.
  void restore();

 private:
  void wait();
  void read_hidden();
  void finish(std::optional<protocol::Secret> answer);

  int descriptor_;
  std::optional<termios> before_;                                  ///< while a question hides its answer
  std::optional<boost::asio::posix::stream_descriptor> readable_;  ///< when the terminal has a line
  std::string question_;
  std::string line_;
  Told told_;
};

}  // namespace hubbub::client
