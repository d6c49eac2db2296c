// Retention: what the ledger drops, when and how, and what it would drop with other settings.
#include <algorithm>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/attendance.hpp"
#include "server/journal/sqlite/ledger.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// Limits of one sweep, so that a commit that waits for it does not wait long: messages dropped from a room,
// rooms with something to drop, and rooms that are only looked at.
constexpr std::uint64_t messages_at_once = 500;
constexpr std::uint64_t rooms_at_once = 50;
constexpr std::int64_t rooms_looked_at = 1000;

}  // namespace

std::uint64_t Ledger::count_surplus(const Room& room) const {
  return standing_.in_force.messages > 0 && room.kept() > standing_.in_force.messages
             ? room.kept() - standing_.in_force.messages
             : 0;
}

/// Drops the `count` oldest messages. Their ids stay as long as they have to be known.
void Ledger::drop(Room& room, std::uint64_t count, Timestamp now) {
  {
    auto rows = oldest_.query(room.id, count);
    while (rows.next()) {
      const auto seq = rows.count(0);
      const auto ordinal = rows.count(1);
      room.dropped = seq;
      room.dropped_ordinal = ordinal;
      if (rows.is_null(4)) continue;
      const auto time = rows.time(2);
      if (ordinal + protocol::dedupe_messages <= room.ordinal && time + protocol::dedupe_age < now) continue;
      insert_forgotten_id_.run(room.id, seq, ordinal, rows.number(2), rows.text(3), rows.text(4));
      room.has_forgotten_ids = true;
    }
  }
  delete_.run(room.id, room.dropped);
  delete_changes_.run(room.id, room.dropped);
}

/// Rooms that a statement finds with this bound.
std::vector<std::string> Ledger::keys(Statement& rooms, Timestamp bound, std::uint64_t most) {
  std::vector<std::string> keys;
  auto rows = rooms.query(bound, most);
  while (rows.next()) keys.emplace_back(rows.text(0));
  return keys;
}

// --- by age

/// Drops messages of a room that are too old, and notes when to look again.
///
/// `too_old` is by AgeClock, `now` by the wall clock.
///
/// Messages are stored in the order in which they were said, but their times need not rise: a clock may have
/// been ahead, and set back. A time in the future says nothing of the age: such a message goes with those
/// behind it, or if there are none, counts from when it was noticed.
void Ledger::age(Room& room, Timestamp now, Timestamp too_old, Swept& swept) {
  const bool is_noted = room.oldest && *room.oldest <= now && room.oldest_seq > 0;
  const bool noted_is_old = is_noted && *room.oldest < too_old;
  std::uint64_t count = 0;
  std::uint64_t looked = 0;
  std::optional<std::pair<Timestamp, std::uint64_t>> young;
  {
    auto rows = oldest_.query(room.id, messages_at_once);
    while (!young && rows.next()) {
      ++looked;
      const auto seq = rows.count(0);
      const auto time = rows.time(2);
      const bool is_ahead = time > now;
      const bool is_old = is_ahead ? noted_is_old && seq <= room.oldest_seq : time < too_old;
      if (is_old) count = looked;
      if (!is_old && !is_ahead) young = {time, seq};
    }
  }
  if (count > 0) {
    drop(room, count, now);
    drops_.add({.aged = count, .rooms = {room.name}});
  }
  if (room.kept() == 0) {
    room.oldest.reset();
    if (count > 0) swept.emptied.push_back(room.key);
  } else if (young) {
    room.oldest = young->first;
    room.oldest_seq = young->second;
  } else if (count == messages_at_once) {
    swept.more = true;  // the room is to be looked at again at once
  } else if (!is_noted || noted_is_old || room.oldest_seq <= room.dropped) {
    room.oldest = now;
    room.oldest_seq = room.last;
  }
  save(room);
  save_ages(room);
}

void Ledger::sweep_old(Timestamp now, Timestamp too_old, Swept& swept) {
  if (standing_.in_force.age.count() == 0) return;
  const auto old = keys(old_rooms_, too_old, rooms_at_once);
  const auto future = keys(future_rooms_, now, rooms_at_once);
  for (const auto* const found : {&old, &future}) {
    if (found->size() == rooms_at_once) swept.more = true;
    for (const auto& key : *found) {
      auto* const room = find_room(key);
      if (room == nullptr) continue;
      age(*room, now, too_old, swept);
      forget_if_empty(*room, swept);
    }
  }
}

