#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "server/journal/memory.hpp"
#include "test/chat/house.hpp"

namespace hubbub::chat::random {

/// The memory engine, whose batches and reads take as long as the test likes, and may fail; it knows in which
/// order what was stored. It outlives hubs: each of them is handed back what was appended for it.
class LateJournal final : public journal::Journal {
 public:
  LateJournal() : inner_({}, 1, {.wall = HandClock().now().wall, .steady = HandClock().now().steady}) {
    inner_.on_commit([this](std::span<const journal::Committed> batch) {
      back_.insert(back_.end(), batch.begin(), batch.end());
    });
  }

  void on_commit(Deliver deliver) override { deliver_ = std::move(deliver); }
  void append(journal::Draft draft) override { queue_.push_back(std::move(draft)); }
  void commit(const journal::Moment& now) override {
    now_ = now;
    hand_back();
    if (under_way_.empty()) under_way_.swap(queue_);
  }
  bool full() const override { return queue_.size() >= 30; }
  void read(const journal::Query& query, ReadHandler handler) override {
    reads_.emplace_back([this, query, handler = std::move(handler)](bool fails) {
      if (fails) return handler(protocol::Error{protocol::Code::storage_failed, "it cannot be read"});
      inner_.read(query, handler);
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
  void stop(protocol::Timestamp /*now*/, std::function<void()> done) override { done(); }

  /// The disk has stored the batch under way, or failed to; it is handed back at the end of a turn.
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

  /// All that was stored and handed back, in its order.
  const std::vector<journal::Committed>& log() const { return log_; }
  /// The messages of a room as they are now.
  std::vector<protocol::MessagePtr> messages(const std::string& room) {
    std::vector<protocol::MessagePtr> all;
    inner_.read({.room = room, .limit = 100'000},
                [&](const protocol::Result<journal::Page>& page) { all = page.value().messages; });
    return all;
  }

 private:
  void hand_back() {
    const auto batch = std::exchange(back_, {});
    if (batch.empty()) return;
    for (const auto& each : batch)
      if (each.outcome == journal::Outcome::stored) log_.push_back(each);
    deliver_(batch);
  }

  journal::MemoryJournal inner_;
  Deliver deliver_;
  journal::Moment now_;
  std::vector<journal::Draft> queue_;
  std::vector<journal::Draft> under_way_;
  std::vector<journal::Committed> back_;
  std::deque<std::function<void(bool fails)>> reads_;
  std::vector<journal::Committed> log_;
};

}  // namespace hubbub::chat::random
