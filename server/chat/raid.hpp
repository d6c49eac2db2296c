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
  /// So many of them count who are from one address: one person may have many connections.
  static constexpr std::size_t most_of_address = 2;
  struct Newcomer {
    std::uint64_t number = 0;       ///< of the session
    std::string_view address = {};  ///< empty: not known, which counts as one
  };
  struct Verdict {
    bool may_go_out = true;
    bool is_raid = false;
  };
  /// A newcomer is about to say it. Upper and lower case of ASCII, digits and what stands between words make
  /// no difference; nor does a short text, unless several have just come. What is not to go out does not
  /// count, and where most_alike have said it from one address, it goes out from that one no more.
  Verdict says(const Newcomer& who, std::string_view text, Time now);

 private:
  struct Said {
    std::uint64_t number = 0;
    std::uint64_t address = 0;  ///< its hash
    Time at;
  };
  using Speakers = std::vector<Said>;  ///< each once, the latest at the end
  static std::size_t counted(const Speakers& speakers);
  void tidy(Time now);

  std::deque<Time> arrivals_;
  journal::KeyedHash hash_;
  std::unordered_map<std::uint64_t, Speakers> texts_;
  Time tidied_{};
};

}  // namespace hubbub::chat
