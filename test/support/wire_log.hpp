#pragma once

#include <string>
#include <string_view>

namespace hubbub::test {

/// Records the lines of one connection for test/wire/check_log.py, if $HUBBUB_WIRE_LOG names a directory:
/// each process appends to a file of its own there, each record is a line "CONNECTION < LINE" (received) or
/// "CONNECTION > LINE" (sent).
class WireLog {
 public:
  WireLog();

  /// Any bytes that are sent; a line is recorded with its line feed.
  void sent(std::string_view bytes);
  void received(std::string_view line) const { record('<', line); }

 private:
  void record(char direction, std::string_view line) const;

  int file_;        ///< -1: nothing is recorded
  int connection_;  ///< unique in the process
  std::string unfinished_;
};

}  // namespace hubbub::test
