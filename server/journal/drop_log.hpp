#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "server/journal/age_clock.hpp"

namespace hubbub::journal {

/// What retention has dropped, apart from messages that new ones have replaced one for one.
struct Drops {
  std::uint64_t aged = 0;         ///< messages, for history.keep_age
  std::uint64_t surplus = 0;      ///< messages, for history.keep_messages
  std::uint64_t by_rule = 0;      ///< messages, for the room's own retention
  std::set<std::string> rooms{};  ///< as shown

  std::uint64_t messages() const { return aged + surplus + by_rule; }
  void add(Drops more);
};

/// Logs each drop of more than 1,000 messages, in however many portions, in one line, and one line a minute
/// at most: drops in between are in the next.
class DropLog {
 public:
  /// `more`: this drop goes on.
  void note(Drops drops, bool more, Steady now);
  /// Logs what has not been logged yet. The last call.
  void finish();

 private:
  void tell();

  Drops under_way_;
  Drops untold_;
  std::optional<Steady> told_;
};

}  // namespace hubbub::journal
