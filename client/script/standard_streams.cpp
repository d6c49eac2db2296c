#include "client/script/standard_streams.hpp"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "protocol/system.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

bool has_reader(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

/// Columns of the terminal's own echo behind the line: "^C".
constexpr std::size_t echo = 2;

/// Columns for the line: without the echo's, and without the last column, at which many terminals begin a new
/// line.
std::size_t columns() {
  constexpr std::size_t usual = 80;
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const std::size_t all = known ? size.ws_col : usual;
  return all - std::min(all, echo + 1);
}

}  // namespace

int wait_set(int descriptor, std::uint32_t events) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event wanted{};
  wanted.events = events;
  if (set >= 0 && ::epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &wanted) == 0) return set;
  const int reason = errno;
  if (set >= 0) ::close(set);
  if (reason == EPERM) return -1;
  throw std::system_error(reason, std::generic_category(), "epoll");
}

Input::Input(const asio::any_io_executor& executor) : ready_(executor) {
  if (const int set = wait_set(STDIN_FILENO, EPOLLIN); set >= 0) ready_.assign(set);
}

asio::awaitable<std::optional<std::string>> Input::next() {
  for (;;) {
    auto line = take_line();
    if (line || ended_) co_return line;
    if (co_await wait_readable()) {
      read_some();
    } else {
      ended_ = true;
    }
  }
}

std::optional<std::string> Input::take_line() {
  const std::size_t end = buffer_.find('\n', consumed_);
  const bool whole = end != std::string::npos;
  if (!whole) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
    if (skipping_) buffer_.clear();
    const bool rest = ended_ && !buffer_.empty();
    const bool cut = buffer_.size() > most_line_bytes;
    if (!rest && !cut) return std::nullopt;
    skipping_ = cut;
    return std::exchange(buffer_, {});
  }
  std::string line = buffer_.substr(consumed_, end - consumed_);
  consumed_ = end + 1;
  if (std::exchange(skipping_, false)) return take_line();
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

asio::awaitable<bool> Input::wait_readable() {
  if (!ready_.is_open()) {
    // Lets the connection run between reads of a file, however long it is.
    co_await asio::post(ready_.get_executor(), asio::use_awaitable);
    co_return true;
  }
  const auto [error] = co_await ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                  asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

void Input::read_some() {
  std::array<char, std::size_t{16} * 1024> bytes;
  const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (count > 0) {
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  } else if (count == 0) {
    ended_ = true;
  } else if (errno != EINTR && errno != EAGAIN) {
    error_ = errno;
    ended_ = true;
  }
}

ReaderWatch::ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone)
    : set_(executor), gone_(std::move(gone)) {
  // Requests no event: EPOLLERR and EPOLLHUP are always reported (epoll_ctl(2)).
  const int set = has_reader(STDOUT_FILENO) ? wait_set(STDOUT_FILENO, 0) : -1;
  if (set < 0) return;
  set_.assign(set);
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
    if (!error) gone_();
  });
}

Output write_out(std::string_view bytes) {
  const int error = protocol::write_all(STDOUT_FILENO, bytes);
  if (error == 0) return Output::written;
  if (error == EPIPE) return Output::unread;
  complain("standard output cannot be written: " + std::system_category().message(error));
  return Output::failed;
}

void write_error(std::string_view bytes) { protocol::write_all(STDERR_FILENO, bytes); }

void complain(std::string_view sentence) {
  write_error("hubbub: " + protocol::for_terminal(sentence) + '\n');
}

StatusLine::StatusLine() : seen_(::isatty(STDERR_FILENO) != 0) {}

void StatusLine::show(std::string_view text) {
  if (!seen_) return;
  text = text.substr(0, columns());
  // Overwrites with blanks, which every terminal understands, instead of using an escape sequence.
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
