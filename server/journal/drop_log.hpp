#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "server/journal/age_clock.hpp"

namespace hubbub::journal {

/// What retention has dropped, beyond what new messages have pushed out one for one.
struct Drops {
  std::uint64_t aged = 0;         ///< messages, for history.keep_age
  std::uint64_t surplus = 0;      ///< … for history.keep_messages
  std::set<std::string> rooms{};  ///< as shown

  std::uint64_t messages() const { return aged + surplus; }
  void add(Drops more);
};

/// Writes a line for each drop of more than 1,000 messages, however many portions it took, and one a minute
/// at most: what was dropped meanwhile is in the next.
class DropLog {
 public:
  /// `more`: this drop goes on.
  void note(Drops drops, bool more, Steady now);
  /// What has not been told yet; nothing comes after it.
  void finish();

 private:
  void tell();

  Drops under_way_;
  Drops untold_;
  std::optional<Steady> told_;
};

}  // namespace hubbub::journal
