#pragma once

#include <cstdint>

namespace hubbub::client {

/// A new set of epoll(7) that waits for `events` (EPOLLIN and the like; EPOLLERR and EPOLLHUP always) of one
/// descriptor: it is readable when they have come. The caller closes it.
///
/// Asio makes a descriptor that it waits for non-blocking, also by way of a duplicate, and leaves it so. That
/// counts for every process that shares it, such as the shell and what it runs next (open(2), "open file
/// description"), whose reads and writes then fail with EAGAIN. So Asio waits for this set, and a descriptor
/// that is shared stays as it is, however the program ends.
///
/// -1: a file, /dev/null and the like, which cannot be waited for as they are always ready (epoll_ctl(2),
/// EPERM). Errors: std::system_error.
int wait_set(int descriptor, std::uint32_t events);

}  // namespace hubbub::client
