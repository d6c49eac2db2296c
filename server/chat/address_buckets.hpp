#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "server/chat/rate_limit.hpp"

namespace hubbub::chat {

/// One bucket for all sessions from one address, so that several of them, or one after the other, may not say
/// more than the address may. A bucket is kept for as long as a session holds it or it is not full again; so
/// there are never more of them than sessions, and addresses that have spoken lately.
class AddressBuckets {
 public:
  using Bucket = std::shared_ptr<TokenBucket>;

  /// That of an address, as one peer is counted; null for the empty one, which is not limited.
  Bucket of(const std::string& address);
  /// Forgets what nobody holds and is full: a bounded number of them, the next ones the next time.
  void tidy(const TokenBucket::Limit& limit, TokenBucket::Time now);
  std::size_t size() const { return buckets_.size(); }

 private:
  std::map<std::string, Bucket> buckets_;  ///< in order: strangers cannot choose addresses that collide
  std::string looked_at_;
};

}  // namespace hubbub::chat
