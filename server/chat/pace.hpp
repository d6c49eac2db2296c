#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "server/chat/address_buckets.hpp"
#include "server/chat/settings.hpp"

namespace hubbub::chat {

/// How fast one session may go on: by buckets of its own, and by one that all sessions of its address share.
class Pace {
 public:
  using Time = TokenBucket::Time;
  /// A request that is more than a limit allows now.
  struct Excess {
    std::string_view limit;             ///< the key of the limit, which is what the log names
    std::chrono::milliseconds wait{0};  ///< until the limit allows it
    bool is_flood = false;              ///< so much has been refused that nobody can be heeding the refusals
  };

  /// `address`: null: not limited.
  explicit Pace(AddressBuckets::Bucket address) : address_(std::move(address)) {}

  /// Takes a token of what others get to see; says why not when there is none.
  std::optional<Excess> spend(const Settings& settings, Time now);
  /// The same for what has to be looked up, so many times.
  std::optional<Excess> spend_queries(const Settings& settings, Time now, std::size_t count);
  /// The limit that allows the next request last, of whatever kind that is.
  Excess next(const Settings& settings, Time now);

 private:
  Excess refuse(const Settings& settings, Time now, Excess excess, const TokenBucket::Limit& limit);

  TokenBucket messages_;
  TokenBucket queries_;
  TokenBucket refusals_;
  AddressBuckets::Bucket address_;
};

}  // namespace hubbub::chat
