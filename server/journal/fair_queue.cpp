#include "server/journal/fair_queue.hpp"

#include <algorithm>
#include <cmath>

namespace hubbub::journal {
namespace {

// Less than that is nothing: a page of history takes so long.
constexpr double nothing = 1e-4;  // seconds
// A worth beyond 2 to that power is brought back to 1, long before a double cannot hold it.
constexpr double greatest_power = 256;
constexpr std::size_t fewest_to_forget = 64;

}  // namespace

void FairQueue::enter(const Readers::value_type& reader) {
  const auto& [number, state] = reader;
  if (state.waiting.empty()) return;
  by_arrival_.emplace(arrival_of(reader), number);
  by_use_.emplace(state.used, number);
  if (state.rested_at < Clock::time_point::max()) resting_.emplace(state.rested_at, number);
}

void FairQueue::leave(const Readers::value_type& reader) {
  const auto& [number, state] = reader;
  if (state.waiting.empty()) return;
  by_arrival_.erase(arrival_of(reader));
  by_use_.erase({state.used, number});
  resting_.erase({state.rested_at, number});
  rested_.erase(arrival_of(reader));
}

bool FairQueue::push(std::uint64_t reader, Job job) {
  if (size_ >= most_) return false;
  auto& place = *readers_.try_emplace(reader).first;
  const bool is_first = place.second.waiting.empty();
  place.second.waiting.push_back({.arrival = ++arrivals_, .job = std::move(job)});
  if (is_first) enter(place);
  ++size_;
  return true;
}

FairQueue::Number FairQueue::choose(Clock::time_point now) {
  while (!resting_.empty() && resting_.begin()->first <= now) {
    const auto number = resting_.extract(resting_.begin()).value().second;
    rested_.emplace(arrival_of(*readers_.find(number)), number);
  }
  if (++turns_ % oldest_of == 0) return by_arrival_.begin()->second;
  return rested_.empty() ? by_use_.begin()->second : rested_.rbegin()->second;
}

std::optional<FairQueue::Next> FairQueue::pop(Clock::time_point now) {
  if (size_ == 0) return std::nullopt;
  auto& reader = *readers_.find(choose(now));
  leave(reader);
  auto job = std::move(reader.second.waiting.front().job);
  reader.second.waiting.pop_front();
  enter(reader);
  --size_;
  return Next{.reader = reader.first, .job = std::move(job)};
}

/// What a second is worth that is used now.
double FairQueue::worth(Clock::time_point now) const {
  const std::chrono::duration<double> since = now - base_.value_or(now);
  return std::exp2(since / std::chrono::duration<double>(half_life));
}

void FairQueue::used(std::uint64_t reader, Clock::duration time, Clock::time_point now) {
  if (!base_) base_ = now;
  if (worth(now) > std::exp2(greatest_power) || readers_.size() >= forget_at_) forget(now);
  auto& place = *readers_.try_emplace(reader).first;
  leave(place);
  place.second.used += std::chrono::duration<double>(time).count() * worth(now);
  place.second.rested_at = time > not_long ? Clock::time_point::max() : now + rest * time;
  enter(place);
}

/// Begins a new base, and forgets those whose use has come to nothing.
void FairQueue::forget(Clock::time_point now) {
  const auto before = worth(now);
  base_ = now;
  for (const auto& reader : readers_) leave(reader);
  for (auto& [number, reader] : readers_) {
    reader.used /= before;
    if (reader.used < nothing) reader.used = 0;
  }
  std::erase_if(readers_,
                [](const auto& reader) { return reader.second.used == 0 && reader.second.waiting.empty(); });
  for (const auto& reader : readers_) enter(reader);
  forget_at_ = std::max(fewest_to_forget, readers_.size() * 2);
}

}  // namespace hubbub::journal
