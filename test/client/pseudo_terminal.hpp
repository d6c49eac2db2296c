#pragma once

#include <signal.h>
#include <sys/types.h>
#include <termios.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/capture.hpp"
#include "test/support/descriptor.hpp"
#include "test/support/patience.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

/// A program on a terminal of its own, and what a person does there: types, and reads the screen. What is
/// read is the bytes as they came, escape sequences included.
class PseudoTerminal {
 public:
  /// `environment`: "NAME=VALUE", on top of the test's own. 80 columns and 24 rows. Its home is a directory
  /// of its own, with nothing in it.
  explicit PseudoTerminal(std::vector<std::string> arguments, std::vector<std::string> environment = {});
  ~PseudoTerminal();
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  void type(std::string_view bytes) const;
  /// Waits until this appears after everything that was expected before; std::runtime_error with the
  /// whole screen if it does not. Returns what came before it.
  std::string expect(std::string_view text);
  void resize(unsigned short columns, unsigned short rows = 24) const;
  const TemporaryDirectory& home() const { return home_; }
  void signal(int number) const;
  /// The exit code, 128 + N after signal N.
  int wait_exit();

  /// Whether it is as a shell wants it: lines are edited and shown by the terminal itself.
  bool is_sane() const;
  std::string text() const { return capture_->text(); }

 private:
  TemporaryDirectory home_;
  Descriptor master_;
  Descriptor slave_;  ///< held open, so that the settings can be looked at when the program has gone
  pid_t pid_ = -1;
  Descriptor handle_;  ///< becomes readable when the program ends
  std::optional<Capture> capture_;
  std::size_t read_ = 0;
};

}  // namespace hubbub::test
