#include "client/script/controlling_terminal.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "client/script/standard_streams.hpp"
#include "protocol/secret.hpp"
#include "protocol/system.hpp"

namespace hubbub::client {

using protocol::Secret;

namespace {

/// Longest line that a terminal gives (N_TTY_BUF_SIZE of Linux).
constexpr std::size_t most_line = 4096;

/// The line without its end. What goes on behind it in the same bytes belongs to nobody: a terminal gives
/// them line by line.
std::optional<std::string> whole_line(const std::string& bytes) {
  const std::size_t end = bytes.find('\n');
  return end == std::string::npos ? std::nullopt : std::optional(bytes.substr(0, end));
}

}  // namespace

ControllingTerminal::ControllingTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {}

ControllingTerminal::~ControllingTerminal() {
  restore();
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<std::string> ControllingTerminal::ask(std::string_view question) const {
  protocol::write_all(descriptor_, question);
  std::string bytes;
  std::array<char, most_line> some{};
  for (;;) {
    const ssize_t count = ::read(descriptor_, some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    bytes.append(some.data(), static_cast<std::size_t>(count));
    if (auto line = whole_line(bytes)) return line;
  }
}

void ControllingTerminal::ask_hidden(const boost::asio::any_io_executor& executor, std::string question,
                                     Told told) {
  question_ = std::move(question);
  told_ = std::move(told);
  line_.reserve(most_line);  // so that no copy of it is left anywhere
  termios settings{};
  if (::tcgetattr(descriptor_, &settings) == 0) {
    before_ = settings;
    settings.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
    settings.c_lflag |= ICANON | ISIG;
    // Stopped in the middle, it would leave the shell a terminal that shows nothing.
    settings.c_cc[VSUSP] = _POSIX_VDISABLE;
    ::tcsetattr(descriptor_, TCSAFLUSH, &settings);
  }
  protocol::write_all(descriptor_, question_);
  if (const int set = wait_set(descriptor_, EPOLLIN); set >= 0) readable_.emplace(executor, set);
  wait();
}

void ControllingTerminal::wait() {
  if (!readable_) return;
  readable_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](const boost::system::error_code& error) {
                          if (!error) read_hidden();
                        });
}

void ControllingTerminal::read_hidden() {
  std::array<char, most_line> some{};
  const ssize_t count = ::read(descriptor_, some.data(), some.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return wait();
  if (count <= 0) return finish(std::nullopt);
  line_.append(some.data(), static_cast<std::size_t>(count));
  ::explicit_bzero(some.data(), some.size());
  if (!line_.ends_with('\n')) {
    if (line_.size() < most_line) return wait();
    return finish(std::nullopt);
  }
  line_.pop_back();
  finish(Secret(std::move(line_)));
}

void ControllingTerminal::finish(std::optional<Secret> answer) {
  const Told told = std::exchange(told_, nullptr);
  restore();
  told(std::move(answer));
}

void ControllingTerminal::interrupt(const std::function<void()>& print) {
  const bool is_asking = readable_.has_value();
  if (is_asking) protocol::write_all(descriptor_, "\n");
  print();
  if (is_asking) protocol::write_all(descriptor_, question_);
}

void ControllingTerminal::restore() {
  readable_.reset();
  const Secret wiped(std::move(line_));
  if (!before_) return;
  ::tcsetattr(descriptor_, TCSADRAIN, &*before_);
  before_.reset();
  protocol::write_all(descriptor_, "\n");  // the one that was not shown
}

}  // namespace hubbub::client
