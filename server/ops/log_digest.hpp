#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/ops/log.hpp"

namespace hubbub::ops::log {

/// Events of one sort that a client can cause without end, at level info. The first of each kind is a line at
/// once; those that follow within a minute are counted, and are one line at its end. The last field of both
/// is `count`.
class Digest {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::minutes interval{1};
  /// Kinds that are counted separately in a minute; all further kinds are counted together.
  static constexpr std::size_t most_kinds = 1000;

  /// As for log::write; both outlive the digest.
  Digest(std::string_view channel, std::string_view what) : channel_(channel), what_(what) {}
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  /// Logs the counts that were not logged yet.
  ~Digest();

  /// `kind`: events of one kind are counted together, with the fields of the first.
  void note(const std::string& kind, Time now, Fields fields);
  /// To be called now and then: logs the counts of the minutes that are over.
  void tell_due(Time now);

 private:
  struct Kind {
    std::vector<std::pair<std::string, std::variant<std::string, std::int64_t, std::uint64_t>>> fields;
    Time told{};
    std::uint64_t untold = 0;
  };
  using Kinds = std::map<std::string, Kind>;

  Kinds::iterator find_or_make(const std::string& kind, Time now, Fields fields);
  void tell(Kind& kind) const;

  std::string_view channel_;
  std::string_view what_;
  Kinds kinds_;
};

/// Events of one sort, at level info, each of which is worth a line, but which a client can cause without
/// end. The first from each source in a minute are a line each. Further ones are gathered: how many, and of
/// which kinds.
class Gathering {
 public:
  using Time = Digest::Time;

  static constexpr auto interval = Digest::interval;
  /// Lines for one source in one interval: more than a large household needs, behind a router or a proxy,
  /// when its link breaks.
  static constexpr std::uint32_t most_told = 300;
  /// Sources with lines of their own in one interval, some 100 bytes each; events of further sources are
  /// gathered.
  static constexpr std::size_t most_sources = 10'000;

  /// As for log::write; all outlive it. `more`: the `what` of the gathered lines.
  Gathering(std::string_view channel, std::string_view what, std::string_view more)
      : channel_(channel), what_(what), gathered_(channel, more) {}

  /// `source`: the address that the event comes from; empty: none, as behind a unix socket. `kind`: empty, or
  /// a word or a message of the system, of which there are few. `fields`: for a line of its own.
  void note(std::string_view source, std::string_view kind, Time now, Fields fields);
  /// To be called now and then: logs what was gathered in a minute that is over.
  void tell_due(Time now) { gathered_.tell_due(now); }

 private:
  bool may_tell(const std::string& source, Time now);

  std::string_view channel_;
  std::string_view what_;
  std::map<std::string, std::uint32_t> told_;  ///< lines in this interval
  Time begun_ = Time::min();                   ///< start of the interval
  Digest gathered_;
};

}  // namespace hubbub::ops::log