// --- by number

/// After a start and after new limits every room is looked at once; otherwise each batch looks at its own
/// rooms.
void Ledger::sweep_surplus(Timestamp now, Swept& swept) {
  if (standing_.in_force.messages == 0) unchecked_.reset();
  if (!unchecked_) return;
  const auto until = *unchecked_ + rooms_looked_at;
  std::vector<std::pair<std::string, std::int64_t>> found;
  {
    auto rows = surplus_rooms_.query(*unchecked_, until, standing_.in_force.messages, rooms_at_once);
    while (rows.next()) found.emplace_back(rows.text(0), rows.number(1));
  }
  auto checked = found.size() == rooms_at_once ? found.back().second : until;
  for (const auto& [key, id] : found) {
    auto* const room = find_room(key);
    if (room == nullptr) continue;
    const auto surplus = std::min(count_surplus(*room), messages_at_once);
    drop(*room, surplus, now);
    drops_.add({.surplus = surplus, .rooms = {room->name}});
    save(*room);
    if (count_surplus(*room) == 0) continue;
    checked = id - 1;  // the rest of this room is next
    break;
  }
  unchecked_ = checked;
  if (checked >= database_.number("SELECT coalesce(max(id), 0) FROM room")) {
    unchecked_.reset();
  } else {
    swept.more = true;
  }
}

// --- what is left of what was dropped

/// Forgets ids of dropped messages that need not be known any more. In a room without messages only the age
/// of an id counts, because there will not be a thousand messages more. Returns whether there are more to
/// forget.
bool Ledger::forget_ids(Room& room, Timestamp now) {
  std::uint64_t last_forgotten = 0;
  std::uint64_t count = 0;
  {
    auto rows = oldest_forgotten_.query(room.id, messages_at_once);
    room.has_forgotten_ids = false;
    while (rows.next()) {
      const auto ordinal = rows.count(1);
      const auto time = rows.time(2);
      const bool is_far = ordinal + protocol::dedupe_messages <= room.ordinal || room.kept() == 0;
      room.has_forgotten_ids = true;  // there may be more
      if (!is_far || time + protocol::dedupe_age >= now) break;
      last_forgotten = rows.count(0);
      ++count;
    }
  }
  if (last_forgotten > 0) delete_forgotten_.run(room.id, last_forgotten);
  if (count > 0 && count < messages_at_once) room.has_forgotten_ids = has_forgotten_.query(room.id).next();
  return count == messages_at_once;
}

/// A few rooms at a time: there is no hurry.
void Ledger::sweep_ids(Timestamp now, Swept& swept) {
  for (std::uint64_t looked = 0; looked < rooms_at_once; ++looked) {
    std::string key;
    {
      auto row = next_forgotten_.query(ids_looked_at_);
      if (!row.next()) {
        ids_looked_at_ = 0;
        return;
      }
      key = row.text(0);
      ids_looked_at_ = row.number(1);
    }
    auto* const room = find_room(key);
    if (room == nullptr) continue;
    if (forget_ids(*room, now)) {
      --ids_looked_at_;
      swept.more = true;
      return;
    }
    forget_if_empty(*room, swept);
  }
}

/// A room without messages and attributes is forgotten; the newest number that such rooms have lost remains
/// known.
void Ledger::forget_if_empty(Room& room, Swept& swept) {
  if (room.kept() > 0 || room.has_forgotten_ids || !room.state.is_empty()) return;
  Statement(database_,
            "INSERT INTO meta VALUES('forgotten', ?) ON CONFLICT(key) DO UPDATE SET value = max(value, "
            "excluded.value)")
      .run(room.last);
  Statement(database_, "DELETE FROM room WHERE id = ?").run(room.id);
  swept.forgotten.push_back(room.key);
  rooms_.erase(rooms_.find(room.key));
}

// --- attributes

