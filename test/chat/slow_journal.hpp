#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "server/journal/memory.hpp"
#include "test/chat/house.hpp"

namespace hubbub::chat {

/// The memory engine with delayed commits and reads, which happen when the test says so, and may fail.
class SlowJournal final : public journal::Journal {
 public:
  SlowJournal() : inner_({}, 1, {.wall = HandClock().now().wall, .steady = HandClock().now().steady}) {}

  void on_commit(Deliver deliver) override {
    deliver_ = deliver;
    inner_.on_commit(std::move(deliver));
  }
  void append(journal::Draft draft) override { queue_.push_back(std::move(draft)); }
  void commit(const journal::Moment& now) override { now_ = now; }
  void read(const journal::Query& query, ReadHandler handler) override {
    if (!slow_reads) {
      deepest_read = std::max(deepest_read, ++depth_);
      inner_.read(query, std::move(handler));
      --depth_;
      return;
    }
    reads_.emplace_back([this, query, handler = std::move(handler)] {
      if (fail_reads) {
        handler(protocol::Error{protocol::Code::storage_failed, "it cannot be read"});
      } else {
        inner_.read(query, handler);
      }
    });
  }
  bool full() const override { return is_full; }
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
    for (auto& draft : std::exchange(queue_, {})) inner_.append(std::move(draft));
    inner_.stop(now, std::move(done));
  }

  void finish_commit() {
    auto drafts = std::exchange(queue_, {});
    if (!drafts.empty() && std::exchange(fail_next, false)) {
      std::vector<journal::Committed> failed;
      for (const auto& draft : drafts)
        failed.push_back({.room = draft.room, .ticket = draft.ticket, .outcome = journal::Outcome::failed});
      return deliver_(failed);
    }
    for (auto& draft : drafts) inner_.append(std::move(draft));
    inner_.commit(now_);
  }
  void finish_reads() {
    for (const auto& read : std::exchange(reads_, {})) read();
  }

  bool slow_reads = false;
  bool fail_reads = false;
  bool fail_next = false;
  bool is_full = false;
  int deepest_read = 0;  ///< nesting of reads: 2 when a read's handler asked for another read, and so on

 private:
  journal::MemoryJournal inner_;
  Deliver deliver_;
  std::vector<journal::Draft> queue_;
  journal::Moment now_;
  std::vector<std::function<void()>> reads_;
  int depth_ = 0;
};

struct SlowHouse : House {
  SlowHouse() : House(std::make_unique<SlowJournal>()), slow(dynamic_cast<SlowJournal&>(*journal)) {}

  void turn() {
    hub.end_turn();
    slow.finish_commit();
    hub.end_turn();
  }

  SlowJournal& slow;
};

}  // namespace hubbub::chat
