#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/journal/memory.hpp"

namespace hubbub::chat::random {

/// A record of a room, in the order in which every session must see it.
struct LogEntry {
  bool is_topic = false;
  std::uint64_t seq = 0;
  std::string from;
  std::string text;
  std::string id;
  std::uint64_t author = 0;
};
using Log = std::vector<LogEntry>;

/// An engine whose batches and reads take as long as the test likes, and may fail. Keeps a log of the records
/// that were handed back as stored.
class Engine final : public journal::Journal {
 public:
  explicit Engine(const journal::Settings& settings) : inner_(settings, 1) {
    inner_.on_commit([this](std::span<const journal::Committed> batch) {
      back_.insert(back_.end(), batch.begin(), batch.end());
    });
  }

  void on_commit(Deliver deliver) override { deliver_ = std::move(deliver); }
  void append(journal::Draft draft) override { queue_.push_back(std::move(draft)); }
  /// Called at the end of a turn: hands back the finished batch, and makes the next batch of the queued
  /// drafts.
  void commit(const journal::Moment& now) override {
    now_ = now;
    hand_back();
    if (under_way_.empty()) under_way_.swap(queue_);
  }
  bool full() const override { return queue_.size() >= most_queued; }
  void read(const journal::Query& query, ReadHandler handler) override {
    reads_.emplace_back([this, query, handler = std::move(handler)](bool fails) {
      if (fails) {
        handler(protocol::Error{protocol::Code::storage_failed, "it cannot be read"});
      } else {
        inner_.read(query, handler);
      }
    });
  }
  void read_audit(const journal::AuditQuery& query, AuditHandler handler) override {
    inner_.read_audit(query, std::move(handler));
  }
  std::string_view epoch() const override { return inner_.epoch(); }
  journal::Tail tail(const std::string& room) const override { return inner_.tail(room); }
  std::vector<journal::RoomEntry> rooms(std::string_view after, std::size_t limit) const override {
    return inner_.rooms(after, limit);
  }
  std::size_t room_count() const override { return inner_.room_count(); }
  void each_conversation(const std::function<void(std::string_view key)>& take) const override {
    inner_.each_conversation(take);
  }
  void each_state(const std::function<void(const std::string& key, const journal::RoomState& state)>& take)
      const override {
    inner_.each_state(take);
  }
  std::optional<protocol::Error> load_accounts(
      const std::function<void(const journal::AccountRecord&)>& take) const override {
    return inner_.load_accounts(take);
  }
  void occupy(const std::string& room) override { inner_.occupy(room); }
  void abandon(const std::string& room) override { inner_.abandon(room); }
  void configure(const journal::Settings& settings) override { inner_.configure(settings); }
  std::optional<journal::PendingDrop> pending_drop() const override { return inner_.pending_drop(); }
  void stop(protocol::Timestamp now, std::function<void()> done) override {
    now_.wall = now;
    while (!under_way_.empty() || !queue_.empty()) {
      if (under_way_.empty()) under_way_.swap(queue_);
      hand_back();
      finish_batch(false);
    }
    hand_back();
    done();
  }

  /// The disk has stored the batch under way, or failed to. Does nothing while a finished batch has not been
  /// handed back.
  void finish_batch(bool fails) {
    if (!back_.empty()) return;
    for (auto& draft : std::exchange(under_way_, {})) {
      if (fails) {
        back_.push_back({.room = draft.room, .ticket = draft.ticket, .outcome = journal::Outcome::failed});
      } else {
        inner_.append(std::move(draft));
      }
    }
    if (!fails) inner_.commit(now_);
  }
  void finish_read(bool fails) {
    if (reads_.empty()) return;
    const auto read = std::move(reads_.front());
    reads_.pop_front();
    read(fails);
  }
  bool is_busy() const { return !reads_.empty() || !queue_.empty() || !under_way_.empty() || !back_.empty(); }

  const Log& log(const std::string& room) { return logs_[room]; }
  const std::map<std::string, Log>& logs() const { return logs_; }
  /// The conversation in which a message has that number; empty: none.
  std::string conversation_of(std::uint64_t seq) const {
    for (const auto& [key, log] : logs_) {
      const bool is_private = journal::is_conversation(key);
      if (is_private && std::any_of(log.begin(), log.end(), [&](const auto& one) { return one.seq == seq; }))
        return key;
    }
    return {};
  }
  /// The newest number that was handed back.
  std::uint64_t last() const { return last_; }
  /// Whether retention has kept that message.
  bool keeps(const std::string& room, std::uint64_t seq) {
    bool found = false;
    inner_.read({.room = room, .after = seq - 1, .before = seq + 1, .limit = 1},
                [&](const protocol::Result<journal::Page>& page) { found = !page->messages.empty(); });
    return found;
  }

 private:
  static constexpr std::size_t most_queued = 40;

  static LogEntry entry(const journal::Committed& committed) {
    if (committed.state) {
      const auto& state = *committed.state;
      return {.is_topic = true, .seq = state.seq, .from = state.by, .text = state.value, .id = {}};
    }
    const auto& message = *committed.message;
    return {.seq = message.seq,
            .from = message.from,
            .text = message.text,
            .id = message.id,
            .author = message.author};
  }

  void hand_back() {
    const auto batch = std::exchange(back_, {});
    if (batch.empty()) return;
    for (const auto& committed : batch) {
      if (committed.account) last_ = std::max(last_, committed.account->seq);
      if (committed.message) last_ = std::max(last_, committed.message->seq);
      if (committed.outcome != journal::Outcome::stored || committed.account) continue;
      logs_[committed.room].push_back(entry(committed));
    }
    deliver_(batch);
  }

  journal::MemoryJournal inner_;
  Deliver deliver_;
  journal::Moment now_;
  std::vector<journal::Draft> queue_;
  std::vector<journal::Draft> under_way_;
  std::vector<journal::Committed> back_;
  std::deque<std::function<void(bool fails)>> reads_;
  std::map<std::string, Log> logs_;
  std::uint64_t last_ = 0;
};

}  // namespace hubbub::chat::random
