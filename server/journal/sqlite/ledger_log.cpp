// The journal of a node: what it reads of a log that several share. Nothing here depends on the node's clock
// or on what it keeps: all who have read the same have the same outcomes.
#include <algorithm>
#include <utility>
#include <variant>

#include "protocol/limits.hpp"
#include "server/journal/sqlite/ledger.hpp"

namespace hubbub::journal::sqlite {
namespace {

using protocol::Timestamp;

// Numbers that count as given out ahead of those that are, so that this is noted seldom.
constexpr std::uint64_t noted_ahead = std::uint64_t{1} << 30U;

std::span<const unsigned char> bytes_of(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()),  // NOLINT(*-reinterpret-cast)
          text.size()};
}

}  // namespace

void Ledger::load_log() {
  const auto generation = meta(database_, "generation");
  if (generation == 0) return;
  auto& log = log_.emplace();
  log.base = meta(database_, "base");
  log.standing = {.mark = {.position = meta(database_, "position"), .revision = meta(database_, "revision")},
                  .chain = meta(database_, "chain"),
                  .generation = generation};
  Statement nodes(database_, "SELECT id, epoch, number, about FROM node");
  for (auto rows = nodes.query(); rows.next();) {
    const auto about = rows.bytes(3);
    const auto said =
        shared::decode_about({reinterpret_cast<const char*>(about.data()),  // NOLINT(*-reinterpret-cast)
                              about.size()});
    log.standing.nodes[std::string(rows.text(0))] = {
        .epoch = rows.count(1), .number = rows.count(2), .about = said.value_or(shared::About{})};
  }
  std::vector<shared::LogTime::Mark> marks;
  Statement times(database_, "SELECT position, time FROM log_time ORDER BY position");
  for (auto rows = times.query(); rows.next();)
    marks.push_back({.position = rows.count(0), .time = rows.time(1)});
  const Timestamp log_now{std::chrono::milliseconds(meta(database_, "log_now"))};
  log.time = shared::LogTime(std::move(marks), log_now);
  note_times();
  last_ = std::max(last_, shared::last_number(log.base, log.standing.mark.position));
  log_before_ = log_;
}

std::vector<Committed> Ledger::apply(std::vector<shared::Placed>& items, const shared::Gate::Standing& upto,
                                     Timestamp now) {
  std::size_t count = 0;
  for (const auto& item : items) count += item.drafts.size();
  std::vector<Entry> entries;
  entries.reserve(count);
  log_before_ = log_;
  write([&] {
    for (auto& item : items) {
      item_ = &item;
      if (item.beginning) begin_log(item);
      go_on(item);
      for (std::size_t i = 0; i < item.drafts.size(); ++i) {
        auto& draft = item.drafts[i];
        draft.message.time = std::min(draft.message.time, item.time);
        last_ = shared::number_of(log_->base, item.position, i) - 1;
        entries.push_back(store(draft, now));
      }
    }
    item_ = nullptr;
    for (auto* room : touched_) finish(*room, count, now);
    if (has_changed_) set_meta(database_, "scrub", 1);
    save_log(upto);
  });
  log_before_ = log_;
  if (std::exchange(has_changed_, false)) scrub_from_ = 1;
  touched_.clear();
  release_rooms(now);
  std::vector<Committed> batch;
  batch.reserve(count);
  auto entry = entries.begin();
  for (auto& item : items) {
    for (auto& draft : item.drafts) batch.push_back(committed(std::move(draft), std::move(*entry++)));
  }
  return batch;
}

/// Another one than before, if there was one: who was here by way of that is known no more.
void Ledger::begin_log(const shared::Placed& item) {
  log_.emplace();
  log_->base = item.beginning->base;
  log_->standing.generation = item.beginning->generation;
  database_.execute("DELETE FROM node; DELETE FROM log_time; DELETE FROM person; DELETE FROM here");
  set_meta(database_, "generation", static_cast<std::int64_t>(item.beginning->generation));
  set_meta(database_, "base", static_cast<std::int64_t>(item.beginning->base));
  set_meta(database_, "epoch", static_cast<std::int64_t>(item.beginning->epoch));
  // A node that had nothing before may have been started by a later clock.
  const auto first = meta(database_, "first");
  if (first == 0 || first > item.beginning->base)
    set_meta(database_, "first", static_cast<std::int64_t>(item.beginning->base));
  epoch_ = item.beginning->epoch;
}

void Ledger::go_on(const shared::Placed& item) {
  if (item.time == Timestamp{}) return;
  auto& time = log_->time;
  const bool is_marked = time.advance(item.position, item.time);
  note_times();
  if (!is_marked) return;
  database_.execute("DELETE FROM log_time");
  Statement insert(database_, "INSERT INTO log_time VALUES(?, ?)");
  for (const auto& mark : time.marks()) insert.run(mark.position, mark.time);
}

void Ledger::note_times() {
  const auto number = [this](std::uint64_t position) {
    return position == 0 ? 0 : shared::last_number(log_->base, position);
  };
  log_->old_up_to = number(log_->time.old_up_to());
  log_->quiet_up_to = number(log_->time.quiet_up_to());
}

void Ledger::save_log(const shared::Gate::Standing& upto) {
  const auto& before = log_->standing.nodes;
  for (const auto& [id, node] : upto.nodes) {
    const auto known = before.find(id);
    if (known != before.end() && known->second == node) continue;
    const auto about = shared::encoded(node.about);
    set_node_.run(id, node.epoch, node.number, bytes_of(about));
  }
  for (const auto& [id, node] : before)
    if (!upto.nodes.contains(id)) Statement(database_, "DELETE FROM node WHERE id = ?").run(id);
  log_->standing = upto;
  set_meta_.run("position", upto.mark.position);
  set_meta_.run("revision", upto.mark.revision);
  set_meta_.run("chain", upto.chain);
  set_meta_.run("log_now", log_->time.now());
  if (last_ < reserved_) return;
  reserved_ = last_ + noted_ahead;
  set_meta_.run("reserved", reserved_);
}

