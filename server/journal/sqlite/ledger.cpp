#include "server/journal/sqlite/ledger.hpp"

#include <algorithm>
#include <utility>

#include "server/journal/sqlite/schema.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::MessagePtr;
using protocol::Timestamp;

// How far the age in the file may be behind AgeClock: the most that a crash loses of it.
constexpr std::chrono::hours age_is_noted_every{1};

std::uint64_t microseconds(Timestamp time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
}

Database open(const std::string& path, Sync sync) {
  Database database(path, Database::Access::create);
  prepare_to_write(database, sync);
  return database;
}

bool is_message_draft(const Draft& draft) {
  return !draft.state && !draft.account && !draft.change && !draft.presence && !draft.is_audit_only();
}

}  // namespace

std::uint64_t meta(Database& database, std::string_view key) {
  Statement statement(database, "SELECT value FROM meta WHERE key = ?");
  auto rows = statement.query(key);
  return rows.next() ? rows.count(0) : 0;
}

void set_meta(Database& database, const char* key, std::int64_t value) {
  Statement(database, "INSERT OR REPLACE INTO meta VALUES(?, ?)").run(key, value);
}

Ledger::Ledger(const std::string& path, const Settings& settings, std::uint64_t above, Timestamp now)
    : database_(open(path, settings.sync)),
      sync_(settings.sync),
      last_(std::max(above, microseconds(now))),
      unchecked_(0),
      own_unchecked_(0) {
  epoch_ = meta(database_, "epoch");
  reserved_ = meta(database_, "reserved");
  scrub_from_ = meta(database_, "scrub") != 0 ? 1 : 0;
  last_ = std::max({last_, reserved_, meta(database_, "forgotten")});
  load_log();
  standing_ = {.in_force = {.messages = meta(database_, "keep_messages"),
                            .age = std::chrono::milliseconds(meta(database_, "keep_age"))},
               .let_through = meta(database_, "let_through"),
               .let_through_at = Timestamp(std::chrono::milliseconds(meta(database_, "let_through_at")))};
  Statement ended(
      database_,
      "SELECT DISTINCT r.key FROM state s JOIN room r ON r.id = s.room WHERE s.attribute IN (?1, ?2) "
      "AND EXISTS(SELECT 1 FROM message m WHERE m.room = r.id AND m.seq <= CASE s.attribute WHEN ?1 "
      "THEN s.seq ELSE CAST(s.value AS INTEGER) END)");
  for (auto rows = ended.query(closed_attribute, former_attribute); rows.next();)
    ended_.emplace(rows.text(0));
}

bool Ledger::checkpoint(bool truncate) {
  const auto pages = database_.wal_pages();
  const bool all = database_.checkpoint(truncate);
  if (database_.is_log_moved()) stamp_.moved(pages, all && truncate);
  return all;
}

void Ledger::configure(const Settings& settings) {
  sync_ = settings.sync;
  set_sync(database_, sync_);
}

/// So that no number is given out twice, the reservation is on the disk before the first of its numbers is
/// given out: synced, whatever the sync mode of commits.
void Ledger::reserve(std::uint64_t count) {
  if (last_ + count > reserved_) set_aside(last_ + count + reserved_at_once);
}

void Ledger::set_aside(std::uint64_t upto) {
  set_sync(database_, Sync::full);
  write([&] {
    Statement(database_, "INSERT OR IGNORE INTO meta VALUES('first', ?)").run(last_);
    Statement(database_, "INSERT OR REPLACE INTO meta VALUES('reserved', ?)").run(upto);
  });
  set_sync(database_, sync_);
  reserved_ = upto;
}

// --- what the file notes of retention

void Ledger::keep(const Standing& standing) {
  if (standing == standing_) return;
  write([&] {
    set_meta(database_, "keep_messages", static_cast<std::int64_t>(standing.in_force.messages));
    set_meta(database_, "keep_age", standing.in_force.age.count());
    set_meta(database_, "let_through", static_cast<std::int64_t>(standing.let_through));
    set_meta(database_, "let_through_at", standing.let_through_at.time_since_epoch().count());
  });
  if (standing.in_force != standing_.in_force) unchecked_ = 0;
  standing_ = standing;
}

std::optional<Timestamp> Ledger::known_age() {
  Statement statement(database_, R"sql(
    SELECT coalesce((SELECT value FROM meta WHERE key = 'aged'), (SELECT max(newest) FROM room WHERE newest > 0))
    )sql");
  auto rows = statement.query();
  rows.next();
  if (rows.is_null(0)) return std::nullopt;
  return rows.time(0);
}

