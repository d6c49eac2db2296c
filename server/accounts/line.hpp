#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

namespace hubbub::accounts {

/// Those for whom there was no place, in the order in which they came: a place that becomes free is for the
/// first of them, if he comes back in time, and not for whoever asks next. So one who comes back when he was
/// told to gets his turn, however many ask all the time.
class Line {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Longest; who comes when there are so many is not in it.
  static constexpr std::size_t most = 1024;
  /// For so long a turn is kept after the time at which somebody was to come back.
  static constexpr std::chrono::milliseconds patience{2000};

  /// How many are before him, whether he is in it or would be the next.
  std::size_t ahead_of(const std::string& who, Time now);
  /// He is to come back in that time, and keeps the turn that he may have.
  void join(const std::string& who, Time now, std::chrono::milliseconds in);
  /// He has got his place.
  void leave(const std::string& who);
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::string who;
    Time until;
  };
  std::deque<Waiting> waiting_;
};

}  // namespace hubbub::accounts
