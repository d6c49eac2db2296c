#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "test/support/catch.hpp"

namespace hubbub::net {

/// The two ends of a stream, over TCP on the loopback or over unix(7). The near end does not block.
inline std::pair<int, int> stream_pair(int family) {
  int ends[2];
  if (family == AF_UNIX) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    return {ends[0], ends[1]};
  }
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  void* const raw = &address;
  REQUIRE(::bind(listener, static_cast<sockaddr*>(raw), size) == 0);
  REQUIRE(::listen(listener, 1) == 0);
  REQUIRE(::getsockname(listener, static_cast<sockaddr*>(raw), &size) == 0);
  const int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int at_once = 1;  // each write goes out by itself
  REQUIRE(::setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once)) == 0);
  REQUIRE(::connect(far, static_cast<sockaddr*>(raw), size) == 0);
  const int near = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  REQUIRE(near >= 0);
  ::close(listener);
  return {near, far};
}

}  // namespace hubbub::net