void Ledger::note_age(Timestamp age) {
  if (noted_age_ == age) return;
  write([&] { write_age(age); });
  noted_age_ = age;
}

void Ledger::write_age(Timestamp age) { set_meta(database_, "aged", age.time_since_epoch().count()); }

bool Ledger::is_far_from_noted(Timestamp age) const {
  return !noted_age_ || age < *noted_age_ || age - *noted_age_ >= age_is_noted_every;
}

// --- what is said

std::vector<Committed> Ledger::commit(std::vector<Draft>& drafts, Timestamp now) {
  reserve(drafts.size());
  std::vector<Entry> entries;
  entries.reserve(drafts.size());
  write([&] {
    for (auto& draft : drafts) entries.push_back(store(draft, now));
    for (auto* room : touched_) finish(*room, drafts.size(), now);
    if (has_changed_) set_meta(database_, "scrub", 1);
  });
  if (std::exchange(has_changed_, false)) scrub_from_ = 1;
  touched_.clear();
  release_rooms(now);
  std::vector<Committed> batch;
  batch.reserve(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    batch.push_back(committed(std::move(drafts[i]), std::move(entries[i])));
  }
  return batch;
}

Committed Ledger::committed(Draft&& draft, Entry&& entry) {
  const bool is_message = !entry.account && !entry.state && !entry.change && !entry.presence &&
                          !draft.is_audit_only() &&
                          (entry.outcome != Outcome::stale || is_message_draft(draft));
  auto message = std::move(entry.original);
  if (is_message && !message) message = std::make_shared<const protocol::Message>(std::move(draft.message));
  auto committed = outcome_of(std::move(draft), entry.outcome, std::move(message), std::move(entry.state),
                              std::move(entry.account));
  committed.change = std::move(entry.change);
  committed.presence = std::move(entry.presence);
  committed.audit = std::move(entry.audit);
  return committed;
}

/// The end of a batch in one of its rooms. Drops as many surplus messages as the batch has brought, and a few
/// more; sweep() drops the rest.
void Ledger::finish(Room& room, std::uint64_t drafts, Timestamp now) {
  room.is_touched = false;
  const auto surplus = std::min<std::uint64_t>(count_surplus(room), drafts + 100);
  if (surplus > 0) drop(room, surplus, now);
  if (surplus > drafts) note_drops(room, {.surplus = surplus - drafts});
  if (count_surplus(room) > 0 && room.own.messages > 0)
    own_unchecked_ = std::min(own_unchecked_.value_or(room.id - 1), room.id - 1);
  save(room);
}

Ledger::Entry Ledger::store(Draft& draft, Timestamp now) {
  const auto entry_of = [&]() -> Entry {
    if (draft.account) return store_account(*draft.account);
    if (draft.presence) return store_presence(draft, now);
    if (log_ && is_stale(draft)) return {.outcome = Outcome::stale};
    if (draft.change) return store_change(*draft.change, draft.room, now);
    if (draft.is_audit_only()) return {};
    auto& room = room_for(draft, now);
    return draft.state ? store_state(room, *draft.state) : store_message(room, draft, now);
  };
  auto entry = entry_of();
  if (draft.audit && entry.outcome == Outcome::stored) store_audit(entry, draft);
  return entry;
}

Ledger::Entry Ledger::store_state(Room& room, const StateRecord& draft) {
  auto record = draft;
  record.number(++last_);
  if (log_) {
    record.room = room.name;
    if (may_forbid(record)) note_ruling(room, record.seq);
  }
  if (record.value.empty()) {
    delete_state_.run(room.id, record.attribute);
    room.has_state = has_state_.query(room.id).next();
  } else {
    set_state_.run(room.id, record.attribute, record.value, record.by, record.at, record.seq);
    room.has_state = true;
  }
  set_rule(room, record);
  if (record.attribute == closed_attribute || record.attribute == former_attribute) ended_.insert(room.key);
  if (ends_a_life(record)) {
    room.ids = std::make_unique<RecentIds>();
    room.known_from = record.seq;
    if (log_) presence_.clear(room.key);
  }
  // The room has participants, or the loop will say that it has not; but an empty room without attributes can
  // be forgotten.
  room.abandoned.reset();
  if (!room.has_state && room.kept() == 0) room.abandoned = Timestamp{};
  save_ages(room);
  return {.state = std::make_shared<const StateRecord>(std::move(record))};
}

