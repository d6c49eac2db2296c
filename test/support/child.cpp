#include "test/support/child.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "test/support/patience.hpp"

namespace hubbub::test {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

// A system call, since older versions of glibc lack pidfd_open, or declare it without C linkage.
Descriptor open_handle(pid_t pid) {
  const auto fd = ::syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "pidfd_open");
  return Descriptor(static_cast<int>(fd));
}

std::optional<int> wait_for_end(pid_t pid, const Descriptor& handle, std::chrono::milliseconds time) {
  const Deadline deadline(time);
  pollfd ended{handle.get(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&ended, 1, deadline.left())) < 0 && errno == EINTR) {
  }
  if (ready <= 0) return std::nullopt;
  // The process has ended. waitpid() may still block for a moment, as a tracer is told first.
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace hubbub::test
