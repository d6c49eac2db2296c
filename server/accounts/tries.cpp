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

void Tries::give_back(std::string_view address, std::string_view account) {
  if (address.empty()) return;
  if (const auto all = buckets_.find(hash_(address)); all != buckets_.end())
    all->second.give_back(of_address);
  const auto own = buckets_.find(hash_(journal::id_key(address, account)));
  if (own != buckets_.end()) own->second.give_back(of_pair);
}

std::chrono::milliseconds Tries::look(std::string_view address, std::string_view account, Time now) const {
  if (address.empty()) return {};
  const auto wait = [&](std::size_t place, const protocol::TokenBucket::Limit& limit) {
    const auto found = buckets_.find(place);
    if (found == buckets_.end()) return std::chrono::milliseconds{0};
    auto bucket = found->second;
    return bucket.wait(limit, now);
  };
  return std::max(wait(hash_(address), of_address), wait(hash_(journal::id_key(address, account)), of_pair));
}

/// Seldom: when there are twice as many as were left the last time.
void Tries::forget(Time now) {
  std::erase_if(buckets_, [&](const auto& each) { return each.second.is_full(now); });
  forget_at_ = std::max(fewest, 2 * buckets_.size());
}

}  // namespace hubbub::accounts
