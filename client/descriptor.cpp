#include "client/descriptor.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace hubbub::client {
namespace {

using protocol::Code;
using protocol::Error;

/// A byte of a descriptor, which may not block; nothing: its end. Otherwise errno(3).
protocol::Result<std::optional<char>> next_byte(int descriptor) {
  for (;;) {
    char byte = 0;
    const ssize_t count = ::read(descriptor, &byte, 1);
    if (count == 1) return std::optional(byte);
    if (count == 0) return std::optional<char>();
    if (errno == EAGAIN) {
      pollfd input{descriptor, POLLIN, 0};
      ::poll(&input, 1, -1);
    } else if (errno != EINTR) {
      return Error{Code::bad_request, std::strerror(errno)};
    }
  }
}

}  // namespace

protocol::Result<Secret> first_line(int descriptor, std::string_view option) {
  const auto fault = [&](const std::string& what) {
    return Error{Code::bad_request,
                 std::string(option) + ": " + what + " in descriptor " + std::to_string(descriptor)};
  };
  std::string line;
  line.reserve(most_descriptor_bytes + 1);  // so that no copy of it is left anywhere
  for (;;) {
    const auto byte = next_byte(descriptor);
    if (!byte) {
      const Secret wiped(std::move(line));
      return Error{Code::bad_request, std::string(option) + ": cannot read descriptor " +
                                          std::to_string(descriptor) + ": " + byte.error().text};
    }
    if (!*byte || **byte == '\n') break;
    line += **byte;
    if (line.size() <= most_descriptor_bytes) continue;
    const Secret wiped(std::move(line));
    return fault("the first line is too long");
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return fault("there is nothing on the first line");
  return Secret(std::move(line));
}

}  // namespace hubbub::client
