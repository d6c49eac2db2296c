// What the ledger drops, when and how.
#include <algorithm>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/ledger.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// What one sweep may do, so that a commit that waits for it does not wait long: messages dropped from a room,
// and rooms of which something was dropped or looked up.
constexpr std::uint64_t messages_at_once = 500;
constexpr int rooms_at_once = 50;

}  // namespace

std::uint64_t Ledger::count_surplus(const Room& room) const {
  return settings_.keep_messages > 0 && room.kept() > settings_.keep_messages
             ? room.kept() - settings_.keep_messages
             : 0;
}

/// How many of the oldest messages are too old, `most` at most.
std::uint64_t Ledger::count_aged(Room& room, Timestamp now, std::uint64_t most) {
  if (settings_.keep_age.count() == 0 || room.kept() == 0) return 0;
  const auto too_old = now - settings_.keep_age;
  if (room.oldest && *room.oldest >= too_old) return 0;
  std::uint64_t count = 0;
  auto rows = oldest_.query(room.id, most);
  while (rows.next()) {
    const Timestamp time{std::chrono::milliseconds(rows.number(2))};
    if (time >= too_old) {
      if (count == 0) room.oldest = time;
      break;
    }
    ++count;
  }
  return count;
}

/// The `count` oldest messages. Their ids stay for as long as they have to be known.
void Ledger::drop(Room& room, std::uint64_t count, Timestamp now) {
  std::uint64_t last_dropped = 0;
  {
    auto rows = oldest_.query(room.id, count);
    while (rows.next()) {
      last_dropped = static_cast<std::uint64_t>(rows.number(0));
      const auto ordinal = static_cast<std::uint64_t>(rows.number(1));
      room.dropped = ordinal;
      if (rows.is_null(4)) continue;
      const Timestamp time{std::chrono::milliseconds(rows.number(2))};
      if (ordinal + protocol::dedupe_messages <= room.ordinal && time + protocol::dedupe_age < now) continue;
      insert_forgotten_id_.run(room.id, last_dropped, ordinal, rows.number(2), rows.text(3), rows.text(4));
      room.has_forgotten_ids = true;
    }
  }
  delete_.run(room.id, last_dropped);
  drop_from_room_.run(last_dropped, room.record.last, room.dropped, room.id);
  room.oldest.reset();
  room.record.kept = room.kept() > 0;
}

/// The ids of dropped messages that need not be known any more. In a room of which nothing is kept, ids are
/// known by their age alone: there will not be a thousand messages more. Whether there are more to go.
bool Ledger::forget_ids(Room& room, Timestamp now) {
  std::uint64_t last_forgotten = 0;
  std::uint64_t count = 0;
  {
    auto rows = oldest_forgotten_.query(room.id, messages_at_once);
    room.has_forgotten_ids = false;
    while (rows.next()) {
      const auto ordinal = static_cast<std::uint64_t>(rows.number(1));
      const Timestamp time{std::chrono::milliseconds(rows.number(2))};
      const bool is_far = ordinal + protocol::dedupe_messages <= room.ordinal || room.kept() == 0;
      room.has_forgotten_ids = true;  // there may be more
      if (!is_far || time + protocol::dedupe_age >= now) break;
      last_forgotten = static_cast<std::uint64_t>(rows.number(0));
      ++count;
    }
  }
  if (last_forgotten > 0) delete_forgotten_.run(room.id, last_forgotten);
  return count == messages_at_once;
}

/// Of a room without messages nothing is kept but its topic. That it has lost something remains known.
void Ledger::forget(Room& room) {
  Statement(database_,
            "INSERT INTO meta VALUES('forgotten', ?) ON CONFLICT(key) DO UPDATE SET value = max(value, "
            "excluded.value)")
      .run(room.record.last);
  Statement(database_, "DELETE FROM room WHERE id = ?").run(room.id);
}

/// Whether there was anything to do.
bool Ledger::sweep_room(Room& room, Timestamp now, Swept& swept) {
  const bool must_look = settings_.keep_age.count() > 0 && room.kept() > 0 && !room.oldest;
  const auto surplus = std::min(count_surplus(room), messages_at_once);
  const auto count = std::max(surplus, count_aged(room, now, messages_at_once));
  if (count > 0) drop(room, count, now);
  if (count > 0 && room.kept() == 0) swept.emptied.push_back(room.record.key);
  if (count == messages_at_once) swept.more = true;
  const bool had_ids = room.has_forgotten_ids;
  if (had_ids && forget_ids(room, now)) swept.more = true;
  const bool forgettable = room.kept() == 0 && !room.has_forgotten_ids && room.record.topic.empty();
  if (forgettable) {
    forget(room);
    swept.forgotten.push_back(room.record.key);
  }
  return must_look || count > 0 || had_ids || forgettable;
}

Ledger::Swept Ledger::sweep(Timestamp now) {
  Swept swept;
  std::vector<Room*> looked;
  try {
    std::optional<Transaction> transaction;
    int busy = 0;
    auto next = by_id_.upper_bound(swept_);
    for (; next != by_id_.end() && busy < rooms_at_once; ++next) {
      auto& room = *next->second;
      if (room.ids && !room.ids->is_recent(now)) room.ids.reset();  // they can be read again
      const bool idle =
          count_surplus(room) == 0 && !room.has_forgotten_ids && room.kept() > 0 &&
          (settings_.keep_age.count() == 0 || (room.oldest && *room.oldest >= now - settings_.keep_age));
      swept_ = next->first;
      if (idle || (room.kept() == 0 && !room.has_forgotten_ids && !room.record.topic.empty())) continue;
      if (!transaction) transaction.emplace(database_);
      looked.push_back(&room);
      if (sweep_room(room, now, swept)) ++busy;
    }
    if (next == by_id_.end()) {
      swept_ = 0;
    } else {
      swept.more = true;
    }
    if (transaction) transaction->commit();
  } catch (...) {
    reload(looked);
    throw;
  }
  for (const auto& key : swept.forgotten) {
    const auto found = rooms_.find(key);
    by_id_.erase(found->second->id);
    rooms_.erase(found);
  }
  return swept;
}

}  // namespace hubbub::journal::sqlite
