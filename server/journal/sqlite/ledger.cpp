#include "server/journal/sqlite/ledger.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/schema.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::MessagePtr;
using protocol::Timestamp;

std::uint64_t microseconds(Timestamp time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
}

std::uint64_t meta(Database& database, std::string_view key) {
  Statement statement(database, "SELECT value FROM meta WHERE key = ?");
  auto rows = statement.query(key);
  return rows.next() ? static_cast<std::uint64_t>(rows.number(0)) : 0;
}

}  // namespace

Ledger::Ledger(const std::string& path, const Settings& settings, std::uint64_t above, Timestamp now)
    : database_(path, Database::Access::create),
      settings_(settings),
      last_(std::max(above, microseconds(now))) {
  prepare_to_write(database_, settings.sync);
  // It may be one that was forgotten.
  insert_room_ = {database_,
                  "INSERT INTO room(key, name, dropped) "
                  "VALUES(?, ?, coalesce((SELECT value FROM meta WHERE key = 'forgotten'), 0)) RETURNING id"};
  rename_room_ = {database_, "UPDATE room SET name = ? WHERE id = ?"};
  set_topic_ = {database_, "UPDATE room SET topic = ? WHERE id = ?"};
  drop_from_room_ = {database_, "UPDATE room SET dropped = ?, last = ?, ordinal = ? WHERE id = ?"};
  insert_ = {database_,
             "INSERT INTO message(room, seq, ordinal, time, sender, name, text, id, action) "
             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  original_ = {database_,
               "SELECT time, name, text, action FROM message "
               "WHERE room = ? AND seq = ? AND coalesce(sender, name) = ? AND id = ?"};
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
  load_rooms();
  reserved_ = meta(database_, "reserved");
  last_ = std::max({last_, reserved_, meta(database_, "forgotten")});
}

// --- what is there already

void Ledger::load_rooms() {
  Statement statement(database_, "SELECT id, key, name, topic, last, ordinal FROM room");
  auto rows = statement.query();
  while (rows.next()) {
    auto room = std::make_unique<Room>();
    room->id = rows.number(0);
    room->record = {.key = std::string(rows.text(1)),
                    .name = std::string(rows.text(2)),
                    .topic = std::string(rows.text(3)),
                    .last = static_cast<std::uint64_t>(rows.number(4)),
                    .kept = false,
                    .newest = {}};
    room->dropped = room->ordinal = static_cast<std::uint64_t>(rows.number(5));
    load_newest(*room);
    // Nobody is in it now, and it has no history.
    if (!room->record.kept) room->record.topic.clear();
    last_ = std::max(last_, room->record.last);
    by_id_.emplace(room->id, room.get());
    rooms_.emplace(room->record.key, std::move(room));
  }
}

void Ledger::load_newest(Room& room) {
  Statement newest(database_,
                   "SELECT seq, ordinal, time FROM message WHERE room = ? ORDER BY seq DESC LIMIT 1");
  auto row = newest.query(room.id);
  room.record.kept = row.next();
  if (room.record.kept) {
    room.record.last = static_cast<std::uint64_t>(row.number(0));
    room.ordinal = static_cast<std::uint64_t>(row.number(1));
    room.record.newest = Timestamp(std::chrono::milliseconds(row.number(2)));
  }
  Statement forgotten(database_, "SELECT 1 FROM forgotten_id WHERE room = ? LIMIT 1");
  room.has_forgotten_ids = forgotten.query(room.id).next();
}

std::vector<Ledger::Record> Ledger::rooms() const {
  std::vector<Record> records;
  records.reserve(rooms_.size());
  for (const auto& [key, room] : rooms_) records.push_back(room->record);
  return records;
}

void Ledger::configure(const Settings& settings) {
  settings_ = settings;
  set_sync(database_, settings.sync);
}

void Ledger::remember_ids(const std::string& room, Timestamp now) {
  const auto found = rooms_.find(room);
  if (found != rooms_.end() && !found->second->ids) load_ids(*found->second, now);
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
                      .seq = static_cast<std::uint64_t>(rows.number(0)),
                      .ordinal = static_cast<std::uint64_t>(rows.number(1)),
                      .time = Timestamp(std::chrono::milliseconds(rows.number(2)))};
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

/// After a transaction that was undone: what the file says now.
void Ledger::reload(std::span<Room* const> rooms) {
  Statement statement(database_, "SELECT id, name, topic, last, ordinal FROM room WHERE key = ?");
  for (auto* room : rooms) {
    room->ids.reset();
    room->oldest.reset();
    by_id_.erase(room->id);
    auto row = statement.query(room->record.key);
    if (!row.next()) {
      const auto key = room->record.key;
      rooms_.erase(key);
      continue;
    }
    room->id = row.number(0);
    room->record.name = row.text(1);
    room->record.topic = row.text(2);
    room->record.last = static_cast<std::uint64_t>(row.number(3));
    room->dropped = room->ordinal = static_cast<std::uint64_t>(row.number(4));
    load_newest(*room);
    by_id_.emplace(room->id, room);
  }
}

// --- what is said

/// So that no number is given out twice, those that may be given out are on the disk before the first of
/// them is: for good, however far a commit goes otherwise.
void Ledger::reserve(std::uint64_t count) {
  if (last_ + count > reserved_) set_aside(last_ + count + reserved_at_once);
}

void Ledger::set_aside(std::uint64_t upto) {
  set_sync(database_, Sync::full);
  Transaction transaction(database_);
  Statement(database_, "INSERT OR IGNORE INTO meta VALUES('first', ?)").run(last_);
  Statement(database_, "INSERT OR REPLACE INTO meta VALUES('reserved', ?)").run(upto);
  transaction.commit();
  set_sync(database_, settings_.sync);
  reserved_ = upto;
}

std::vector<Committed> Ledger::commit(std::vector<Draft>& drafts, Timestamp now) {
  reserve(drafts.size());
  std::vector<Entry> entries;
  entries.reserve(drafts.size());
  touched_.clear();
  ++transaction_;
  try {
    Transaction transaction(database_);
    for (auto& draft : drafts) entries.push_back(store(room_for(draft), draft, now));
    for (auto* room : touched_) {
      // What this batch has brought too much, and a little of what there was before; the rest is sweep()'s.
      const auto surplus = std::min<std::uint64_t>(count_surplus(*room), drafts.size() + 100);
      if (surplus > 0) drop(*room, surplus, now);
    }
    transaction.commit();
  } catch (...) {
    reload(std::exchange(touched_, {}));
    throw;
  }
  std::vector<Committed> batch;
  batch.reserve(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    batch.push_back(committed(std::move(drafts[i]), std::move(entries[i])));
  }
  return batch;
}

Committed Ledger::committed(Draft&& draft, Entry&& entry) {
  auto message = entry.original ? std::move(entry.original)
                                : std::make_shared<const protocol::Message>(std::move(draft.message));
  return {.room = std::move(draft.room),
          .ticket = draft.ticket,
          .outcome = entry.outcome,
          .message = std::move(message),
          .kind = draft.kind};
}

void Ledger::touch(Room& room) {
  if (std::exchange(room.touched, transaction_) != transaction_) touched_.push_back(&room);
}

Ledger::Room& Ledger::make_room(const Draft& draft) {
  auto& room = *(rooms_[draft.room] = std::make_unique<Room>());
  room.record.key = draft.room;
  room.record.name = draft.message.room;
  touch(room);
  auto row = insert_room_.query(draft.room, draft.message.room);
  row.next();
  room.id = row.number(0);
  row.next();
  by_id_.emplace(room.id, &room);
  return room;
}

Ledger::Room& Ledger::room_for(const Draft& draft) {
  const auto found = rooms_.find(draft.room);
  if (found == rooms_.end()) return make_room(draft);
  auto& room = *found->second;
  touch(room);
  // Those who find a room empty may write its name differently.
  if (room.kept() == 0 && room.record.name != draft.message.room) {
    rename_room_.run(draft.message.room, room.id);
    room.record.name = draft.message.room;
  }
  return room;
}

Ledger::Entry Ledger::store(Room& room, Draft& draft, Timestamp now) {
  auto& message = draft.message;
  if (draft.kind == Kind::topic) {
    set_topic_.run(message.text, room.id);
    room.record.topic = message.text;
    return {};
  }
  RecentIds::Hash hash = 0;
  if (!message.id.empty()) {
    if (!room.ids) load_ids(room, now);
    hash = room.ids->hash_of(draft.sender, message.id);
    if (auto original = find_original(room, hash, draft)) return {Outcome::repeated, std::move(original)};
  }
  message.seq = ++last_;
  ++room.ordinal;
  const std::optional<std::string_view> sender =
      draft.sender == message.from ? std::nullopt : std::optional<std::string_view>(draft.sender);
  const std::optional<std::string_view> id =
      message.id.empty() ? std::nullopt : std::optional<std::string_view>(message.id);
  insert_.run(room.id, message.seq, room.ordinal, std::int64_t{message.time.time_since_epoch().count()},
              sender, message.from, message.text, id, message.action);
  room.record.last = message.seq;
  room.record.kept = true;
  if (hash != 0) {
    room.ids->expire(room.ordinal, message.time);
    room.ids->add(hash, message.seq, room.ordinal, message.time);
  }
  return {};
}

void Ledger::abandon(const std::string& room) {
  const auto found = rooms_.find(room);
  if (found == rooms_.end() || found->second->kept() > 0) return;
  set_topic_.run("", found->second->id);
  found->second->record.topic.clear();
}

MessagePtr Ledger::find_original(Room& room, RecentIds::Hash hash, const Draft& draft) {
  room.ids->find(hash, candidates_);
  for (const auto seq : candidates_) {
    if (auto original = read_original(room, seq, draft)) return original;
  }
  return nullptr;
}

/// Where retention has dropped the original, what is sent again stands in for it, under its number.
MessagePtr Ledger::read_original(const Room& room, std::uint64_t seq, const Draft& draft) {
  auto message = draft.message;
  message.seq = seq;
  auto kept = original_.query(room.id, seq, draft.sender, draft.message.id);
  if (kept.next()) {
    message.room = room.record.name;
    message.time = Timestamp(std::chrono::milliseconds(kept.number(0)));
    message.from = kept.text(1);
    message.text = kept.text(2);
    message.action = kept.number(3) != 0;
    return std::make_shared<const protocol::Message>(std::move(message));
  }
  auto forgotten = forgotten_original_.query(room.id, seq, draft.sender, draft.message.id);
  if (!forgotten.next()) return nullptr;
  message.time = Timestamp(std::chrono::milliseconds(forgotten.number(0)));
  return std::make_shared<const protocol::Message>(std::move(message));
}

}  // namespace hubbub::journal::sqlite
