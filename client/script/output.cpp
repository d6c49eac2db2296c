#include "client/script/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "protocol/text.hpp"

namespace hubbub::client {
namespace {

/// The error (errno(3)) that kept it from being written, or 0.
int write_to(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      // Somebody who shares it has made it non-blocking.
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Output write_out(std::string_view bytes) {
  const int error = write_to(STDOUT_FILENO, bytes);
  if (error == 0) return Output::written;
  if (error == EPIPE) return Output::unread;
  complain("standard output cannot be written: " + std::system_category().message(error));
  return Output::failed;
}

void write_error(std::string_view bytes) { write_to(STDERR_FILENO, bytes); }

void complain(std::string_view sentence) {
  write_error("hubbub: " + protocol::for_terminal(sentence) + '\n');
}

}  // namespace hubbub::client
