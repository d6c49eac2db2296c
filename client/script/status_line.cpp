#include "client/script/status_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "client/script/output.hpp"

namespace hubbub::client {
namespace {

/// What a terminal shows of itself behind the line: "^C".
constexpr std::size_t echo = 2;

/// Less than the terminal has: in the last column many a terminal begins a new line.
std::size_t columns() {
  constexpr std::size_t usual = 80;
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const std::size_t all = known ? size.ws_col : usual;
  return all - std::min(all, echo + 1);
}

}  // namespace

StatusLine::StatusLine() : seen_(::isatty(STDERR_FILENO) != 0) {}

void StatusLine::show(std::string_view text) {
  if (!seen_) return;
  text = text.substr(0, columns());
  // Written over with blanks, which every terminal understands, and not with an escape sequence.
  const std::size_t left_over = columns_shown_ - std::min(columns_shown_, text.size());
  columns_shown_ = text.size();
  write_error('\r' + std::string(text) + std::string(left_over, ' ') + std::string(left_over, '\b'));
}

void StatusLine::erase() {
  if (columns_shown_ == 0) return;
  write_error('\r' + std::string(std::min(columns_shown_, columns()) + echo, ' ') + '\r');
  columns_shown_ = 0;
}

}  // namespace hubbub::client
