#include "server/accounts/tries.hpp"

#include <algorithm>

namespace hubbub::accounts {

std::chrono::milliseconds Tries::take(std::string_view address, std::string_view account, Time now) {
  if (address.empty()) return {};
  if (buckets_.size() >= forget_at_) forget(now);
  auto& all = buckets_[hash_(address)];
  auto& own = buckets_[hash_(journal::id_key(address, account))];
  const auto longest = std::max(all.wait(of_address, now), own.wait(of_pair, now));
  if (longest.count() > 0) return longest;
  all.take(of_address, now);
  own.take(of_pair, now);
  return {};
}

/// Seldom: when there are twice as many as were left the last time.
void Tries::forget(Time now) {
  std::erase_if(buckets_, [&](const auto& each) { return each.second.is_full(now); });
  forget_at_ = std::max(fewest, 2 * buckets_.size());
}

}  // namespace hubbub::accounts
