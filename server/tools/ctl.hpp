#pragma once

#include <string>
#include <vector>

#include "server/accounts/password.hpp"
#include "server/journal/settings.hpp"

namespace hubbub::tools {

/// Where a daemon is, or would be, that `ctl` talks to.
struct CtlPlace {
  /// Paths of its socket, of which the first that somebody serves is taken.
  std::vector<std::string> sockets;
  bool is_named = false;  ///< somebody has said which one; else nothing is made where none is
  journal::Settings journal;
  accounts::HashCost cost;
};

/// Runs `hubbubd ctl WORDS…`: asks a running daemon something, and prints what it answers, as text or with
/// `--json` in its own lines. `account add` works on the state directory where no daemon runs. Returns the
/// exit code: 0 done, 1 refused or no daemon is there, 2 wrong usage. Throws a sentence.
int ctl(const CtlPlace& place, const std::vector<std::string>& words);

/// What `hubbubd ctl` can be asked for, for its help.
std::string ctl_usage();

}  // namespace hubbub::tools
