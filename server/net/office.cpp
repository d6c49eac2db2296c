#include "server/net/office.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

namespace hubbub::net {
namespace {

using protocol::Code;
using protocol::Error;

/// The groups besides the first one of the process at the other end.
std::vector<gid_t> other_groups(int socket) {
  std::vector<gid_t> groups(64);
  for (int tries = 0; tries < 2; ++tries) {
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const bool is_known = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0;
    if (!is_known && errno != ERANGE) return {};
    groups.resize(size / sizeof(gid_t));
    if (is_known) return groups;
  }
  return {};
}

}  // namespace

bool Keepers::admit(int socket) const {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  if (peer.uid == 0 || peer.uid == user) return true;
  if (!group) return false;
  if (peer.gid == *group) return true;
  const auto others = other_groups(socket);
  return std::find(others.begin(), others.end(), *group) != others.end();
}

protocol::Result<Keepers> keepers(const std::string& group) {
  Keepers keepers{.user = ::geteuid()};
  if (group.empty()) return keepers;
  const auto* const found = ::getgrnam(group.c_str());
  if (found == nullptr) return Error{Code::denied, "there is no group called " + group};
  keepers.group = found->gr_gid;
  return keepers;
}

std::optional<Error> hand_over(const std::string& path, const std::optional<gid_t>& group) {
  constexpr auto as_it_is = static_cast<uid_t>(-1);
  constexpr mode_t for_both = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP;
  // Whoever may write to the folder may have put something else there: only a socket of one's own is touched,
  // which has no other name, and by its descriptor alone.
  const int file = ::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  struct stat status {};
  const bool is_ours = file >= 0 && ::fstat(file, &status) == 0 && S_ISSOCK(status.st_mode) &&
                       status.st_uid == ::geteuid() && status.st_nlink == 1;
  const auto by_descriptor = "/proc/self/fd/" + std::to_string(file);
  const bool is_done = is_ours && (!group || ::fchownat(file, "", as_it_is, *group, AT_EMPTY_PATH) == 0) &&
                       ::chmod(by_descriptor.c_str(), for_both) == 0;
  const int fault = is_ours ? errno : EEXIST;
  if (file >= 0) ::close(file);
  if (is_done) return std::nullopt;
  return Error{Code::denied, "cannot give it to its group: " + std::generic_category().message(fault)};
}

}  // namespace hubbub::net
