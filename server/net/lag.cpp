#include "server/net/lag.hpp"

#include <utility>

namespace hubbub::net {
namespace {

constexpr std::uint64_t most_discarded = std::uint64_t{256} * 1024 * 1024;

}  // namespace

Lag::Record& Lag::record() {
  if (!record_) record_ = std::make_unique<Record>();
  return *record_;
}

void Lag::begin(Time now) {
  if (!is_waited_for()) record().since = now;
}

void Lag::took(Time now) {
  if (!is_waited_for()) return;
  record_->since = never;
  record_->last_taken = now;
}

void Lag::took_at_last(Time now) { record().since = record().last_taken = now; }

Time Lag::due(std::chrono::milliseconds patience) const {
  return is_waited_for() && patience.count() > 0 ? record_->since + patience : never;
}

bool Lag::makes_room(std::uint64_t made, bool waits, Time now) {
  const auto before = std::exchange(record().room, waits ? made : Record::none);
  if (record_->room != before) record_->room_since = now;
  return before != Record::none && made > before;
}

bool Lag::has_made_none_for(std::chrono::milliseconds patience, Time now) const {
  return record_ && patience.count() > 0 && now - record_->room_since >= patience;
}

bool Lag::has_sent_too_much(std::size_t bytes) { return (record().discarded += bytes) > most_discarded; }

}  // namespace hubbub::net
