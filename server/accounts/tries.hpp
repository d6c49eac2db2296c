#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <unordered_map>

#include "protocol/token_bucket.hpp"
#include "server/journal/keyed_hash.hpp"

namespace hubbub::accounts {

/// Bounds how often passwords are tried: for an address and one account, and for an address. What others try
/// from elsewhere counts for nobody, so nobody is locked out by it.
class Tries {
 public:
  using Time = protocol::TokenBucket::Time;

  static constexpr protocol::TokenBucket::Limit of_pair{.rate = 5.0 / 60, .burst = 5};
  static constexpr protocol::TokenBucket::Limit of_address{.rate = 20.0 / 60, .burst = 20};

  /// Zero: the try is counted, and may be made. Else the time until it may. `account`: the key of the name,
  /// whether there is such an account or not. Those without an address have no limit.
  std::chrono::milliseconds take(std::string_view address, std::string_view account, Time now);
  /// It was right, and does not count.
  void give_back(std::string_view address, std::string_view account);
  /// The time until a try may be made, of which none is counted.
  std::chrono::milliseconds look(std::string_view address, std::string_view account, Time now) const;
  /// Pairs and addresses that are remembered.
  std::size_t size() const { return buckets_.size(); }

 private:
  void forget(Time now);

  journal::KeyedHash hash_;
  std::unordered_map<std::size_t, protocol::TokenBucket> buckets_;
  std::size_t forget_at_ = fewest;

  static constexpr std::size_t fewest = 64;
};

}  // namespace hubbub::accounts
