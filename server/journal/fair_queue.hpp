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

/// The jobs that wait for one thread that does one at a time, and whose turn is next: start-time fair
/// queueing (P. Goyal, H. Vin, H. Cheng, SIGCOMM 1996) with readers for flows. A reader's place is the time
/// that it has used, counted from the place of the reader whose turn was last when it came: so the next is
/// the reader that has used the least time lately. Besides:
///
/// 1. Among equal places the newcomer goes first: a reader that has had no job for as long as its last turn
///    took. So a reader that asks now and then waits for the job under way and little else.
/// 2. A reader whose turns are short goes before those with an equal place whose turns are long or not known.
/// 3. Every eighth turn is that of the reader that has waited longest: so no reader waits for ever.
///
/// A reader's own jobs keep their order. The queue has no thread, and no clock but the times passed in.
class FairQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Job = std::function<void()>;
  struct Next {
    std::uint64_t reader = 0;
    Job job;
  };

  static constexpr std::uint64_t oldest_of = 8;
  /// A reader without a job for so long is a newcomer, however long its last turn took.
  static constexpr std::chrono::milliseconds longest_rest{250};

  /// At most so many jobs wait.
  explicit FairQueue(std::size_t most) : most_(most) {}

  /// False: `most` jobs wait already, and this one is not taken.
  bool push(std::uint64_t reader, Job job, Clock::time_point now);
  /// The job whose turn it is; nothing when none waits.
  std::optional<Next> pop();
  /// That reader's job, which was the last to be popped, has taken so long.
  void used(std::uint64_t reader, Clock::duration time, Clock::time_point now);

  std::size_t size() const { return size_; }
  /// Readers that wait, or whose last turn may still matter.
  std::size_t readers() const { return readers_.size(); }

 private:
  using Number = std::uint64_t;
  using Work = Clock::duration;  ///< time of the thread, which is a place in the order too
  struct Waiting {
    std::uint64_t arrival = 0;
    Job job;
  };
  struct Reader {
    Work place{};               ///< the place of its next turn
    std::optional<Work> took;   ///< its last turn
    Clock::time_point ended{};  ///< when that was over
    bool is_short = false;      ///< as of when it was put into the order
    std::deque<Waiting> waiting;
  };
  using Readers = std::map<Number, Reader>;
  /// By place; then the newest first: the second number is the greatest number less the arrival.
  using Order = std::set<std::pair<std::pair<Work, std::uint64_t>, Number>>;

  static bool has_rested(const Reader& reader, Clock::time_point now);
  static Order::value_type key(const Readers::value_type& reader);
  void enter(Readers::value_type& reader);
  void leave(const Readers::value_type& reader);
  Work first_place() const;
  Number choose();
  void forget(Clock::time_point now);

  std::size_t most_;
  std::size_t size_ = 0;
  std::uint64_t arrivals_ = 0;
  std::uint64_t turns_ = 0;
  std::size_t forget_at_ = 64;  ///< readers
  Work place_{};                ///< of the last turn, except turns of the longest wait
  Work mean_{};                 ///< mean length of the last turns
  Readers readers_;
  // The readers that wait.
  std::map<std::uint64_t, Number> by_arrival_;
  Order short_;  ///< the length of their last turn is added to their places
  Order others_;
};

}  // namespace hubbub::journal
