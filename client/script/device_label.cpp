#include "client/script/device_label.hpp"

#include <unistd.h>

#include <array>

namespace hubbub::client {

std::string device_label() {
  std::array<char, 65> host{};  // HOST_NAME_MAX and its end (gethostname(2))
  const bool is_known = ::gethostname(host.data(), host.size() - 1) == 0;
  return is_known ? "hubbub on " + std::string(host.data()) : "hubbub";
}

}  // namespace hubbub::client
