#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "protocol/timestamp.hpp"

namespace hubbub::journal::shared {

/// How the time of a log goes on: by what its batches say, whatever a node's own clock does. So all who have
/// read the same say the same, and a node of which the clock is ahead makes nothing old for some alone.
class LogTime {
 public:
  /// Up to that position the log was not later than that.
  struct Mark {
    std::uint64_t position = 0;
    protocol::Timestamp time{};

    bool operator==(const Mark&) const = default;
  };

  LogTime() = default;
  /// As marks() were.
  explicit LogTime(std::vector<Mark> marks, protocol::Timestamp now) : marks_(std::move(marks)), now_(now) {}

  /// The next batch has that position and says that time. Returns whether there is a new mark.
  bool advance(std::uint64_t position, protocol::Timestamp time);
  /// The latest time that any batch has said.
  protocol::Timestamp now() const { return now_; }
  /// Everything up to this position is older than dedupe_window, and of what is behind it only what came
  /// within `interval` after that. 0: nothing is. It never falls.
  std::uint64_t old_up_to() const { return position_before(dedupe_window); }
  /// The same for quiet_after, where it may be older by `coarse_interval`.
  std::uint64_t quiet_up_to() const { return position_before(quiet_after); }

  /// In ascending order: some two hundred.
  const std::vector<Mark>& marks() const { return marks_; }

  /// For so long the ids of messages are known at least, in all rooms.
  static constexpr std::chrono::minutes dedupe_window{10};
  /// A room in which nothing has been said for so long has forgotten all ids.
  static constexpr std::chrono::hours quiet_after{7 * 24};
  static constexpr std::chrono::seconds interval{30};
  static constexpr std::chrono::hours coarse_interval{1};

 private:
  std::uint64_t position_before(std::chrono::milliseconds age) const;
  void thin();

  std::vector<Mark> marks_;
  protocol::Timestamp now_{};
};

}  // namespace hubbub::journal::shared
