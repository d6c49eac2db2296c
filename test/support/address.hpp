#pragma once

#include <cstdint>
#include <string>

namespace hubbub::test {

/// The address of a listener: a numeric IP address and a port, or the path of a unix socket.
struct Address {
  std::string host{};
  std::uint16_t port = 0;
  std::string path{};
};

}  // namespace hubbub::test
