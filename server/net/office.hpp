#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "protocol/error.hpp"
#include "server/net/sniffer.hpp"

namespace hubbub::net {

/// Who may come in by a unix socket as an operator: root, one user, and whoever is in a group.
struct Keepers {
  uid_t user = 0;
  std::optional<gid_t> group{};

  /// By what the kernel says of the process at the other end, as it was when it connected (SO_PEERCRED and
  /// SO_PEERGROUPS, unix(7) and socket(7)).
  bool admit(int socket) const;
};

/// This process's user, and the group of that name (empty: none). Error: denied, there is no such group.
protocol::Result<Keepers> keepers(const std::string& group);

/// A socket for operators alone.
struct Office {
  Protocols protocols;  ///< that are spoken there
  Keepers keepers;
};

/// Lets the file of a socket be used by its user and by the group. Error: denied, with the end of a sentence
/// about the path.
std::optional<protocol::Error> hand_over(const std::string& path, const std::optional<gid_t>& group);

}  // namespace hubbub::net
