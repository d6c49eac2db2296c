#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hubbub::client {

/// "alice-2" for alice and 2; a long name is cut, so that it stays one that can be had
/// (protocol::name_code_points).
std::string spare_name(std::string_view name, unsigned number);

/// "alice-tail" for alice and "tail", in the same way; for no name no name.
std::string derived_name(std::string_view name, std::string_view what);

/// The names that are tried in turn when the wanted one is taken: alice-2, alice-3 and so on.
class SpareNames {
 public:
  SpareNames() = default;
  explicit SpareNames(std::string wanted) : wanted_(std::move(wanted)) {}

  /// Empty: no other will do.
  const std::string& wanted() const { return wanted_; }
  /// Nothing: no other will do, or too many of them were taken.
  std::optional<std::string> next();
  /// Begins with alice-2 again, which may be free by now.
  void begin_again() { tried_ = 1; }

 private:
  std::string wanted_;
  unsigned tried_ = 1;
};

/// The user's name on this machine: $USER, or else $LOGNAME, or else as passwd(5) says; empty: not known.
std::string user_name();

}  // namespace hubbub::client
