#include "server/net/office.hpp"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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
  const bool is_done = (!group || ::chown(path.c_str(), as_it_is, *group) == 0) &&
                       ::chmod(path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) == 0;
  if (is_done) return std::nullopt;
  return Error{Code::denied, "cannot give it to its group: " + std::generic_category().message(errno)};
}

}  // namespace hubbub::net
