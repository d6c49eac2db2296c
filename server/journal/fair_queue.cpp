#include "server/journal/fair_queue.hpp"

#include <algorithm>
#include <cmath>

namespace hubbub::journal {
namespace {

// Less than that is nothing: a page of history takes so long.
constexpr double nothing = 1e-4;  // seconds
// A worth beyond 2 to that power is brought back to 1, long before a double cannot hold it.
constexpr double greatest_power = 256;

}  // namespace

FairQueue::Place FairQueue::place_of(const Readers::value_type& reader) {
  return {
      .used = reader.second.used, .arrival = reader.second.waiting.front().arrival, .reader = reader.first};
}

void FairQueue::enter(const Readers::value_type& reader) {
  if (reader.second.waiting.empty()) return;
  const auto place = place_of(reader);
  by_use_.insert(place);
  by_arrival_.emplace(place.arrival, place.reader);
}

void FairQueue::leave(const Readers::value_type& reader) {
  if (reader.second.waiting.empty()) return;
  const auto place = place_of(reader);
  by_use_.erase(place);
  light_.erase(place.arrival);
  by_arrival_.erase(place.arrival);
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

/// Those whose use has become little: they are at the front.
void FairQueue::find_light(Clock::time_point now) {
  const auto little_now = std::chrono::duration<double>(little).count() * worth(now);
  while (!by_use_.empty() && by_use_.begin()->used < little_now) {
    const auto place = by_use_.extract(by_use_.begin()).value();
    light_.emplace(place.arrival, place.reader);
  }
}

std::optional<FairQueue::Next> FairQueue::pop(Clock::time_point now) {
  if (size_ == 0) return std::nullopt;
  find_light(now);
  const bool is_oldest = ++turns_ % oldest_of == 0;
  const auto number = is_oldest        ? by_arrival_.begin()->second
                      : light_.empty() ? by_use_.begin()->reader
                                       : light_.rbegin()->second;
  auto& reader = *readers_.find(number);
  leave(reader);
  auto job = std::move(reader.second.waiting.front().job);
  reader.second.waiting.pop_front();
  enter(reader);
  --size_;
  return Next{.reader = reader.first, .job = std::move(job)};
}

/// What a second is worth that is used now.
double FairQueue::worth(Clock::time_point now) const {
  if (!base_) return 1;
  const std::chrono::duration<double> since = now - *base_;
  return std::exp2(since / std::chrono::duration<double>(half_life));
}

void FairQueue::used(std::uint64_t reader, Clock::duration time, Clock::time_point now) {
  if (!base_) base_ = now;
  const auto most_worth = std::exp2(greatest_power);
  if (worth(now) > most_worth || readers_.size() >= forget_at_) forget(now);
  auto& place = *readers_.try_emplace(reader).first;
  leave(place);
  place.second.used += std::chrono::duration<double>(time).count() * worth(now);
  enter(place);
}

/// Begins a new base, and forgets those whose use has come to nothing.
void FairQueue::forget(Clock::time_point now) {
  const auto before = worth(now);
  base_ = now;
  by_use_.clear();
  light_.clear();
  by_arrival_.clear();
  for (auto& [number, reader] : readers_) {
    reader.used /= before;
    if (reader.used < nothing) reader.used = 0;
  }
  std::erase_if(readers_,
                [](const auto& reader) { return reader.second.used == 0 && reader.second.waiting.empty(); });
  for (const auto& reader : readers_) enter(reader);
  forget_at_ = std::max<std::size_t>(64, readers_.size() * 2);
}

}  // namespace hubbub::journal
