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

/// What waits for one thread that does one thing at a time, and whose turn is next: that of the reader who
/// has used the least time lately. All who have used little are equal, and among equals the newest comer goes
/// first: so one who asks for a little waits for what is under way at most, however many ask for much, also
/// of those who have not had a turn yet. Now and then the one who has waited longest goes, so that nobody
/// waits for ever. One reader's own jobs keep their order. It knows no thread, and no clock but what it is
/// told.
class FairQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Job = std::function<void()>;
  struct Next {
    std::uint64_t reader = 0;
    Job job;
  };

  /// Time that was used counts for half after so long.
  static constexpr std::chrono::seconds half_life{10};
  /// Less than that is little.
  static constexpr std::chrono::seconds little{1};
  /// Every so manieth is the one who has waited longest.
  static constexpr std::uint64_t oldest_of = 8;

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
    std::deque<Waiting> waiting;
  };
  using Readers = std::map<std::uint64_t, Reader>;
  struct Place {
    double used = 0;
    std::uint64_t arrival = 0;
    std::uint64_t reader = 0;

    bool operator<(const Place& other) const {
      return used != other.used ? used < other.used : arrival > other.arrival;
    }
  };

  static Place place_of(const Readers::value_type& reader);
  void enter(const Readers::value_type& reader);
  void leave(const Readers::value_type& reader);
  double worth(Clock::time_point now) const;
  void find_light(Clock::time_point now);
  void forget(Clock::time_point now);

  std::size_t most_;
  std::size_t size_ = 0;
  std::uint64_t arrivals_ = 0;
  std::uint64_t turns_ = 0;
  std::size_t forget_at_ = 64;             ///< readers
  std::optional<Clock::time_point> base_;  ///< when a second was worth a second
  Readers readers_;
  // Readers who wait: by their use until it has become little, and then by arrival; and all by arrival.
  std::set<Place> by_use_;
  std::map<std::uint64_t, std::uint64_t> light_;
  std::map<std::uint64_t, std::uint64_t> by_arrival_;
};

}  // namespace hubbub::journal