/// Finds rooms that have nothing but attributes, and have been empty for long. Whether a participant has come
/// just now is for the loop to say; rooms of which nothing is left are forgotten here.
void Ledger::sweep_deserted(Timestamp now, Swept& swept) {
  // A time in the future counts from now on.
  if (!keys(ahead_rooms_, now, 1).empty()) {
    Statement(database_, "UPDATE room SET abandoned = ?1 WHERE abandoned > ?1").run(now);
    rooms_.clear();
  }
  const auto found = keys(deserted_rooms_, now - state_age, rooms_at_once);
  if (found.size() == rooms_at_once) swept.more = true;
  for (const auto& key : found) {
    auto* const room = find_room(key);
    if (room == nullptr) continue;
    if (!room->state.is_empty()) {
      swept.deserted.push_back(key);
      continue;
    }
    // Ids of the room, if there are any, expire later.
    room->abandoned.reset();
    save_ages(*room);
    forget_if_empty(*room, swept);
  }
}

RoomState Ledger::lose_state(const std::string& key, Timestamp now, Swept& swept) {
  auto* const room = find_room(key);
  if (room == nullptr) return {};
  const bool is_deserted = room->kept() == 0 && room->abandoned && *room->abandoned + state_age <= now;
  if (!is_deserted) return room->state;
  write([&] {
    for (const auto& record : room->state.records()) delete_state_.run(room->id, record.attribute);
    room->state = {};
    room->abandoned.reset();
    save_ages(*room);
    forget_if_empty(*room, swept);
  });
  return {};
}

Ledger::Swept Ledger::sweep(Timestamp now, Timestamp age) {
  Swept swept;
  const bool notes_age = is_far_from_noted(age);
  write([&] {
    sweep_surplus(now, swept);
    sweep_old(now, age - standing_.in_force.age, swept);
    sweep_ids(now, swept);
    sweep_deserted(now, swept);
    if (notes_age) write_age(age);
  });
  if (notes_age) noted_age_ = age;
  swept.drops = std::exchange(drops_, {});
  std::erase_if(rooms_, [&](const auto& room) {
    return room.second->used + protocol::dedupe_age < now || room.second->used > now;
  });
  return swept;
}

// --- what another retention would cost

Forecast Ledger::forecast(const Retention& retention, Timestamp now) {
  Forecast forecast;
  Statement statement(database_, R"sql(
    SELECT id, dropped, last, ordinal, oldest,
      (SELECT m.ordinal FROM message m WHERE m.room = room.id ORDER BY m.seq DESC LIMIT 1)
    FROM room WHERE last > dropped)sql");
  auto rows = statement.query();
  while (rows.next()) {
    const auto first = rows.count(3);
    const auto kept = rows.count(5) - first;
    std::uint64_t dropped =
        retention.messages > 0 && kept > retention.messages ? kept - retention.messages : 0;
    const auto too_old = now - retention.age;
    const bool has_old = retention.age.count() > 0 && !rows.is_null(4) && rows.time(4) < too_old;
    if (has_old) {
      const auto upto = newest_old(rows.number(0), rows.number(1), rows.number(2), too_old).value_or(first);
      dropped = std::max(dropped, upto - first);
    }
    forecast.kept += kept;
    forecast.dropped += dropped;
  }
  return forecast;
}

/// The ordinal of the newest message of a room that is too old, with a seq after `dropped` and up to `last`:
/// by bisection, since messages are found by room and seq alone.
std::optional<std::uint64_t> Ledger::newest_old(std::int64_t room, std::int64_t dropped, std::int64_t last,
                                                Timestamp too_old) {
  Statement next(database_,
                 "SELECT seq, ordinal, time FROM message WHERE room = ? AND seq > ? AND seq <= ? "
                 "ORDER BY seq LIMIT 1");
  std::optional<std::uint64_t> ordinal;
  while (dropped < last) {
    const auto middle = dropped + (last - dropped) / 2;
    auto row = next.query(room, middle, last);
    if (!row.next() || row.time(2) >= too_old) {
      last = middle;
    } else {
      dropped = row.number(0);
      ordinal = row.count(1);
    }
  }
  return ordinal;
}

}  // namespace hubbub::journal::sqlite
