#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/request.hpp"

namespace hubbub::tools {

/// A command line of `hubbubd ctl`.
struct CtlCommand {
  protocol::request::Any asked;
  bool json = false;                  ///< the daemon's own lines are printed
  bool lines = false;                 ///< so are answers, but not errors
  bool nodes = false;                 ///< of the status the nodes alone are shown
  bool help = false;                  ///< nothing is asked
  std::optional<std::string> socket;  ///< instead of the usual ones
  /// Of an account: it is asked for at the terminal, unless a descriptor is given, and then goes into the
  /// request.
  bool needs_password = false;
  std::optional<int> password_from;
  /// A name that is to be typed again before anything is done; empty: none.
  std::string confirm;
};

/// Wrong usage, as a sentence that says what to write.
struct Misuse : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws Misuse.
CtlCommand parse_ctl(const std::vector<std::string>& words);

}  // namespace hubbub::tools
