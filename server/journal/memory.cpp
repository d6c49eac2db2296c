#include "server/journal/memory.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "protocol/limits.hpp"
#include "server/journal/keyed_hash.hpp"
#include "server/journal/words.hpp"

namespace hubbub::journal {
namespace {

using protocol::MessagePtr;

// Bytes of memory of a message: itself, its heap blocks, its places in the containers.
std::size_t cost_of(const protocol::Message& message) {
  return sizeof(message) + 64 + message.room.size() + message.from.size() + message.text.size() +
         message.id.size() + message.account.size();
}

// Bytes of memory of a room that keeps anything: its log, its ids, and its place in the hub.
constexpr std::size_t room_cost = 2048;

constexpr std::chrono::seconds sweep_interval{60};

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

Forecast MemoryJournal::forecast(const Retention& retention, protocol::Timestamp then) const {
  Forecast forecast;
  for (const auto& [room, log] : logs_) {
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
  if (draft.account) return store_account(std::move(draft));
  const auto [place, is_new] = logs_.try_emplace(draft.room);
  auto& log = place->second;
  if (is_new) {
    log.dropped = forgotten_;
    log.is_private = is_conversation(draft.room);
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
  auto message = std::make_shared<const protocol::Message>(std::move(draft.message));
  log.dedupe.add(draft.sender, message->id, {.seq = message->seq, .time = message->time});
  if (log.messages.empty()) {
    oldest_.emplace(message->seq, &log);
    bytes_ += room_cost;
  }
  log.messages.push_back(message);
  log.bytes += cost_of(*message);
  bytes_ += cost_of(*message);
  trim(log);
  return outcome_of(std::move(draft), Outcome::stored, std::move(message));
}

Committed MemoryJournal::store_state(RoomLog& log, Draft&& draft) {
  auto record = *draft.state;
  record.seq = ++last_;
  log.state.apply(record);
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

// Where the original is no longer kept, the repeated message stands in for it, with its number.
Committed MemoryJournal::repeat(const RoomLog& log, Draft&& draft,
                                const DedupeWindow::Original& original) const {
  const auto found = std::lower_bound(log.messages.begin(), log.messages.end(), original.seq, before_seq);
  const bool kept = found != log.messages.end() && (*found)->seq == original.seq;
  if (!kept) {
    draft.message.seq = original.seq;
    draft.message.time = original.time;
  }
  auto message = kept ? *found : std::make_shared<const protocol::Message>(std::move(draft.message));
  return outcome_of(std::move(draft), Outcome::repeated, std::move(message));
}

void MemoryJournal::trim(RoomLog& log) {
  const auto most = keeping_.in_force().messages;
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
  if (now - swept_ >= sweep_interval) forget_idle(now);
}

void MemoryJournal::drop_oldest(RoomLog& log) {
  const auto& oldest = log.messages.front();
  oldest_.erase({oldest->seq, &log});
  log.dropped = oldest->seq;
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
}

void MemoryJournal::forget_idle(protocol::Timestamp now) {
  swept_ = now;
  attendance_.expire(now);
  for (auto place = logs_.begin(); place != logs_.end();) {
    auto& log = place->second;
    if (log.messages.empty() && !log.state.is_empty() && attendance_.is_deserted(place->first, now)) {
      log.state = {};
      --listed_;
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

Tail MemoryJournal::tail(const std::string& room) const {
  const auto place = logs_.find(room);
  if (place == logs_.end()) return {};
  const auto& log = place->second;
  return {.last = log.last,
          .kept = !log.messages.empty(),
          .state = log.state.is_empty() ? nullptr : &log.state,
          .name = log.is_listed() ? std::string_view(log.name) : std::string_view()};
}

std::vector<RoomEntry> MemoryJournal::rooms(std::string_view after, std::size_t limit) const {
  std::vector<RoomEntry> page;
  for (auto next = logs_.upper_bound(after); next != logs_.end() && page.size() < limit;) {
    const auto& [key, log] = *next;
    if (log.is_listed()) page.push_back({.key = key, .name = log.name, .topic = log.state.topic()});
    next = log.is_private ? logs_.lower_bound(behind_conversations) : std::next(next);
  }
  return page;
}

}  // namespace hubbub::journal
