#include "client/script/input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

Input::Input(const asio::any_io_executor& executor) : descriptor_(executor) {
  error_code error;
  // A duplicate, because the descriptor closes what it is given.
  const int duplicate = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (duplicate >= 0) descriptor_.assign(duplicate, error);
  ended_ = !descriptor_.is_open();
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

void Input::cancel() {
  ended_ = true;
  buffer_.clear();
  consumed_ = 0;
  error_code ignored;
  descriptor_.cancel(ignored);
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

/// Waiting and then reading, instead of an asynchronous read, because that would make the descriptor
/// non-blocking for every other process that has it too, such as the shell's.
asio::awaitable<bool> Input::wait_readable() {
  const auto [error] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                       asio::as_tuple(asio::use_awaitable));
  // A file is always ready, and epoll therefore refuses to wait for one (epoll_ctl(2), EPERM).
  co_return !error || error == asio::error::operation_not_supported;
}

void Input::read_some() {
  std::array<char, std::size_t{16} * 1024> bytes;
  const ssize_t count = ::read(descriptor_.native_handle(), bytes.data(), bytes.size());
  if (count > 0) {
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    ended_ = true;
  }
}

}  // namespace hubbub::client
