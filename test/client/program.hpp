#pragma once

#include <string>

#include "test/support/address.hpp"

namespace hubbub::test {

/// The real client, as it was built.
inline const std::string hubbub_program = HUBBUB;

/// As it is given to the client: "127.0.0.1:4711" or "unix:/path".
inline std::string target(const Address& address) {
  if (!address.path.empty()) return "unix:" + address.path;
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace hubbub::test
