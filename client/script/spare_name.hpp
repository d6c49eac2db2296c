#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub::client {

/// "alice-2" for alice and 2; a long name is cut to stay valid (protocol::name_code_points).
std::string spare_name(std::string_view name, unsigned number);

/// "alice-tail" for alice and "tail", cut in the same way; empty for an empty name.
std::string derived_name(std::string_view name, std::string_view what);

/// The names that are tried in turn when the wanted one is taken: alice-2, alice-3 and so on.
class SpareNames {
 public:
  SpareNames() = default;
  explicit SpareNames(std::string wanted) : wanted_(std::move(wanted)) {}

  /// Empty: there are no alternatives.
  const std::string& wanted() const { return wanted_; }
  /// The next name; nothing: there are no alternatives, or too many were taken.
  std::optional<std::string> next();
  /// Starts again with alice-2, which may be free by now.
  void begin_again() { tried_ = 1; }

 private:
  std::string wanted_;
  unsigned tried_ = 1;
};

/// The user's login name: $USER, else $LOGNAME, else the entry in passwd(5); empty: not known.
std::string user_name();

}  // namespace hubbub::client
