#include "server/journal/fair_queue.hpp"

#include <algorithm>
#include <limits>

namespace hubbub::journal {
namespace {

constexpr std::size_t fewest_to_forget = 64;
// The mean follows about so many of the last turns.
constexpr int turns_in_mean = 16;

}  // namespace

bool FairQueue::has_rested(const Reader& reader, Clock::time_point now) {
  return !reader.took || now - reader.ended >= std::min<Work>(*reader.took, longest_rest);
}

FairQueue::Order::value_type FairQueue::key(const Readers::value_type& reader) {
  const auto& [number, state] = reader;
  const auto place = state.is_short ? state.place + *state.took : state.place;
  return {{place, std::numeric_limits<std::uint64_t>::max() - state.waiting.front().arrival}, number};
}

void FairQueue::enter(Readers::value_type& reader) {
  auto& [number, state] = reader;
  if (state.waiting.empty()) return;
  state.is_short = state.took && *state.took < mean_ / 2;
  by_arrival_.emplace(state.waiting.front().arrival, number);
  (state.is_short ? short_ : others_).insert(key(reader));
}

void FairQueue::leave(const Readers::value_type& reader) {
  const auto& state = reader.second;
  if (state.waiting.empty()) return;
  by_arrival_.erase(state.waiting.front().arrival);
  (state.is_short ? short_ : others_).erase(key(reader));
}

bool FairQueue::push(std::uint64_t reader, Job job, Clock::time_point now) {
  if (size_ >= most_) return false;
  auto& place = *readers_.try_emplace(reader).first;
  auto& state = place.second;
  const bool is_first = state.waiting.empty();
  state.waiting.push_back({.arrival = ++arrivals_, .job = std::move(job)});
  ++size_;
  if (!is_first) return true;
  state.place = has_rested(state, now) ? first_place() : std::max(first_place(), state.place);
  enter(place);
  return true;
}

/// The place of the last turn, or the first place in `others_` if that is less: short turns go before theirs.
FairQueue::Work FairQueue::first_place() const {
  return others_.empty() ? place_ : std::min(place_, others_.begin()->first.first);
}

FairQueue::Number FairQueue::choose() {
  if (++turns_ % oldest_of == 0) return by_arrival_.begin()->second;
  const bool is_short = others_.empty() || (!short_.empty() && short_.begin()->first.first <=
                                                                   others_.begin()->first.first + mean_);
  const auto number = (is_short ? short_ : others_).begin()->second;
  place_ = std::max(place_, readers_.find(number)->second.place);
  return number;
}

std::optional<FairQueue::Next> FairQueue::pop() {
  if (size_ == 0) return std::nullopt;
  auto& reader = *readers_.find(choose());
  leave(reader);
  auto job = std::move(reader.second.waiting.front().job);
  reader.second.waiting.pop_front();
  enter(reader);
  --size_;
  return Next{.reader = reader.first, .job = std::move(job)};
}

void FairQueue::used(std::uint64_t reader, Clock::duration time, Clock::time_point now) {
  if (readers_.size() >= forget_at_) forget(now);
  auto& place = *readers_.try_emplace(reader, Reader{.place = place_}).first;
  leave(place);
  place.second.place += time;
  place.second.took = time;
  place.second.ended = now;
  enter(place);
  mean_ += (time - mean_) / turns_in_mean;
}

/// Forgets the readers that would be newcomers.
void FairQueue::forget(Clock::time_point now) {
  std::erase_if(readers_, [&](const auto& reader) {
    const auto& state = reader.second;
    return state.waiting.empty() && state.took && has_rested(state, now);
  });
  forget_at_ = std::max(fewest_to_forget, readers_.size() * 2);
}

}  // namespace hubbub::journal
