#include "protocol/system.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace hubbub::protocol {
namespace {

/// The next byte; nothing: the end. Otherwise errno(3).
std::variant<std::optional<char>, int> next_byte(int descriptor) {
  for (;;) {
    char byte = 0;
    const ssize_t count = ::read(descriptor, &byte, 1);
    if (count == 1) return std::optional(byte);
    if (count == 0) return std::optional<char>();
    if (errno == EAGAIN) {
      pollfd input{descriptor, POLLIN, 0};
      ::poll(&input, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
}

}  // namespace

int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::variant<Secret, int> first_line(int descriptor, std::size_t most) {
  std::string line;
  line.reserve(most + 1);  // so that no copy of it is left anywhere
  int fault = 0;
  while (fault == 0) {
    const auto read = next_byte(descriptor);
    if (const auto* const failed = std::get_if<int>(&read)) {
      fault = *failed;
    } else {
      const auto byte = std::get<std::optional<char>>(read);
      if (!byte || *byte == '\n') break;
      line += *byte;
      if (line.size() > most) fault = EMSGSIZE;
    }
  }
  if (fault == 0 && line.ends_with('\r')) line.pop_back();
  Secret whole(std::move(line));
  if (fault != 0) return fault;
  return whole;
}

std::string unreadable(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::strerror(errno);
  if (S_ISDIR(status.st_mode)) return std::strerror(EISDIR);
  if (!S_ISREG(status.st_mode)) return "it is no regular file";
  // Not to wait either, if a pipe has come in its place by now.
  const int opened = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (opened < 0) return std::strerror(errno);
  ::close(opened);
  return {};
}

std::string environment(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

std::string base_directory(const char* variable, std::string_view below_home) {
  std::string path = environment(variable);
  if (path.starts_with('/')) return path;
  path = environment("HOME");
  return path.starts_with('/') ? path.append("/").append(below_home) : std::string();
}

}  // namespace hubbub::protocol
