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

/// The names that one goes by, in turn, when the one that was wanted is another's: alice-2, alice-3 and so
/// on.
class SpareNames {
 public:
  SpareNames() = default;
  explicit SpareNames(std::string wanted) : wanted_(std::move(wanted)) {}

  /// Empty: no other will do.
  const std::string& wanted() const { return wanted_; }
  /// Nothing: no other will do, or too many of them were taken.
  std::optional<std::string> next();
  /// From the first on again: the search is for a name that is free now and near the wanted one, and not for
  /// ever a further one.
  void begin_again() { tried_ = 1; }

 private:
  std::string wanted_;
  unsigned tried_ = 1;
};

/// What one is called on this machine: $USER, or else $LOGNAME, or else as passwd(5) says; empty: nobody
/// knows.
std::string user_name();

}  // namespace hubbub::client
