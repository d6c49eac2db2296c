#include "server/net/socket_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace hubbub::net {
namespace {

using protocol::Code;
using protocol::Error;

constexpr std::string_view in_use =
    "the address is in use; is another hubbubd running? (choose another with --listen)";

const char* kind_of(mode_t mode) {
  if (S_ISREG(mode)) return "a file";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISLNK(mode)) return "a symbolic link";
  return "something else";
}

std::string reason(int fault) { return std::generic_category().message(fault); }

/// Whether nobody has it open to accept on. In doubt somebody has: a full queue, one that may not be asked.
bool is_deserted(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  // Without waiting: connect(2) waits for room in the queue of one who does not accept.
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool refused = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
                       errno == ECONNREFUSED;
  ::close(probe);
  return refused;
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)), bound_(identity(path_)) {}

std::optional<SocketFile::Identity> SocketFile::identity(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

void SocketFile::remove() {
  if (bound_ && identity(path_) == bound_) ::unlink(path_.c_str());
  bound_.reset();
}

std::optional<Error> make_way(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;  // bind(2) tells what else is wrong
  if (!S_ISSOCK(status.st_mode)) {
    return Error{Code::denied, path + " is " + kind_of(status.st_mode) +
                                   " and no socket; remove it, or choose another path"};
  }
  if (!is_deserted(path)) return Error{Code::denied, std::string(in_use)};
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
  return Error{Code::denied, "the socket that is there is nobody's, but cannot be removed: " + reason(errno)};
}

}  // namespace hubbub::net