/// Whether it does anything is told by whoever applies what is handed back: by the same rules.
Ledger::Entry Ledger::store_account(const AccountRecord& draft) {
  auto record = draft;
  record.seq = ++last_;
  journal::apply(accounts_, record);
  return {.account = std::make_shared<const AccountRecord>(std::move(record))};
}

Ledger::Entry Ledger::store_message(Room& room, Draft& draft, Timestamp now) {
  auto& message = draft.message;
  if (log_) {
    message.room = room.name;
    if (is_quiet(room) && room.last > room.known_from) {
      room.known_from = room.last;
      room.ids = std::make_unique<RecentIds>();
    }
  }
  RecentIds::Hash hash = 0;
  if (!message.id.empty()) {
    if (!room.ids) load_ids(room, now);
    hash = room.ids->hash_of(draft.sender, message.id);
    if (auto original = find_original(room, hash, draft))
      return {.outcome = Outcome::repeated, .original = std::move(original)};
  }
  message.seq = ++last_;
  if (message.change) {
    auto change = *message.change;
    change.number = room.changed = message.seq;
    message.change = std::make_shared<const protocol::Change>(std::move(change));
    if (message.is_deleted()) message.text.clear();
  }
  const bool is_first = room.kept() == 0;
  ++room.ordinal;
  insert(room, draft);
  room.last = message.seq;
  room.newest = message.time;
  if (is_first) {
    room.oldest = message.time;
    room.oldest_seq = message.seq;
    room.abandoned.reset();
    save_ages(room);
  }
  if (hash != 0) {
    // On a log its own time counts, and what is found is looked at again (is_known).
    const auto known_at = log_ ? log_->time.now() : message.time;
    log_ ? room.ids->expire_up_to(room.ordinal, log_->old_up_to) : room.ids->expire(room.ordinal, known_at);
    room.ids->add(hash, message.seq, room.ordinal, known_at);
  }
  return {};
}

/// Columns that few messages use are written apart, at no cost to the others.
void Ledger::insert(const Room& room, const Draft& draft) {
  const auto& message = draft.message;
  const auto sender = draft.sender == message.from ? std::nullopt : optional_text(draft.sender);
  insert_.run(room.id, message.seq, room.ordinal, message.time, sender, message.from, message.text,
              optional_text(message.id), static_cast<int>(message.kind));
  if (!message.account.empty() || message.reply_to != 0 || !message.to.empty()) {
    const auto reply_to = message.reply_to == 0 ? std::nullopt : std::optional(message.reply_to);
    set_more_.run(optional_text(message.account), reply_to, optional_text(message.to), room.id, message.seq);
  }
  if (!message.change) return;
  const auto& change = *message.change;
  set_change_.run(room.id, message.seq, change.number, static_cast<int>(change.what), change.time, change.by,
                  optional_text(change.reason));
}

MessagePtr Ledger::find_original(Room& room, RecentIds::Hash hash, const Draft& draft) {
  room.ids->find(hash, candidates_);
  for (const auto seq : candidates_) {
    auto original = read_original(room, seq, draft);
    if (original && (!log_ || is_known(room, seq, original->time, ordinal_of(room, seq)))) return original;
  }
  return nullptr;
}

/// Where retention has dropped the original, the repeated message stands in for it, with its number.
MessagePtr Ledger::read_original(const Room& room, std::uint64_t seq, const Draft& draft) {
  auto kept = original_.query(room.id, seq, draft.sender, draft.message.id);
  if (kept.next()) return std::make_shared<const protocol::Message>(message_of(kept, room.name));
  auto message = draft.message;
  message.seq = seq;
  auto forgotten = forgotten_original_.query(room.id, seq, draft.sender, draft.message.id);
  if (!forgotten.next()) return nullptr;
  message.time = forgotten.time(0);
  return std::make_shared<const protocol::Message>(std::move(message));
}

// --- occupied and abandoned rooms

void Ledger::occupy(const std::string& key) {
  write([&] {
    auto* const room = find_room(key);
    if (room == nullptr || !room->abandoned || !room->has_state) return;
    room->abandoned.reset();
    save_ages(*room);
  });
}

void Ledger::abandon(const std::string& key, Timestamp since) {
  write([&] {
    auto* const room = find_room(key);
    if (room == nullptr || room->kept() > 0 || !room->has_state || room->is_lasting || room->abandoned)
      return;
    room->abandoned = since;
    save_ages(*room);
  });
}

}  // namespace hubbub::journal::sqlite
