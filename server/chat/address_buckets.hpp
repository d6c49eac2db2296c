#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <map>
#include <string>

#include "protocol/token_bucket.hpp"

namespace hubbub::chat {

using protocol::TokenBucket;

/// One bucket for all sessions from one address, so that several of them, or one after the other, may not say
/// more than the address may. A bucket is kept for as long as a session holds it or it is not full again; so
/// there are never more of them than sessions, and addresses that have spoken lately.
class AddressBuckets {
 public:
  struct Shared : TokenBucket, boost::intrusive_ref_counter<Shared, boost::thread_unsafe_counter> {};
  using Bucket = boost::intrusive_ptr<Shared>;

  /// That of an address, as one peer is counted; null for the empty one, which is not limited.
  Bucket of(const std::string& address);
  /// Forgets what nobody holds and is full: a bounded number of them, the next ones the next time.
  void tidy(TokenBucket::Time now);
  std::size_t size() const { return buckets_.size(); }

 private:
  std::map<std::string, Bucket> buckets_;  ///< in order: strangers cannot choose addresses that collide
  std::string looked_at_;
};

}  // namespace hubbub::chat
