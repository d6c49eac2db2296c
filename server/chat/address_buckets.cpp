#include "server/chat/address_buckets.hpp"

#include <iterator>

namespace hubbub::chat {
namespace {

constexpr int looked_at_once = 1000;

}  // namespace

AddressBuckets::Bucket AddressBuckets::of(const std::string& address) {
  if (address.empty()) return nullptr;
  auto& bucket = buckets_[address];
  if (!bucket) bucket.reset(new Shared());
  return bucket;
}

void AddressBuckets::tidy(TokenBucket::Time now) {
  auto next = buckets_.upper_bound(looked_at_);
  for (int looked = 0; looked < looked_at_once && next != buckets_.end(); ++looked) {
    looked_at_ = next->first;
    const bool is_idle = next->second->use_count() == 1 && next->second->is_full(now);
    next = is_idle ? buckets_.erase(next) : std::next(next);
  }
  if (next == buckets_.end()) looked_at_.clear();
}

}  // namespace hubbub::chat
