#include "client/script/reader_watch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "client/script/wait_set.hpp"

namespace hubbub::client {
namespace {

bool has_reader(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

}  // namespace

using boost::system::error_code;

ReaderWatch::ReaderWatch(const boost::asio::any_io_executor& executor, std::function<void()> gone)
    : set_(executor), gone_(std::move(gone)) {
  // No event is asked for: errors and hanging up are always among those that come (epoll_ctl(2)).
  const int set = has_reader(STDOUT_FILENO) ? wait_set(STDOUT_FILENO, 0) : -1;
  if (set < 0) return;
  set_.assign(set);
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
    if (!error) gone_();
  });
}

}  // namespace hubbub::client