bool Ledger::is_untouched() {
  return database_.number("SELECT EXISTS(SELECT 1 FROM room) OR EXISTS(SELECT 1 FROM account)") == 0;
}

void Ledger::leave_log() {
  if (!log_) return;
  log_before_ = log_;
  write([&] {
    database_.execute(
        "DELETE FROM meta WHERE key IN ('generation', 'base', 'position', 'revision', 'chain', 'log_now');"
        "DELETE FROM node; DELETE FROM log_time; DELETE FROM person; DELETE FROM here");
  });
  log_.reset();
  log_before_.reset();
}

// --- what is known, and what was asked for too early

std::uint64_t Ledger::checked_up_to(const Draft& draft) const {
  return shared::last_number(log_->base, draft.checked);
}

void Ledger::note_ruling(Room& room, std::uint64_t number) {
  if (room.ruled_by != item_->epoch) room.ruled_before = room.ruled;
  room.ruled_by = item_->epoch;
  room.ruled = number;
}

/// Whether somebody may have forbidden it, whom its node had not heard when it looked whether it may be. What
/// its own node has ruled it knew.
bool Ledger::is_stale(const Draft& draft) {
  if (draft.is_audit_only()) return false;
  const auto checked = checked_up_to(draft);
  if (checked < log_->old_up_to) return true;
  const auto is_ruled = [&](const std::string& key) {
    const auto* const room = find_room(key);
    if (room == nullptr) return false;
    return (room->ruled_by == item_->epoch ? room->ruled_before : room->ruled) > checked;
  };
  return is_ruled(draft.room) || is_ruled(std::string(server_key));
}

/// The same of somebody's ruling in that room by such a record, who may not rule there any more.
bool Ledger::is_presence_stale(const Draft& draft, const std::string& room) {
  const auto* const granted = std::get_if<presence::Granted>(&draft.presence->body);
  const bool is_nobodys = granted != nullptr && granted->by.empty();
  return !is_nobodys && is_stale({.room = room, .checked = draft.checked});
}

std::uint64_t Ledger::ordinal_of(const Room& room, std::uint64_t seq) {
  auto rows = ordinal_.query(room.id, seq);
  return rows.next() ? rows.count(0) : 0;
}

bool Ledger::is_known(const Room& room, std::uint64_t seq, Timestamp time, std::uint64_t ordinal) const {
  if (seq <= room.known_from) return false;
  return ordinal + protocol::dedupe_messages > room.ordinal || is_in_window(seq, time, time);
}

/// Whether a message counts as one of the last minutes. `now`: where the time of a log does not count.
bool Ledger::is_in_window(std::uint64_t seq, Timestamp time, Timestamp now) const {
  if (!log_) return time + protocol::dedupe_age >= now;
  // One from before there was a log has no place in it.
  if (seq <= log_->base) return time + protocol::dedupe_age >= log_->time.now();
  return seq > log_->old_up_to;
}

/// What a room that is forgotten would decide must not matter any more.
bool Ledger::may_be_forgotten(const Room& room) const {
  return !log_ || (is_quiet(room) && room.ruled <= log_->old_up_to);
}

// --- who is here

Ledger::Entry Ledger::store_presence(const Draft& draft, Timestamp now) {
  auto record = *draft.presence;
  record.node = item_->node;
  record.epoch = item_->epoch;
  const bool is_of_node = std::holds_alternative<presence::NodeCame>(record.body) ||
                          std::holds_alternative<presence::NodeGone>(record.body);
  if (!is_of_node) record.seq = ++last_;
  const bool is_deserted = std::holds_alternative<presence::Deserted>(record.body);
  const auto* const ruled = presence::ruled_room(draft.presence->body);
  if (ruled != nullptr && is_presence_stale(draft, *ruled))
    return {.outcome = Outcome::stale, .presence = draft.presence};
  const bool forbids = ruled != nullptr && presence_.forbids(record.body);
  const bool is_done = is_deserted ? desert(draft, now) : presence_.apply(record);
  if (is_done && forbids) note_ruling(room_to_rule(*ruled, now), record.seq);
  return {.outcome = is_done ? Outcome::stored : Outcome::refused,
          .presence = std::make_shared<const PresenceRecord>(std::move(record))};
}

/// Also one of which there is nothing yet but who is there.
Ledger::Room& Ledger::room_to_rule(const std::string& key, Timestamp now) {
  auto* const found = find_room(key);
  if (found != nullptr) return touch(*found, now);
  Draft unspoken{.room = key};
  unspoken.message.room = presence_.name_of(key);
  auto& room = touch(make_room(unspoken), now);
  room.abandoned = Timestamp{};
  save_ages(room);
  return room;
}

bool Ledger::desert(const Draft& draft, Timestamp now) {
  const auto& key = std::get<presence::Deserted>(draft.presence->body).room;
  auto* const room = find_room(key);
  if (room == nullptr || !room->has_state || room->is_lasting || !presence_.is_empty(key)) return false;
  const auto checked = checked_up_to(draft);
  auto newest = newest_state_.query(room->id);
  newest.next();
  if (std::max({room->last, room->ruled, newest.count(0)}) > checked) return false;
  // With the attributes it would not be known any more that it is to go.
  while (drop_ended(*room, now) > 0) continue;
  drop_state(touch(*room, now));
  return true;
}

}  // namespace hubbub::journal::sqlite
