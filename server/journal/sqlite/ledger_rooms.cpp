// The rooms that the ledger holds while they are in use, and how they stand in the file.
#include <algorithm>
#include <chrono>
#include <ranges>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/ledger.hpp"
#include "server/journal/sqlite/message_row.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// Rooms that are held at most, between two batches: about a kilobyte each, most of it ids.
constexpr std::size_t most_rooms = 2048;

std::int64_t milliseconds(Timestamp time) { return std::int64_t{time.time_since_epoch().count()}; }
Timestamp timestamp(std::int64_t milliseconds) { return Timestamp(std::chrono::milliseconds(milliseconds)); }

std::optional<std::int64_t> milliseconds(const std::optional<Timestamp>& time) {
  if (!time) return std::nullopt;
  return milliseconds(*time);
}

std::optional<Timestamp> optional_time(const Statement::Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return timestamp(row.number(column));
}

std::uint64_t unsigned_number(const Statement::Rows& row, int column) {
  return static_cast<std::uint64_t>(row.number(column));
}

/// Of a row whose columns from `first` on are attribute, value, who, time, seq.
StateRecord state_record(const Statement::Rows& row, int first, const std::string& room) {
  return {.room = room,
          .seq = unsigned_number(row, first + 4),
          .attribute = std::string(row.text(first)),
          .value = std::string(row.text(first + 1)),
          .by = std::string(row.text(first + 2)),
          .at = timestamp(row.number(first + 3))};
}

}  // namespace

