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
  const auto most = retention_of(room).messages;
  return most > 0 && room.kept() > most ? room.kept() - most : 0;
}

/// What was dropped of a room: by its own retention, where that is the stricter one.
void Ledger::note_drops(const Room& room, Drops drops) {
  const auto retention = retention_of(room);
  const auto move = [&drops](std::uint64_t& from) { drops.by_rule += std::exchange(from, 0); };
  if (retention.messages != standing_.in_force.messages) move(drops.surplus);
  if (retention.age != standing_.in_force.age) move(drops.aged);
  drops.rooms = {room.name};
  drops_.add(std::move(drops));
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
      const bool is_far = ordinal + protocol::dedupe_messages <= room.ordinal;
      if (seq <= room.known_from || (is_far && !is_in_window(seq, time, now))) continue;
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
/// `age` is the time of AgeClock, `now` that of the wall clock.
///
/// Messages are stored in the order in which they were said, but their times need not rise: a clock may have
/// been ahead, and set back. A time in the future says nothing of the age: such a message goes with those
/// behind it, or if there are none, counts from when it was noticed.
void Ledger::age(Room& room, Timestamp now, Timestamp age, Swept& swept) {
  const auto too_old = journal::too_old(retention_of(room).age, age);
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
    note_drops(room, {.aged = count});
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

void Ledger::sweep_old(Timestamp now, Timestamp age, Swept& swept) {
  const auto look = [&](Statement& rooms, Timestamp bound) {
    const auto found = keys(rooms, bound, rooms_at_once);
    if (found.size() == rooms_at_once) swept.more = true;
    for (const auto& key : found) {
      auto* const room = find_room(key);
      if (room == nullptr) continue;
      this->age(*room, now, age, swept);
      forget_if_empty(*room, now, swept);
    }
  };
  if (standing_.in_force.age.count() > 0) {
    look(old_rooms_, too_old(standing_.in_force.age, age));
    look(future_rooms_, now);
  }
  look(due_rooms_, age);
  look(own_future_rooms_, now);
}

// --- of a former life

/// Drops what was said before the room was closed, messages_at_once of it; returns how many those were.
std::uint64_t Ledger::drop_ended(Room& room, Timestamp now) {
  std::uint64_t bound = 0;
  if (auto row = ended_up_to_.query(room.id, closed_attribute, former_attribute); row.next())
    bound = row.count(0);
  std::uint64_t count = 0;
  std::optional<std::pair<Timestamp, std::uint64_t>> oldest;
  {
    auto rows = oldest_.query(room.id, messages_at_once + 1);
    while (!oldest && rows.next()) {
      const auto seq = rows.count(0);
      const bool is_former = seq <= bound && count < messages_at_once;
      if (is_former) ++count;
      if (!is_former) oldest = {rows.time(2), seq};
    }
  }
  if (count == 0) return 0;
  drop(room, count, now);
  drops_.add({.by_rule = count, .rooms = {room.name}});
  room.oldest.reset();
  if (oldest) {
    room.oldest = oldest->first;
    room.oldest_seq = oldest->second;
  }
  save(room);
  save_ages(room);
  return count;
}

/// Whatever the age: not even the clock has to tell.
void Ledger::sweep_ended(Timestamp now, Swept& swept) {
  for (std::uint64_t looked = 0; looked < rooms_at_once && !ended_.empty(); ++looked) {
    const auto key = *ended_.begin();
    auto* const room = find_room(key);
    const auto count = room == nullptr ? 0 : drop_ended(*room, now);
    if (count == messages_at_once) {
      swept.more = true;
      return;
    }
    ended_.erase(ended_.begin());
    if (room == nullptr) continue;
    if (count > 0 && room->kept() == 0) swept.emptied.push_back(key);
    forget_if_empty(*room, now, swept);
  }
  if (!ended_.empty()) swept.more = true;
}

// --- by number

/// After a start and after new limits every room is looked at once; otherwise each batch looks at its own
/// rooms.
void Ledger::sweep_surplus(Timestamp now, std::optional<std::int64_t>& unchecked, Statement& rooms,
                           Swept& swept) {
  if (!unchecked) return;
  const auto until = *unchecked + rooms_looked_at;
  std::vector<std::pair<std::string, std::int64_t>> found;
  {
    auto rows = rooms.query(*unchecked, until, standing_.in_force.messages, rooms_at_once);
    while (rows.next()) found.emplace_back(rows.text(0), rows.number(1));
  }
  auto checked = found.size() == rooms_at_once ? found.back().second : until;
  for (const auto& [key, id] : found) {
    auto* const room = find_room(key);
    if (room == nullptr) continue;
    const auto surplus = std::min(count_surplus(*room), messages_at_once);
    drop(*room, surplus, now);
    note_drops(*room, {.surplus = surplus});
    save(*room);
    if (count_surplus(*room) == 0) continue;
    checked = id - 1;  // the rest of this room is next
    break;
  }
  unchecked = checked;
  if (checked >= database_.number("SELECT coalesce(max(id), 0) FROM room")) {
    unchecked.reset();
  } else {
    swept.more = true;
  }
}

// --- what is left of what was dropped

/// Forgets ids of dropped messages that need not be known any more. In a room without messages only the age
/// of an id counts, because there will not be a thousand messages more; where nodes may keep different
/// messages, in one that is quiet. Returns whether there are more to forget.
bool Ledger::forget_ids(Room& room, Timestamp now) {
  std::uint64_t last_forgotten = 0;
  std::uint64_t count = 0;
  {
    auto rows = oldest_forgotten_.query(room.id, messages_at_once);
    room.has_forgotten_ids = false;
    while (rows.next()) {
      const auto ordinal = rows.count(1);
      const auto time = rows.time(2);
      const auto seq = rows.count(0);
      const bool is_done = log_ ? is_quiet(room) : room.kept() == 0;
      const bool is_far = ordinal + protocol::dedupe_messages <= room.ordinal || is_done;
      room.has_forgotten_ids = true;  // there may be more
      if (seq > room.known_from && (!is_far || is_in_window(seq, time, now))) break;
      last_forgotten = seq;
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
    forget_if_empty(*room, now, swept);
  }
}

/// A room without messages and attributes is forgotten; the newest number that such rooms have lost remains
/// known.
void Ledger::forget_if_empty(Room& room, Timestamp now, Swept& swept) {
  if (room.kept() > 0 || room.has_forgotten_ids || room.has_state) return;
  if (!may_be_forgotten(room)) {
    room.abandoned = now;  // it is looked at again then
    return save_ages(room);
  }
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
  // Of a log somebody else may have to see to them: that takes its time.
  if (found.size() == rooms_at_once && !log_) swept.more = true;
  for (const auto& key : found) {
    auto* const room = find_room(key);
    if (room == nullptr) continue;
    if (room->has_state) {
      swept.deserted.push_back(key);
      continue;
    }
    // Ids of the room, if there are any, expire later.
    room->abandoned.reset();
    save_ages(*room);
    forget_if_empty(*room, now, swept);
  }
}

void Ledger::drop_state(Room& room) {
  Statement(database_, "DELETE FROM state WHERE room = ?").run(room.id);
  room.has_state = false;
  if (std::exchange(room.own, {}) != Retention{}) save_rule_.run(std::nullopt, std::nullopt, room.id);
  room.abandoned.reset();
  save_ages(room);
}

RoomState Ledger::lose_state(const std::string& key, Timestamp now, Swept& swept) {
  auto* const room = find_room(key);
  if (room == nullptr) return {};
  const bool is_deserted =
      room->kept() == 0 && !room->is_lasting && room->abandoned && *room->abandoned + state_age <= now;
  if (!is_deserted) return read_state(*room);
  write([&] {
    drop_state(*room);
    forget_if_empty(*room, now, swept);
  });
  return {};
}

Ledger::Swept Ledger::sweep(Timestamp now, Timestamp age) {
  Swept swept;
  const bool notes_age = is_far_from_noted(age);
  write([&] {
    if (standing_.in_force.messages == 0) unchecked_.reset();
    sweep_ended(now, swept);
    sweep_surplus(now, unchecked_, surplus_rooms_, swept);
    sweep_surplus(now, own_unchecked_, own_surplus_rooms_, swept);
    sweep_old(now, age, swept);
    sweep_audit(age, swept);
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

Forecast Ledger::forecast(const Retention& wanted, Timestamp now) {
  Forecast forecast;
  Statement statement(database_, R"sql(
    SELECT id, dropped, last, ordinal, oldest,
      (SELECT m.ordinal FROM message m WHERE m.room = room.id ORDER BY m.seq DESC LIMIT 1),
      coalesce(keep_messages, 0), coalesce(keep_age, 0)
    FROM room WHERE last > dropped)sql");
  auto rows = statement.query();
  while (rows.next()) {
    const auto first = rows.count(3);
    const auto kept = rows.count(5) - first;
    const auto retention =
        stricter(wanted, {.messages = rows.count(6), .age = std::chrono::milliseconds(rows.number(7))});
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
