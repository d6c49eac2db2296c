#include "server/journal/sqlite/recent_ids.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "protocol/limits.hpp"

namespace hubbub::journal::sqlite {
namespace {

// A generation takes ids for that long, and that many at least: so there are never more than about
// twenty to look through, in a busy room as in a quiet one.
constexpr std::chrono::minutes generation_age{1};
constexpr std::size_t generation_ids = protocol::dedupe_messages / 10;
constexpr std::size_t fewest_slots = 64;

}  // namespace

RecentIds::Hash RecentIds::hash_of(std::string_view sender, std::string_view id) const {
  return std::max<Hash>(1, static_cast<Hash>(hash_(id_key(sender, id)) >> 32U));
}

void RecentIds::Generation::insert(Slot slot) {
  const std::size_t mask = slots.size() - 1;
  std::size_t place = slot.hash & mask;
  while (slots[place].hash != 0) place = (place + 1) & mask;
  slots[place] = slot;
}

void RecentIds::Generation::grow() {
  std::vector<Slot> larger(std::max(fewest_slots, slots.size() * 2));
  larger.swap(slots);
  for (const auto& slot : larger) {
    if (slot.hash != 0) insert(slot);
  }
}

RecentIds::Generation& RecentIds::generation_for(std::uint64_t seq, protocol::Timestamp time) {
  if (!generations_.empty()) {
    auto& newest = generations_.back();
    const bool is_old = newest.oldest + generation_age <= time && newest.used >= generation_ids;
    if (!is_old && seq - newest.base <= std::numeric_limits<std::uint32_t>::max()) return newest;
  }
  return generations_.emplace_back(
      Generation{.base = seq, .oldest = time, .newest = time, .ordinal = 0, .used = 0, .slots = {}});
}

void RecentIds::add(Hash hash, std::uint64_t seq, std::uint64_t ordinal, protocol::Timestamp time) {
  auto& generation = generation_for(seq, time);
  if ((generation.used + 1) * 5 > generation.slots.size() * 4) generation.grow();
  generation.insert({hash, static_cast<std::uint32_t>(seq - generation.base)});
  ++generation.used;
  generation.ordinal = ordinal;
  generation.last = seq;
  generation.newest = std::max(generation.newest, time);
}

void RecentIds::find(Hash hash, std::vector<std::uint64_t>& out) const {
  out.clear();
  for (const auto& generation : generations_) {
    const std::size_t mask = generation.slots.size() - 1;
    for (std::size_t place = hash & mask; generation.slots[place].hash != 0; place = (place + 1) & mask) {
      if (generation.slots[place].hash == hash)
        out.push_back(generation.base + generation.slots[place].offset);
    }
  }
  std::sort(out.begin(), out.end(), std::greater<>());
}

void RecentIds::expire(std::uint64_t ordinal, protocol::Timestamp now) {
  // When the clock has been set back, times in its future count from now on.
  for (auto& generation : generations_) {
    generation.oldest = std::min(generation.oldest, now);
    generation.newest = std::min(generation.newest, now);
  }
  while (!generations_.empty()) {
    const auto& oldest = generations_.front();
    if (oldest.ordinal + protocol::dedupe_messages > ordinal) return;
    if (oldest.newest + protocol::dedupe_age >= now) return;
    generations_.erase(generations_.begin());
  }
}

void RecentIds::expire_up_to(std::uint64_t ordinal, std::uint64_t old_up_to) {
  while (!generations_.empty()) {
    const auto& oldest = generations_.front();
    if (oldest.ordinal + protocol::dedupe_messages > ordinal || oldest.last > old_up_to) return;
    generations_.erase(generations_.begin());
  }
}

std::size_t RecentIds::size() const {
  return std::accumulate(generations_.begin(), generations_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& one) { return sum + one.used; });
}

}  // namespace hubbub::journal::sqlite
