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
  /// Kinds that are counted apart in a minute; what more there are is counted together.
  static constexpr std::size_t most_kinds = 1000;

  /// As for log::write; both outlive the digest.
  Digest(std::string_view channel, std::string_view what) : channel_(channel), what_(what) {}
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  /// Tells what has not been told yet.
  ~Digest();

  /// `kind`: what is counted together. The fields of the first stand for those that follow.
  void note(const std::string& kind, Time now, Fields fields);
  /// To be called now and then: tells of the minutes that are over.
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

}  // namespace hubbub::ops::log
