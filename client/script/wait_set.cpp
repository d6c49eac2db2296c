#include "client/script/wait_set.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace hubbub::client {

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

}  // namespace hubbub::client
