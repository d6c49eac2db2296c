#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace hubbub::journal {

/// What waits for one thread that does one thing at a time, and whose turn is next. In this order:
///
/// 1. Every eighth time, the one who has waited longest: so nobody waits for ever.
/// 2. The newest comer of those who have rested: who have never had a turn, or whose last one was not long
/// and is
///    many times as long ago. So one who asks now and then waits for what is under way and little else,
///    however many ask all the time, and whether or not those have had a turn yet.
/// 3. The one who has used the least time lately.
///
/// One reader's own jobs keep their order. It knows no thread, and no clock but what it is told.
class FairQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Job = std::function<void()>;
  struct Next {
    std::uint64_t reader = 0;
    Job job;
  };

  static constexpr std::uint64_t oldest_of = 8;
  /// After a turn that took longer a reader never counts as rested, but by what was used.
  static constexpr std::chrono::milliseconds not_long{400};
  /// How long one rests, in the time that the last turn took.
  static constexpr int rest = 8;
  /// Time that was used counts for half after so long.
  static constexpr std::chrono::seconds half_life{10};

  /// At most so many jobs wait.
  explicit FairQueue(std::size_t most) : most_(most) {}

  /// False: too much waits already, and the job is not taken.
  bool push(std::uint64_t reader, Job job);
  /// Whose turn it is; nothing when nobody waits.
  std::optional<Next> pop(Clock::time_point now);
  /// That reader's job has taken so long.
  void used(std::uint64_t reader, Clock::duration time, Clock::time_point now);

  std::size_t size() const { return size_; }
  /// Readers who wait, or have used time lately.
  std::size_t readers() const { return readers_.size(); }

 private:
  struct Waiting {
    std::uint64_t arrival = 0;
    Job job;
  };
  struct Reader {
    /// Seconds, worth more the later they were used: what has been used loses its worth without being
    /// touched.
    double used = 0;
    Clock::time_point rested_at = Clock::time_point::min();
    std::deque<Waiting> waiting;
  };
  using Readers = std::map<std::uint64_t, Reader>;
  using Number = std::uint64_t;

  static std::uint64_t arrival_of(const Readers::value_type& reader) {
    return reader.second.waiting.front().arrival;
  }
  void enter(const Readers::value_type& reader);
  void leave(const Readers::value_type& reader);
  Number choose(Clock::time_point now);
  double worth(Clock::time_point now) const;
  void forget(Clock::time_point now);

  std::size_t most_;
  std::size_t size_ = 0;
  std::uint64_t arrivals_ = 0;
  std::uint64_t turns_ = 0;
  std::size_t forget_at_ = 64;             ///< readers
  std::optional<Clock::time_point> base_;  ///< when a second was worth a second
  Readers readers_;
  // Those who wait. All, by arrival and by use; and each of them is resting, or has rested, or never will.
  std::map<std::uint64_t, Number> by_arrival_;
  std::set<std::pair<double, Number>> by_use_;
  std::set<std::pair<Clock::time_point, Number>> resting_;
  std::map<std::uint64_t, Number> rested_;  ///< by arrival
};

}  // namespace hubbub::journal
