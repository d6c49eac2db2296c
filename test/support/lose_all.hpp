#pragma once

#include <linux/filter.h>
#include <sys/socket.h>

#include <stdexcept>

namespace hubbub::test {

/// From now on the socket drops every packet before TCP sees it, so that nothing is acknowledged any more: as
/// if its machine had been switched off.
inline void lose_all(int socket) {
  sock_filter keep_nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{.len = 1, .filter = &keep_nothing};
  if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
    throw std::runtime_error("a filter could not be put on the socket");
  }
}

}  // namespace hubbub::test