void Ledger::prepare() {
  room_ = {database_,
           "SELECT id, name, last, dropped, ordinal, newest, oldest, oldest_seq, abandoned FROM room "
           "WHERE key = ?"};
  newest_ = {database_, "SELECT ordinal FROM message WHERE room = ? ORDER BY seq DESC LIMIT 1"};
  has_forgotten_ = {database_, "SELECT 1 FROM forgotten_id WHERE room = ? LIMIT 1"};
  // It may be one that was forgotten.
  insert_room_ = {database_,
                  "INSERT INTO room(key, name, dropped) "
                  "VALUES(?, ?, coalesce((SELECT value FROM meta WHERE key = 'forgotten'), 0)) "
                  "RETURNING id, dropped"};
  rename_room_ = {database_, "UPDATE room SET name = ? WHERE id = ?"};
  state_ = {database_,
            "SELECT attribute, value, who, time, seq FROM state WHERE room = ? ORDER BY attribute"};
  set_state_ = {
      database_,
      "INSERT OR REPLACE INTO state(room, attribute, value, who, time, seq) VALUES(?, ?, ?, ?, ?, ?)"};
  delete_state_ = {database_, "DELETE FROM state WHERE room = ? AND attribute = ?"};
  save_ = {database_, "UPDATE room SET last = ?, newest = ?, dropped = ?, ordinal = ? WHERE id = ?"};
  save_ages_ = {database_, "UPDATE room SET oldest = ?, oldest_seq = ?, abandoned = ? WHERE id = ?"};
  insert_ = {database_,
             "INSERT INTO message(room, seq, ordinal, time, sender, name, text, id, kind) "
             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  set_more_ = {database_, "UPDATE message SET account = ?, reply_to = ? WHERE room = ? AND seq = ?"};
  insert_change_ = {database_,
                    "INSERT INTO change(room, seq, number, what, time, who) VALUES(?, ?, ?, ?, ?, ?)"};
  delete_changes_ = {database_, "DELETE FROM change WHERE room = ? AND seq <= ?"};
  original_ = {
      database_,
      select_messages() + "WHERE m.room = ? AND m.seq = ? AND coalesce(m.sender, m.name) = ? AND m.id = ?"};
  forgotten_original_ = {
      database_, "SELECT time FROM forgotten_id WHERE room = ? AND seq = ? AND sender = ? AND id = ?"};
  oldest_ = {database_,
             "SELECT seq, ordinal, time, coalesce(sender, name), id FROM message WHERE room = ? ORDER BY seq "
             "LIMIT ?"};
  delete_ = {database_, "DELETE FROM message WHERE room = ? AND seq <= ?"};
  insert_forgotten_id_ = {
      database_, "INSERT INTO forgotten_id(room, seq, ordinal, time, sender, id) VALUES(?, ?, ?, ?, ?, ?)"};
  oldest_forgotten_ = {database_,
                       "SELECT seq, ordinal, time FROM forgotten_id WHERE room = ? ORDER BY seq LIMIT ?"};
  delete_forgotten_ = {database_, "DELETE FROM forgotten_id WHERE room = ? AND seq <= ?"};
  old_rooms_ = {database_, "SELECT key FROM room WHERE oldest < ? LIMIT ?"};
  future_rooms_ = {database_, "SELECT key FROM room WHERE oldest > ? LIMIT ?"};
  deserted_rooms_ = {database_, "SELECT key FROM room WHERE abandoned <= ? LIMIT ?"};
  ahead_rooms_ = {database_, "SELECT key FROM room WHERE abandoned > ? LIMIT ?"};
  surplus_rooms_ = {
      database_,
      "SELECT key, id FROM room WHERE id > ?1 AND id <= ?2 AND last > dropped AND ?3 < "
      "(SELECT m.ordinal FROM message m WHERE m.room = room.id ORDER BY m.seq DESC LIMIT 1) - ordinal "
      "ORDER BY id LIMIT ?4"};
  next_forgotten_ = {
      database_,
      "SELECT key, id FROM room WHERE id = (SELECT room FROM forgotten_id WHERE room > ? ORDER "
      "BY room LIMIT 1)"};
}

/// Both tables are read in the order of rooms, side by side.
void Ledger::load_rooms(Timestamp now, const std::function<void(Record&&)>& take) {
  bool were_occupied = false;
  {
    Statement rooms(database_,
                    "SELECT id, key, name, last, dropped, newest, abandoned FROM room ORDER BY id");
    Statement states(database_,
                     "SELECT room, attribute, value, who, time, seq FROM state ORDER BY room, attribute");
    auto state = states.query();
    bool has_state = state.next();
    for (auto room = rooms.query(); room.next();) {
      Record record{.key = room.text(1),
                    .name = room.text(2),
                    .state = {},
                    .last = unsigned_number(room, 3),
                    .kept = room.number(3) > room.number(4),
                    .newest = timestamp(room.number(5))};
      for (; has_state && state.number(0) <= room.number(0); has_state = state.next()) {
        if (state.number(0) == room.number(0)) {
          record.state.apply(state_record(state, 1, std::string(record.name)));
        }
      }
      if (!record.kept && !record.state.is_empty() && room.is_null(6)) were_occupied = true;
      last_ = std::max(last_, record.last);
      take(std::move(record));
    }
  }
  if (!were_occupied) return;
  write([&] {
    Statement(database_,
              "UPDATE room SET abandoned = ? WHERE abandoned IS NULL AND last <= dropped "
              "AND id IN (SELECT room FROM state)")
        .run(milliseconds(now));
  });
}

Ledger::Room* Ledger::find_room(const std::string& key) {
  if (const auto found = rooms_.find(key); found != rooms_.end()) return found->second.get();
  auto row = room_.query(key);
  if (!row.next()) return nullptr;
  auto room = std::make_unique<Room>();
  room->id = row.number(0);
  room->key = key;
  room->name = row.text(1);
  room->last = unsigned_number(row, 2);
  room->dropped = unsigned_number(row, 3);
  room->ordinal = room->dropped_ordinal = unsigned_number(row, 4);
  room->newest = timestamp(row.number(5));
  room->oldest = optional_time(row, 6);
  room->oldest_seq = unsigned_number(row, 7);
  room->abandoned = optional_time(row, 8);
  for (auto state = state_.query(room->id); state.next();) {
    room->state.apply(state_record(state, 0, room->name));
  }
  if (auto newest = newest_.query(room->id); newest.next()) room->ordinal = unsigned_number(newest, 0);
  room->has_forgotten_ids = has_forgotten_.query(room->id).next();
  return (rooms_[key] = std::move(room)).get();
}

Ledger::Room& Ledger::make_room(const Draft& draft) {
  auto room = std::make_unique<Room>();
  room->key = draft.room;
  room->name = draft.room_name();
  auto row = insert_room_.query(room->key, room->name);
  row.next();
  room->id = row.number(0);
  room->dropped = unsigned_number(row, 1);
  row.next();
  return *(rooms_[draft.room] = std::move(room));
}

Ledger::Room& Ledger::room_for(const Draft& draft, Timestamp now) {
  auto* const found = find_room(draft.room);
  auto& room = found != nullptr ? *found : make_room(draft);
  room.used = now;
  if (!std::exchange(room.is_touched, true)) touched_.push_back(&room);
  // Those who find a room empty may write its name differently.
  if (room.kept() == 0 && room.name != draft.room_name()) {
    room.name = draft.room_name();
    rename_room_.run(room.name, room.id);
  }
  return room;
}

void Ledger::save(const Room& room) {
  save_.run(room.last, milliseconds(room.newest), room.dropped, room.dropped_ordinal, room.id);
}

void Ledger::save_ages(const Room& room) {
  save_ages_.run(milliseconds(room.oldest), room.oldest_seq, milliseconds(room.abandoned), room.id);
}

/// Between two transactions: what is not in use any more, or too much, can be read again.
void Ledger::release_rooms(Timestamp now) {
  if (rooms_.size() <= most_rooms) return;
  std::vector<Timestamp> used;
  used.reserve(rooms_.size());
  for (const auto& [key, room] : rooms_) used.push_back(std::min(room->used, now));
  const auto middle = used.begin() + static_cast<std::ptrdiff_t>(used.size() - most_rooms / 2);
  std::nth_element(used.begin(), middle, used.end());
  auto surplus = rooms_.size() - most_rooms / 2;
  std::erase_if(rooms_, [&](const auto& room) {
    if (surplus == 0 || std::min(room.second->used, now) > *middle) return false;
    --surplus;
    return true;
  });
}

void Ledger::remember_ids(const std::string& key, Timestamp now) {
  auto* const room = find_room(key);
  if (room == nullptr) return;
  room->used = now;
  if (!room->ids) load_ids(*room, now);
}

void Ledger::load_ids(Room& room, Timestamp now) {
  struct Known {
    RecentIds::Hash hash;
    std::uint64_t seq;
    std::uint64_t ordinal;
    Timestamp time;
  };
  auto ids = std::make_unique<RecentIds>();
  std::vector<Known> known;
  const auto read = [&](const char* sql) {
    Statement statement(database_, sql);
    auto rows = statement.query(room.id);
    while (rows.next()) {
      const Known one{.hash = rows.is_null(4) ? 0 : ids->hash_of(rows.text(3), rows.text(4)),
                      .seq = unsigned_number(rows, 0),
                      .ordinal = unsigned_number(rows, 1),
                      .time = timestamp(rows.number(2))};
      if (one.ordinal + protocol::dedupe_messages <= room.ordinal && one.time + protocol::dedupe_age < now)
        break;
      if (one.hash != 0) known.push_back(one);
    }
  };
  read("SELECT seq, ordinal, time, coalesce(sender, name), id FROM message WHERE room = ? ORDER BY seq DESC");
  if (room.has_forgotten_ids)
    read("SELECT seq, ordinal, time, sender, id FROM forgotten_id WHERE room = ? ORDER BY seq DESC");
  for (const auto& one : std::views::reverse(known)) ids->add(one.hash, one.seq, one.ordinal, one.time);
  room.ids = std::move(ids);
}

}  // namespace hubbub::journal::sqlite
