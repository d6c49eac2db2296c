#include "client/script/reader_watch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <utility>

namespace hubbub::client {

using boost::system::error_code;

ReaderWatch::ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone)
    : descriptor_(executor), gone_(std::move(gone)) {
  // A duplicate, because the descriptor closes what it is given.
  const int duplicate = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) return;
  error_code error;
  descriptor_.assign(duplicate, error);
  if (error) {
    ::close(duplicate);
  } else {
    wait();
  }
}

void ReaderWatch::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_error, [this](const error_code& error) {
    // A file, for one, cannot be waited for (epoll_ctl(2), EPERM).
    if (error) return;
    if (reader_has_gone()) return gone_();
    wait();
  });
}

bool ReaderWatch::reader_has_gone() {
  pollfd state{descriptor_.native_handle(), 0, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace hubbub::client
