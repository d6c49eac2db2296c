#include "server/journal/memory.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/changed.hpp"
#include "server/journal/keyed_hash.hpp"
#include "server/journal/words.hpp"

namespace hubbub::journal {
namespace {

using protocol::MessagePtr;

// Bytes of memory of a message: itself, its heap blocks, its places in the containers.
std::size_t cost_of(const protocol::Message& message) {
  const auto* const change = message.change.get();
  return sizeof(message) + 64 + message.room.size() + message.from.size() + message.text.size() +
         message.id.size() + message.account.size() +
         (change == nullptr ? 0 : sizeof(*change) + change->by.size() + change->reason.size());
}

// Bytes of memory of a room that keeps anything: its log, its ids, and its place in the hub.
constexpr std::size_t room_cost = 2048;

constexpr std::chrono::seconds sweep_interval{60};

constexpr std::size_t most_audited = 10'000;

/// Puts the messages within the query's limit into the page.
template <class Iterator>
void cut(Iterator begin, Iterator end, const Query& query, Page& page) {
  const auto found = static_cast<std::size_t>(end - begin);
  page.more = found > query.limit;
  const auto surplus = page.more ? static_cast<std::ptrdiff_t>(found - query.limit) : 0;
  if (query.newest) {
    begin += surplus;
  } else {
    end -= surplus;
  }
  page.messages.assign(begin, end);
}

bool before_seq(const MessagePtr& message, std::uint64_t seq) { return message->seq < seq; }

/// The message with that number; null: it is not kept.
template <class Messages>
auto* find_message(Messages& messages, std::uint64_t seq) {
  const auto found = std::lower_bound(messages.begin(), messages.end(), seq, before_seq);
  return found != messages.end() && (*found)->seq == seq ? &*found : nullptr;
}

}  // namespace

MemoryJournal::MemoryJournal(const Settings& settings, std::uint64_t first, const Moment& now)
    : epoch_(new_epoch()),
      settings_(settings),
      keeping_({.in_force = retention_of(settings)}, AgeClock(now.wall, now), now),
      first_(first),
      last_(first),
      steady_(now.steady),
      attendance_(now.wall) {}

void MemoryJournal::commit(const Moment& now) {
  if (now.wall < now_) set_back(now.wall);
  now_ = now.wall;
  steady_ = now.steady;
  if (keeping_.advance(now)) drop_surplus();
  trim_all(now_);
  commit_drafts();
  drop_log_.note(std::exchange(drops_, {}), false, steady_);
}

void MemoryJournal::commit_drafts() {
  if (queue_.empty()) return;
  // The handler may append: that is for the next batch.
  std::vector<Draft> drafts;
  drafts.swap(queue_);
  batch_.clear();
  measures_.batch_messages.observe(static_cast<double>(drafts.size()));
  measures_.commit_seconds.observe(0);
  for (auto& draft : drafts) batch_.push_back(store(std::move(draft)));
  trim_all(now_);
  if (deliver_) deliver_(batch_);
  batch_.clear();
  drafts.clear();
  if (queue_.empty()) queue_.swap(drafts);  // keeps the space for the next turn
}

void MemoryJournal::abandon(const std::string& room) {
  const auto place = logs_.find(room);
  attendance_.abandon(room, now_, place != logs_.end() && !place->second.state.is_empty());
}

void MemoryJournal::configure(const Settings& settings) {
  settings_ = settings;
  keeping_.want(retention_of(settings), settings.grace, steady_);
  if (const auto question = keeping_.question()) {
    const auto cost = Cost::of(*question, [this](const Retention& retention, auto in) {
      return forecast(retention, keeping_.age_now() + in);
    });
    keeping_.foresee(*question, cost, {.wall = now_, .steady = steady_});
  }
  drop_surplus();
}

void MemoryJournal::drop_surplus() {
  for (auto& [room, log] : logs_) {
    const auto kept = log.messages.size();
    trim(log);
    if (const auto dropped = kept - log.messages.size(); dropped > 0)
      drops_.add({.surplus = dropped, .rooms = {log.name}});
  }
}

Forecast MemoryJournal::forecast(const Retention& wanted, protocol::Timestamp then) const {
  Forecast forecast;
  for (const auto& [room, log] : logs_) {
    const auto retention = stricter(wanted, log.state.retention());
    const std::uint64_t kept = log.messages.size();
    const auto young = std::lower_bound(log.said.begin(), log.said.end(), then - retention.age);
    const auto old = retention.age.count() > 0 ? static_cast<std::uint64_t>(young - log.said.begin()) : 0;
    const auto surplus = retention.messages > 0 && kept > retention.messages ? kept - retention.messages : 0;
    forecast.kept += kept;
    forecast.dropped += std::max(old, surplus);
  }
  return forecast;
}

void MemoryJournal::stop(protocol::Timestamp now, std::function<void()> done) {
  commit({.wall = now, .steady = steady_});
  drop_log_.finish();
  stopped_ = true;
  done();
}

Committed MemoryJournal::store(Draft&& draft) {
  if (stopped_) return outcome_of(std::move(draft), Outcome::failed);
  const auto audit = draft.audit;
  auto committed = draft.account           ? store_account(std::move(draft))
                   : draft.change          ? store_change(std::move(draft))
                   : draft.is_audit_only() ? outcome_of(std::move(draft), Outcome::stored)
                                           : store_in_room(std::move(draft));
  if (audit && committed.outcome == Outcome::stored) keep_audit(committed, audit);
  return committed;
}

Committed MemoryJournal::store_in_room(Draft&& draft) {
  const auto [place, is_new] = logs_.try_emplace(draft.room);
  auto& log = place->second;
  if (is_new) {
    log.dropped = forgotten_;
    log.is_private = is_hidden(draft.room);
  }
  if (log.messages.empty()) log.name = draft.room_name();
  const bool was_listed = log.is_listed();
  auto committed = draft.state ? store_state(log, std::move(draft)) : store_message(log, std::move(draft));
  if (!was_listed && log.is_listed()) ++listed_;
  if (was_listed && !log.is_listed()) --listed_;
  return committed;
}

Committed MemoryJournal::store_message(RoomLog& log, Draft&& draft) {
  log.dedupe.expire(draft.message.time);
  if (const auto* original = log.dedupe.find(draft.sender, draft.message.id)) {
    return repeat(log, std::move(draft), *original);
  }
  log.said.push_back(std::min(draft.message.time, now_));
  if (log.said.size() > 1) log.said.back() = std::max(log.said.back(), log.said[log.said.size() - 2]);
  draft.message.seq = log.last = ++last_;
  if (draft.message.is_deleted()) draft.message.text.clear();
  if (draft.message.change) {
    auto change = *draft.message.change;
    change.number = log.changed = draft.message.seq;
    draft.message.change = std::make_shared<const protocol::Change>(std::move(change));
    log.changes.emplace(log.changed, draft.message.seq);
  }
  auto message = std::make_shared<const protocol::Message>(std::move(draft.message));
  log.dedupe.add(draft.sender, message->id, {.seq = message->seq, .time = message->time});
  if (log.messages.empty()) {
    oldest_.emplace(message->seq, &log);
    bytes_ += room_cost;
  }
  log.messages.push_back(message);
  log.bytes += cost_of(*message);
  bytes_ += cost_of(*message);
  if (log.messages.size() == 1) note_due(log);
  trim(log);
  return outcome_of(std::move(draft), Outcome::stored, std::move(message));
}

Committed MemoryJournal::store_state(RoomLog& log, Draft&& draft) {
  auto record = *draft.state;
  record.number(++last_);
  const auto retention = log.state.retention();
  log.state.apply(record);
  if (ends_a_life(record)) {
    log.dedupe = {};
    drops_.add({.by_rule = log.messages.size(), .rooms = {log.name}});
    while (!log.messages.empty()) drop_oldest(log);
  }
  if (log.state.retention() != retention) {
    const auto kept = log.messages.size();
    trim(log);
    note_due(log);
    drops_.add({.by_rule = kept - log.messages.size(), .rooms = {log.name}});
  }
  if (!log.state.is_empty() && !attendance_.is_occupied(draft.room)) {
    attendance_.abandon(draft.room, now_, true);
  }
  return outcome_of(std::move(draft), Outcome::stored, {},
                    std::make_shared<const StateRecord>(std::move(record)));
}

/// What accounts there are is known to whom it is delivered to.
Committed MemoryJournal::store_account(Draft&& draft) {
  auto record = *draft.account;
  record.seq = ++last_;
  return outcome_of(std::move(draft), Outcome::stored, {}, {},
                    std::make_shared<const AccountRecord>(std::move(record)));
}

/// Whether it is there to be changed, and not so already.
bool MemoryJournal::is_changed_by(const ChangeRecord& change, const protocol::Message& message) {
  return !message.is_deleted() &&
         (change.what == protocol::Change::What::deleted || message.text != change.text);
}

void MemoryJournal::replace(RoomLog& log, MessagePtr& message, const ChangeRecord& change) {
  auto changed = *message;
  if (changed.change) log.changes.erase({changed.change->number, changed.seq});
  changed.text = change.text;
  changed.change = std::make_shared<const protocol::Change>(protocol::Change{.what = change.what,
                                                                             .time = change.at,
                                                                             .by = change.by,
                                                                             .number = change.number,
                                                                             .reason = change.reason});
  const auto before = cost_of(*message);
  const auto after = cost_of(changed);
  log.bytes += after - before;  // unsigned: it comes out right for what has become less
  bytes_ += after - before;
  log.changes.emplace(change.number, changed.seq);
  message = std::make_shared<const protocol::Message>(std::move(changed));
}

/// A room that is not known is not made by it.
Committed MemoryJournal::store_change(Draft&& draft) {
  auto record = *draft.change;
  record.number = ++last_;
  if (record.what == protocol::Change::What::deleted) record.text.clear();
  std::sort(record.seqs.begin(), record.seqs.end());
  record.seqs.erase(std::unique(record.seqs.begin(), record.seqs.end()), record.seqs.end());
  const auto place = logs_.find(draft.room);
  std::erase_if(record.seqs, [&](std::uint64_t seq) {
    auto* const message = place == logs_.end() ? nullptr : find_message(place->second.messages, seq);
    if (message == nullptr || !is_changed_by(record, **message)) return true;
    replace(place->second, *message, record);
    return false;
  });
  if (!record.seqs.empty()) {
    place->second.changed = record.number;
    trim(place->second);
  }
  auto committed = outcome_of(std::move(draft), Outcome::stored);
  committed.change = std::make_shared<const ChangeRecord>(std::move(record));
  return committed;
}

/// It has the number of the record that it stands beside, or one of its own.
void MemoryJournal::keep_audit(Committed& committed, const AuditPtr& entry) {
  auto audited = *entry;
  audited.seq = committed.message   ? committed.message->seq
                : committed.state   ? committed.state->seq
                : committed.account ? committed.account->seq
                : committed.change  ? committed.change->number
                                    : ++last_;
  committed.audit = audit_.emplace_back(std::make_shared<const AuditEntry>(std::move(audited)));
  if (audit_.size() > most_audited) audit_.pop_front();
}

// Where the original is no longer kept, the repeated message stands in for it, with its number.
Committed MemoryJournal::repeat(const RoomLog& log, Draft&& draft,
                                const DedupeWindow::Original& original) const {
  const auto* const found = find_message(log.messages, original.seq);
  if (found == nullptr) {
    draft.message.seq = original.seq;
    draft.message.time = original.time;
  }
  auto message =
      found != nullptr ? *found : std::make_shared<const protocol::Message>(std::move(draft.message));
  return outcome_of(std::move(draft), Outcome::repeated, std::move(message));
}

void MemoryJournal::trim(RoomLog& log) {
  const auto most = keeping_.in_force(log.state.retention()).messages;
  while (most > 0 && log.messages.size() > most) drop_oldest(log);
  while (settings_.memory > 0 && log.bytes > settings_.memory && log.messages.size() > 1) drop_oldest(log);
}

void MemoryJournal::trim_all(protocol::Timestamp now) {
  while (settings_.memory_total > 0 && bytes_ > settings_.memory_total && !oldest_.empty()) {
    drop_oldest(*oldest_.begin()->second);
  }
  while (!oldest_.empty()) {
    auto& log = *oldest_.begin()->second;
    if (log.said.front() >= keeping_.too_old()) break;
    ++drops_.aged;
    drops_.rooms.insert(log.name);
    drop_oldest(log);
  }
  while (!due_.empty() && due_.begin()->first < keeping_.age_now()) {
    auto& log = *due_.begin()->second;
    ++drops_.by_rule;
    drops_.rooms.insert(log.name);
    drop_oldest(log);
  }
  if (now - swept_ >= sweep_interval) forget_idle(now);
}

/// The room's place among those whose own retention drops by age.
void MemoryJournal::note_due(RoomLog& log) {
  if (log.due) due_.erase({*log.due, &log});
  log.due.reset();
  const auto age = log.state.retention().age;
  if (age.count() == 0 || log.messages.empty()) return;
  log.due = log.said.front() + age;
  due_.emplace(*log.due, &log);
}

void MemoryJournal::drop_oldest(RoomLog& log) {
  const auto& oldest = log.messages.front();
  oldest_.erase({oldest->seq, &log});
  log.dropped = oldest->seq;
  if (oldest->change) log.changes.erase({oldest->change->number, oldest->seq});
  log.bytes -= cost_of(*oldest);
  bytes_ -= cost_of(*oldest);
  log.messages.pop_front();
  log.said.pop_front();
  if (log.messages.empty()) {
    bytes_ -= room_cost;
    if (!log.is_private && !log.is_listed()) --listed_;
  } else {
    oldest_.emplace(log.messages.front()->seq, &log);
  }
  note_due(log);
}

void MemoryJournal::forget_idle(protocol::Timestamp now) {
  swept_ = now;
  attendance_.expire(now);
  while (!audit_.empty() && audit_.front()->at < keeping_.age_now() - audit_age) audit_.pop_front();
  for (auto place = logs_.begin(); place != logs_.end();) {
    auto& log = place->second;
    if (log.messages.empty() && !log.state.is_empty() && !log.state.is_lasting() &&
        attendance_.is_deserted(place->first, now)) {
      log.state = {};
      if (!log.is_private) --listed_;
    }
    if (!log.is_kept() && log.dedupe.all_older_than(now - protocol::dedupe_age)) {
      forgotten_ = std::max(forgotten_, log.last);
      place = logs_.erase(place);
    } else {
      ++place;
    }
  }
}

/// Messages with a time in the future may not stay until then, nor keep the messages behind them.
void MemoryJournal::set_back(protocol::Timestamp now) {
  for (auto& [room, log] : logs_) {
    for (auto& said : log.said) said = std::min(said, now);
    note_due(log);
  }
  swept_ = std::min(swept_, now);
  attendance_.expire(now);
}

void MemoryJournal::read(const Query& query, ReadHandler handler) {
  if (!query.search.empty() && !match_expression(query.search)) {
    handler(nothing_to_search_for());
    return;
  }
  Page page;
  if (query.changes && !query.newest) page.upto = query.after;
  std::size_t found = 0;
  const auto place = logs_.find(query.room);
  auto lost = place == logs_.end() ? forgotten_ : place->second.dropped;
  if (query.after > 0) lost = std::max(lost, first_);  // a number from before this start
  // A number that was never given out here is from before the clock was set back: it is not known what is
  // missing.
  page.dropped = lost > query.after || query.after > last_;
  if (place != logs_.end()) {
    const auto& messages = place->second.messages;
    const auto begin = std::lower_bound(messages.begin(), messages.end(), query.after + 1, before_seq);
    const auto end = std::lower_bound(begin, messages.end(), query.before, before_seq);
    if (!query.is_search()) {
      cut(begin, end, query, page);
      if (query.changes) add_changed(place->second, query, page);
      if (query.count) {
        found = static_cast<std::size_t>(std::count_if(begin, end, [&](const auto& message) {
          return query.but_author == 0 || message->author != query.but_author;
        }));
      }
    } else {
      Wanted wanted(query);
      std::vector<MessagePtr> hits;
      std::copy_if(begin, end, std::back_inserter(hits),
                   [&](const auto& message) { return wanted.is(*message); });
      cut(hits.begin(), hits.end(), query, page);
      found = hits.size();
    }
  }
  if (query.count) page.found = std::min(found, protocol::most_counted);
  handler(std::move(page));
}

/// Adds Page::changed, and ends the page where it has to.
void MemoryJournal::add_changed(const RoomLog& log, const Query& query, Page& page) {
  Changed changed;
  auto next = log.changes.lower_bound({query.after + 1, 0});
  while (next != log.changes.end() && next->first < query.before) {
    const auto [number, seq] = *next++;
    if (seq <= query.after && !changed.take(query, number, *find_message(log.messages, seq))) break;
  }
  changed.finish(query, std::max(log.last, log.changed), page);
}

void MemoryJournal::read_audit(const AuditQuery& query, AuditHandler handler) {
  AuditPage page;
  const auto newest =
      std::lower_bound(audit_.begin(), audit_.end(), query.before,
                       [](const AuditPtr& entry, std::uint64_t seq) { return entry->seq < seq; });
  for (auto next = std::make_reverse_iterator(newest); next != audit_.rend(); ++next) {
    if ((*next)->seq <= query.after) break;
    if (query.room && (*next)->room != *query.room) continue;
    page.more = page.entries.size() == query.limit;
    if (page.more) break;
    page.entries.push_back(*next);
  }
  handler(std::move(page));
}

Tail MemoryJournal::tail(const std::string& room) const {
  const auto place = logs_.find(room);
  if (place == logs_.end()) return {};
  const auto& log = place->second;
  return {.last = log.last,
          .kept = !log.messages.empty(),
          .changed = log.changed,
          .state = log.state.is_empty() ? nullptr : &log.state,
          .name = log.is_listed() ? std::string_view(log.name) : std::string_view()};
}

std::vector<RoomEntry> MemoryJournal::rooms(std::string_view after, std::size_t limit) const {
  std::vector<RoomEntry> page;
  for (auto next = logs_.upper_bound(after); next != logs_.end() && page.size() < limit;) {
    const auto& [key, log] = *next;
    if (log.is_listed()) page.push_back({.key = key, .name = log.name, .topic = log.state.topic()});
    next = is_conversation(key) ? logs_.lower_bound(behind_conversations) : std::next(next);
  }
  return page;
}

}  // namespace hubbub::journal
