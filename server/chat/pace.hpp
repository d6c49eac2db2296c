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

/// One bucket for all sessions from one address, so that several of them, or one after the other, may not say
/// more than the address may. A bucket is kept for as long as a session holds it or it is not full again; so
/// there are never many more of them than sessions, and addresses that have spoken lately. Beyond 100,000
/// (some 20 MB) those that no session holds are let go as they are: who has so many addresses is not slowed
/// down by forgetting one.
class AddressBuckets {
 public:
  struct Shared : TokenBucket, boost::intrusive_ref_counter<Shared, boost::thread_unsafe_counter> {};
  using Bucket = boost::intrusive_ptr<Shared>;

  static constexpr std::size_t most_unheld = 100'000;

  /// That of an address, as one peer is counted; null for the empty one, which is not limited. For each that
  /// is new two are looked at, as in tidy(): they go faster than others come.
  Bucket of(const std::string& address, TokenBucket::Time now);
  /// Forgets what nobody holds and is full: looks at a bounded number of them, at the next ones the next
  /// time.
  void tidy(TokenBucket::Time now);
  std::size_t size() const { return buckets_.size(); }

 private:
  void look_at(int most, TokenBucket::Time now);

  std::map<std::string, Bucket> buckets_;  ///< in order: strangers cannot choose addresses that collide
  std::string looked_at_;
};

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
