#include "client/script/input.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "client/script/wait_set.hpp"

namespace hubbub::client {

namespace asio = boost::asio;
using boost::system::error_code;

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

void Input::cancel() {
  ended_ = true;
  buffer_.clear();
  consumed_ = 0;
  error_code ignored;
  ready_.cancel(ignored);
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
    // However long a file is, the connection has its turns.
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

}  // namespace hubbub::client
