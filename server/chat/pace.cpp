#include "server/chat/pace.hpp"

#include <iterator>

namespace hubbub::chat {
namespace {

constexpr std::string_view messages_key = "messages_per_second";
constexpr std::string_view queries_key = "queries_per_second";
constexpr std::string_view address_key = "messages_per_second_per_address";
// Refusals that are allowed for each request that is allowed; more are a flood.
constexpr double refusals_for_each = 10;

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

std::optional<Pace::Excess> Pace::spend(const Settings& settings, Time now) {
  const auto limit = settings.message_limit();
  const auto of_address = settings.address_limit();
  if (address_) {
    const auto wait = address_->wait(of_address, now);
    if (wait.count() > 0) return refuse(settings, now, {.limit = address_key, .wait = wait}, of_address);
  }
  if (!messages_.take(limit, now)) {
    return refuse(settings, now, {.limit = messages_key, .wait = messages_.wait(limit, now)}, limit);
  }
  if (address_) address_->take(of_address, now);
  return std::nullopt;
}

std::optional<Pace::Excess> Pace::spend_queries(const Settings& settings, Time now, std::size_t count) {
  const auto limit = settings.query_limit();
  if (queries_.take(limit, now, count)) return std::nullopt;
  return refuse(settings, now, {.limit = queries_key, .wait = queries_.wait(limit, now, count)}, limit);
}

Pace::Excess Pace::refuse(const Settings& settings, Time now, Excess excess,
                          const TokenBucket::Limit& limit) {
  const auto messages = settings.message_limit();
  const auto& allowed = messages.rate > 0 ? messages : limit;
  excess.is_flood = !refusals_.take(
      {.rate = allowed.rate * refusals_for_each, .burst = allowed.burst * refusals_for_each}, now);
  return excess;
}

Pace::Excess Pace::next(const Settings& settings, Time now) {
  Excess last{.limit = messages_key, .wait = messages_.wait(settings.message_limit(), now)};
  const auto may_be_later = [&](std::string_view key, std::chrono::milliseconds wait) {
    if (wait > last.wait) last = {.limit = key, .wait = wait};
  };
  may_be_later(queries_key, queries_.wait(settings.query_limit(), now));
  if (address_) may_be_later(address_key, address_->wait(settings.address_limit(), now));
  return last;
}

}  // namespace hubbub::chat
