#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/token_bucket.hpp"
#include "server/chat/settings.hpp"

namespace hubbub::chat {

using protocol::TokenBucket;

/// One bucket for each address, which its sessions share, so that several sessions, at once or one after the
/// other, may not say more than the address may. A bucket is kept while a session holds it or it is not full
/// again; so there are never many more buckets than sessions and addresses that have spoken lately. Beyond
/// 100,000 (some 20 MB) buckets that no session holds are dropped even if they are not full: a peer with so
/// many addresses would not be slowed down by keeping one.
class AddressBuckets {
 public:
  struct Shared : TokenBucket, boost::intrusive_ref_counter<Shared, boost::thread_unsafe_counter> {};
  using Bucket = boost::intrusive_ptr<Shared>;

  static constexpr std::size_t most_unheld = 100'000;

  /// The bucket of an address (Wire::address); null for the empty address, which is not limited. Each new
  /// bucket makes two others be looked at, as in tidy(): so buckets are removed faster than new ones come.
  Bucket of(const std::string& address, TokenBucket::Time now);
  /// Removes the full buckets that no session holds. Looks at a bounded number of buckets, and goes on from
  /// there the next time.
  void tidy(TokenBucket::Time now);
  std::size_t size() const { return buckets_.size(); }

 private:
  void look_at(int most, TokenBucket::Time now);

  std::map<std::string, Bucket> buckets_;  ///< not hashed: peers cannot choose addresses that collide
  std::string looked_at_;
};

/// The rate limits of one session: buckets of its own, and one that all sessions of its address share.
class Pace {
 public:
  using Time = TokenBucket::Time;
  /// A request that is more than a limit allows now.
  struct Excess {
    std::string_view limit;             ///< the key of the limit, which is what the log names
    std::chrono::milliseconds wait{0};  ///< until the limit allows it
    bool is_flood = false;              ///< so much was refused that the client cannot be heeding it
  };

  /// `address`: null: not limited.
  explicit Pace(AddressBuckets::Bucket address) : address_(std::move(address)) {}

  /// Takes a token for what others get to see; if there is none, returns the limit that is exceeded.
  std::optional<Excess> spend(const Settings& settings, Time now);
  /// The same for `count` queries.
  std::optional<Excess> spend_queries(const Settings& settings, Time now, std::size_t count);
  /// The limit that makes the next request wait longest, of whatever kind the request is.
  Excess next(const Settings& settings, Time now);

 private:
  Excess refuse(const Settings& settings, Time now, Excess excess, const TokenBucket::Limit& limit);

  TokenBucket messages_;
  TokenBucket queries_;
  TokenBucket refusals_;
  AddressBuckets::Bucket address_;
};

}  // namespace hubbub::chat
