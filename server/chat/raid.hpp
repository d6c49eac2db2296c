#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/journal/keyed_hash.hpp"

namespace hubbub::chat {

/// Notices when very many newcomers come at once, or several of them say the same. Memory is bounded: only so
/// many texts of the last minute are known, by their hashes.
class Raid {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds join_span{10};
  static constexpr std::chrono::minutes text_span{1};
  /// For so long a guest is a newcomer.
  static constexpr std::chrono::minutes newcomer_age{10};
  /// So many newcomers may say the same within text_span.
  static constexpr std::size_t most_alike = 5;

  /// A guest has come in. Whether that makes more than `most` within join_span; 0: any number may.
  bool arrives(Time now, std::size_t most);
  /// Whether more than `most` have come within join_span.
  bool is_going_on(Time now, std::size_t most);
  /// When they are from so many addresses, it is a raid: one person has one, or two.
  static constexpr std::size_t least_addresses = 3;
  struct Newcomer {
    std::uint64_t number = 0;  ///< of the session
    /// Empty, or of this machine, from where whatever is in front of the server may connect: it tells
    /// nothing, and each counts as one of its own.
    std::string_view address = {};
  };
  struct Verdict {
    bool may_go_out = true;
    bool is_raid = false;
  };
  /// A newcomer is about to say it. Upper and lower case of ASCII, digits and what stands between words make
  /// no difference; nor does a short text, unless several have just come. What is not to go out does not
  /// count.
  Verdict says(const Newcomer& who, std::string_view text, Time now);

 private:
  struct Said {
    std::uint64_t number = 0;
    std::uint64_t address = 0;  ///< its hash
    Time at;
  };
  using Speakers = std::vector<Said>;  ///< each once, the latest at the end
  void tidy(Time now);

  std::deque<Time> arrivals_;
  journal::KeyedHash hash_;
  std::unordered_map<std::uint64_t, Speakers> texts_;
  Time tidied_{};
};

}  // namespace hubbub::chat
