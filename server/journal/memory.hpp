#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/journal/attendance.hpp"
#include "server/journal/dedupe.hpp"
#include "server/journal/drop_log.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/keeping.hpp"

namespace hubbub::journal {

/// The engine without a disk: bounded in each room by count, bytes and age, and in all by bytes, where
/// the oldest messages go first. A commit is immediate and cannot fail.
///
/// Of the audit the newest 10,000 entries are kept, no longer than audit_age.
///
/// Messages age from when they were stored. When the clock is set back, times in its future count from then
/// on.
///
/// All rooms draw on one counter, which starts from the clock (microseconds since 1970, below 2^53 until the
/// year 2255), so that a daemon started again gives out no number twice, and a client that comes back is told
/// (Page::dropped) that the messages before the restart are gone.
class MemoryJournal final : public Journal {
 public:
  /// `first`: no number up to this one is given out.
  MemoryJournal(const Settings& settings, std::uint64_t first, const Moment& now = {});

  void on_commit(Deliver deliver) override { deliver_ = std::move(deliver); }
  void append(Draft draft) override { queue_.push_back(std::move(draft)); }
  void commit(const Moment& now) override;
  bool full() const override { return false; }  // all drafts are committed at the end of a turn
  void read(const Query& query, ReadHandler handler) override;
  void read_audit(const AuditQuery& query, AuditHandler handler) override;
  Tail tail(const std::string& room) const override;
  std::string_view epoch() const override { return epoch_; }
  std::vector<RoomEntry> rooms(std::string_view after, std::size_t limit) const override;
  std::size_t room_count() const override { return listed_; }
  void each_conversation(const std::function<void(std::string_view key)>& take) const override {
    for (const auto& [key, log] : logs_)
      if (is_conversation(key)) take(key);
  }
  void each_state(
      const std::function<void(const std::string& key, const RoomState& state)>& take) const override {
    for (const auto& [key, log] : logs_)
      if (!log.state.is_empty()) take(key, log.state);
  }
  std::optional<protocol::Error> load_accounts(
      const std::function<void(const AccountRecord&)>& /*take*/) const override {
    return std::nullopt;  // those of the last start are gone
  }
  void occupy(const std::string& room) override { attendance_.occupy(room); }
  void abandon(const std::string& room) override;
  void configure(const Settings& settings) override;
  std::optional<PendingDrop> pending_drop() const override { return keeping_.pending(); }
  void stop(protocol::Timestamp now, std::function<void()> done) override;

 private:
  struct RoomLog {
    std::deque<protocol::MessagePtr> messages;
    std::deque<protocol::Timestamp> said;  ///< times of the messages, for ageing: never descending
    std::size_t bytes = 0;
    std::uint64_t last = 0;
    std::uint64_t dropped = 0;  ///< the newest seq that retention has dropped
    std::uint64_t changed = 0;  ///< the number of the newest change
    /// The messages that were changed, by the numbers of their last changes.
    std::set<std::pair<std::uint64_t, std::uint64_t>> changes;
    DedupeWindow dedupe;
    std::string name;
    RoomState state;

    bool is_private = false;  ///< a conversation, or the server
    /// When the oldest message is too old by the room's own retention; nothing: never.
    std::optional<protocol::Timestamp> due;

    bool is_kept() const { return !messages.empty() || !state.is_empty(); }
    bool is_listed() const { return is_kept() && !is_private; }
  };
  using Logs = std::map<std::string, RoomLog, std::less<>>;

  Committed store(Draft&& draft);
  Committed store_in_room(Draft&& draft);
  Committed store_message(RoomLog& log, Draft&& draft);
  Committed store_state(RoomLog& log, Draft&& draft);
  Committed store_account(Draft&& draft);
  Committed store_change(Draft&& draft);
  static bool is_changed_by(const ChangeRecord& change, const protocol::Message& message);
  void replace(RoomLog& log, protocol::MessagePtr& message, const ChangeRecord& change);
  void keep_audit(Committed& committed, const AuditPtr& entry);
  Committed repeat(const RoomLog& log, Draft&& draft, const DedupeWindow::Original& original) const;
  void trim(RoomLog& log);
  void note_due(RoomLog& log);
  static void add_changed(const RoomLog& log, const Query& query, Page& page);
  void drop_surplus();
  Forecast forecast(const Retention& wanted, protocol::Timestamp then) const;
  void commit_drafts();
  void trim_all(protocol::Timestamp now);
  void drop_oldest(RoomLog& log);
  void forget_idle(protocol::Timestamp now);
  void set_back(protocol::Timestamp now);

  const std::string epoch_;
  Settings settings_;
  Keeping keeping_;
  Drops drops_;
  DropLog drop_log_;
  Deliver deliver_;
  std::vector<Draft> queue_;
  std::vector<Committed> batch_;
  Logs logs_;
  /// The oldest message of each room that has any, oldest first: the next to age or to exceed the bound.
  std::set<std::pair<std::uint64_t, RoomLog*>> oldest_;
  /// Rooms whose own retention drops messages by age, in the order in which they are due.
  std::set<std::pair<protocol::Timestamp, RoomLog*>> due_;
  std::deque<AuditPtr> audit_;  ///< the oldest first
  std::size_t bytes_ = 0;
  std::size_t listed_ = 0;  ///< rooms that have messages or attributes
  std::uint64_t first_;
  std::uint64_t last_;
  std::uint64_t forgotten_ =
      0;  ///< the newest seq of rooms that have lost all their messages and are forgotten
  protocol::Timestamp swept_;
  protocol::Timestamp now_;  ///< of the last commit()
  Steady steady_;            ///< the same by the other clock
  Attendance attendance_;
  bool stopped_ = false;
};

}  // namespace hubbub::journal
