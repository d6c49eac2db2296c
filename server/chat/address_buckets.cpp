#include "server/chat/address_buckets.hpp"

#include <iterator>

namespace hubbub::chat {
namespace {

constexpr int looked_at_once = 1000;
constexpr int looked_at_for_each = 2;

}  // namespace

AddressBuckets::Bucket AddressBuckets::of(const std::string& address, TokenBucket::Time now) {
  if (address.empty()) return nullptr;
  const auto found = buckets_.find(address);
  if (found != buckets_.end()) return found->second;
  look_at(looked_at_for_each, now);
  return buckets_.emplace(address, new Shared()).first->second;
}

void AddressBuckets::tidy(TokenBucket::Time now) { look_at(looked_at_once, now); }

void AddressBuckets::look_at(int most, TokenBucket::Time now) {
  auto next = buckets_.upper_bound(looked_at_);
  for (int looked = 0; looked < most && next != buckets_.end(); ++looked) {
    looked_at_ = next->first;
    const auto& bucket = *next->second;
    const bool goes = bucket.use_count() == 1 && (bucket.is_full(now) || buckets_.size() > most_unheld);
    next = goes ? buckets_.erase(next) : std::next(next);
  }
  if (next == buckets_.end()) looked_at_.clear();
}

}  // namespace hubbub::chat
