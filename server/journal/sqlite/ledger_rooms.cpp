// The rooms that the ledger holds while they are in use, and how they stand in the file.
#include <algorithm>
#include <chrono>
#include <ranges>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/ledger.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// Rooms held in memory between two batches, at most: about a kilobyte each, most of it ids.
constexpr std::size_t most_remembered = 2048;

/// Of a row whose columns from `first` on are attribute, value, who, time, seq.
StateRecord state_record(const Statement::Rows& row, int first, const std::string& room) {
  return {.room = room,
          .seq = row.count(first + 4),
          .attribute = std::string(row.text(first)),
          .value = std::string(row.text(first + 1)),
          .by = std::string(row.text(first + 2)),
          .at = row.time(first + 3)};
}

}  // namespace

/// Reads both tables in the order of rooms, side by side.
void Ledger::load_rooms(Timestamp now, const std::function<void(Record&&)>& take) {
  bool were_occupied = false;
  {
    Statement rooms(database_,
                    "SELECT id, key, name, last, dropped, newest, abandoned, changed FROM room ORDER BY id");
    Statement states(database_,
                     "SELECT room, attribute, value, who, time, seq FROM state ORDER BY room, attribute");
    auto state = states.query();
    bool has_state = state.next();
    for (auto room = rooms.query(); room.next();) {
      Record record{.key = room.text(1),
                    .name = room.text(2),
                    .last = room.count(3),
                    .kept = room.number(3) > room.number(4),
                    .changed = room.count(7),
                    .newest = room.time(5)};
      for (; has_state && state.number(0) <= room.number(0); has_state = state.next()) {
        if (state.number(0) == room.number(0)) {
          record.state.apply(state_record(state, 1, std::string(record.name)));
        }
      }
      const bool is_lasting = record.state.is_lasting() || is_server(record.key);
      if (!record.kept && !record.state.is_empty() && !is_lasting && room.is_null(6)) were_occupied = true;
      last_ = std::max({last_, record.last, record.changed});
      take(std::move(record));
    }
  }
  if (!were_occupied) return;
  write([&] {
    Statement(database_,
              "UPDATE room SET abandoned = ? WHERE abandoned IS NULL AND last <= dropped "
              "AND id IN (SELECT room FROM state) AND key <> ? "
              "AND NOT EXISTS(SELECT 1 FROM state s WHERE s.room = room.id AND s.attribute IN (?, ?))")
        .run(now, server_key, owner_attribute, kept_attribute);
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
  room->last = row.count(2);
  room->dropped = row.count(3);
  room->ordinal = room->dropped_ordinal = row.count(4);
  room->newest = row.time(5);
  room->oldest = row.optional_time(6);
  room->oldest_seq = row.count(7);
  room->abandoned = row.optional_time(8);
  room->changed = row.count(9);
  room->own = {.messages = row.count(10), .age = std::chrono::milliseconds(row.number(11))};
  room->known_from = row.count(12);
  room->ruled = row.count(13);
  room->ruled_by = row.count(14);
  room->ruled_before = row.count(15);
  room->has_state = has_state_.query(room->id).next();
  room->is_lasting = is_server(key) || lasts_.query(room->id, owner_attribute, kept_attribute).next();
  if (auto newest = newest_.query(room->id); newest.next()) room->ordinal = newest.count(0);
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
  room->dropped = row.count(1);
  room->is_lasting = is_server(room->key);
  row.next();
  return *(rooms_[draft.room] = std::move(room));
}

Ledger::Room& Ledger::room_for(const Draft& draft, Timestamp now) {
  auto* const found = find_room(draft.room);
  auto& room = touch(found != nullptr ? *found : make_room(draft), now);
  // The first message in an empty room may change the spelling of its name. Nodes may keep different
  // messages: there it is in a room that has been quiet.
  const bool is_unset = log_ ? !room.has_state && is_quiet(room) : room.kept() == 0;
  if (is_unset && room.name != draft.room_name()) {
    room.name = draft.room_name();
    rename_room_.run(room.name, room.id);
  }
  return room;
}

Ledger::Room& Ledger::touch(Room& room, Timestamp now) {
  room.used = now;
  if (!std::exchange(room.is_touched, true)) touched_.push_back(&room);
  return room;
}

/// Notes what an attribute means for the room.
void Ledger::set_rule(Room& room, const StateRecord& record) {
  if (record.attribute == owner_attribute || record.attribute == kept_attribute)
    room.is_lasting = is_server(room.key) || lasts_.query(room.id, owner_attribute, kept_attribute).next();
  const auto own = room.own;
  if (record.attribute == keep_messages_attribute) room.own.messages = bound_in(record.value);
  if (record.attribute == keep_age_attribute)
    room.own.age = std::chrono::milliseconds(bound_in(record.value));
  if (room.own == own) return;
  save_rule_.run(room.own.messages == 0 ? std::nullopt : std::optional(room.own.messages),
                 room.own.age.count() == 0 ? std::nullopt : std::optional(room.own.age.count()), room.id);
}

RoomState Ledger::read_state(const Room& room) {
  RoomState state;
  for (auto rows = state_.query(room.id); rows.next();) state.apply(state_record(rows, 0, room.name));
  return state;
}

void Ledger::save(const Room& room) {
  save_.run(room.last, room.newest, room.dropped, room.dropped_ordinal, room.changed, room.known_from,
            room.ruled, room.ruled_by, room.ruled_before, room.id);
}

void Ledger::save_ages(const Room& room) {
  save_ages_.run(room.oldest, room.oldest_seq, room.abandoned, room.id);
}

/// Between two transactions: releases rooms that are not in use, and those beyond the limit; they can be read
/// again.
void Ledger::release_rooms(Timestamp now) {
  if (rooms_.size() <= most_remembered) return;
  std::vector<Timestamp> used;
  used.reserve(rooms_.size());
  for (const auto& [key, room] : rooms_) used.push_back(std::min(room->used, now));
  const auto middle = used.begin() + static_cast<std::ptrdiff_t>(used.size() - most_remembered / 2);
  std::nth_element(used.begin(), middle, used.end());
  auto surplus = rooms_.size() - most_remembered / 2;
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
                      .seq = rows.count(0),
                      .ordinal = rows.count(1),
                      .time = rows.time(2)};
      const bool is_far = one.ordinal + protocol::dedupe_messages <= room.ordinal;
      if (is_far && !is_in_window(one.seq, one.time, now)) break;
      if (one.seq <= room.known_from) break;  // said in a former life of the room
      if (one.hash != 0) known.push_back(one);
    }
  };
  read("SELECT seq, ordinal, time, coalesce(sender, name), id FROM message WHERE room = ? ORDER BY seq DESC");
  if (room.has_forgotten_ids)
    read("SELECT seq, ordinal, time, sender, id FROM forgotten_id WHERE room = ? ORDER BY seq DESC");
  for (const auto& one : std::views::reverse(known))
    ids->add(one.hash, one.seq, one.ordinal, log_ ? log_->time.now() : one.time);
  room.ids = std::move(ids);
}

}  // namespace hubbub::journal::sqlite
