#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/timestamp.hpp"
#include "server/journal/drop_log.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/shared/gate.hpp"
#include "server/journal/shared/log_time.hpp"
#include "server/journal/shared/placed.hpp"
#include "server/journal/sqlite/account_tables.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/log_stamp.hpp"
#include "server/journal/sqlite/message_row.hpp"
#include "server/journal/sqlite/presence_tables.hpp"
#include "server/journal/sqlite/recent_ids.hpp"

namespace hubbub::journal::sqlite {

/// Numbers that are reserved at a time: the most that a crash may waste, and the interval of the extra
/// commits.
inline constexpr std::uint64_t reserved_at_once = std::uint64_t{1} << 20U;

/// A number that the file has by name (schema.cpp); 0: none.
std::uint64_t meta(Database& database, std::string_view key);
void set_meta(Database& database, const char* key, std::int64_t value);

/// What the journal of a node has beside that of a daemon that is alone.
struct LedgerLog {
  shared::Gate::Standing standing;
  std::uint64_t base = 0;
  shared::LogTime time;
  std::uint64_t old_up_to = 0;    ///< LogTime's, as a number
  std::uint64_t quiet_up_to = 0;  ///< LogTime's, as a number
};

/// The journal's tables, through the only connection that writes to them. Everything here happens in one
/// thread, and an error is a DatabaseError. It holds in memory only the rooms that are in use.
class Ledger {
 public:
  /// A room as the file has it; valid during the call that it is passed to.
  struct Record {
    std::string_view key;
    std::string_view name;  ///< as shown
    RoomState state;
    std::uint64_t last = 0;
    bool kept = false;
    std::uint64_t changed = 0;     ///< the number of the newest change of its messages
    protocol::Timestamp newest{};  ///< when the newest message was said
  };
  /// What retention has done to rooms, by their keys.
  struct Swept {
    std::vector<std::string> emptied;    ///< no message is left
    std::vector<std::string> deserted;   ///< empty for long: its state is to be dropped (lose_state())
    std::vector<std::string> forgotten;  ///< nothing of the room is left
    Drops drops{};
    bool more = false;  ///< there is more to do
  };

  /// What the search index has forgotten of a room: all that changes up to this number have taken out of
  /// messages.
  struct Forgotten {
    std::int64_t room = 0;
    std::uint64_t number = 0;
  };

  /// Opens the file, or makes it. No number up to `above` is given out, nor any up to the clock's
  /// microseconds since 1970. Throws Unusable, too.
  Ledger(const std::string& path, const Settings& settings, std::uint64_t above, protocol::Timestamp now);

  /// All rooms, in no order; to be called once, before anything is stored. Rooms that had participants when
  /// the last daemon ended count as abandoned since `now`.
  void load_rooms(protocol::Timestamp now, const std::function<void(Record&&)>& take);
  /// The newest number that has been given out; none up to it will be again.
  std::uint64_t last() const { return last_; }
  void configure(const Settings& settings);
  /// See Journal.
  std::uint64_t epoch() const { return epoch_; }

  /// The retention in force, as the file has it, so also after another start. A file that does not say keeps
  /// all.
  const Standing& standing() const { return standing_; }
  void keep(const Standing& standing);
  /// What another retention would drop. For ages it assumes that the times in a room rise with the numbers,
  /// as they do unless a clock was set back.
  Forecast forecast(const Retention& wanted, protocol::Timestamp now);
  /// The age last given to note_age(), in this process or before; if there is none, the time of the newest
  /// message; nullopt when there is no message either.
  std::optional<protocol::Timestamp> known_age();
  /// Notes the time of AgeClock in the file.
  void note_age(protocol::Timestamp age);

  /// Commits, and syncs, a reservation that changes nothing else. Throws when that fails.
  void prove() { set_aside(last_ + reserved_at_once); }

  /// Stores the drafts, in one transaction. When it fails nothing has changed, the drafts included.
  std::vector<Committed> commit(std::vector<Draft>& drafts, protocol::Timestamp now);
  /// Stores what items of a log say, in one transaction, and up to where that is. When it fails nothing has
  /// changed, the drafts included.
  std::vector<Committed> apply(std::vector<shared::Placed>& items, const shared::Gate::Standing& upto,
                               protocol::Timestamp now);
  /// What apply() has stored last; nothing has been, if the generation is 0.
  shared::Gate::Standing log_standing() { return log_ ? log_->standing : shared::Gate::Standing{}; }
  std::uint64_t log_base() const { return log_ ? log_->base : 0; }
  /// Whether nothing has ever been stored.
  bool is_untouched();
  /// The journal is a daemon's own from now on, and no node's.
  void leave_log();
  /// See Journal. Needed for rooms with attributes only.
  void occupy(const std::string& key);
  void abandon(const std::string& key, protocol::Timestamp since);
  /// Drops the attributes of a room in Swept::deserted, unless there is a reason to keep them: then it
  /// returns them.
  RoomState lose_state(const std::string& key, protocol::Timestamp now, Swept& swept);
  /// Drops messages that retention does not keep, a few milliseconds' worth; `age`: the time of AgeClock.
  Swept sweep(protocol::Timestamp now, protocol::Timestamp age);
  /// Reads the ids of the room's last minutes, which tell whether an `id` is new, unless it has.
  void remember_ids(const std::string& key, protocol::Timestamp now);

  /// What was changed leaves copies behind: in `former_text`, in the log, between the rows of pages.
  /// Whether there may be any.
  bool is_to_scrub() const { return scrub_from_ != 0; }
  /// The search index does not have these any more.
  void forget_former(const std::vector<Forgotten>& forgotten);
  /// The index was thrown away, and all that it had.
  void forget_all_former();
  enum class Scrubbed {
    all,
    some,   ///< go on
    later,  ///< somebody reads, or the index has it still: try again
  };
  /// Removes copies, in at most so many pages; the log is emptied first.
  Scrubbed scrub(std::uint32_t pages);

  /// Pages in the log, and moving them: see Database.
  std::size_t wal_pages() const { return database_.wal_pages(); }
  bool checkpoint(bool truncate);

 private:
  struct Room {
    std::int64_t id = 0;
    std::string key;
    std::string name;
    bool has_state = false;  ///< attributes, of which there may be too many to hold them here
    bool is_lasting = false;
    Retention own;
    std::uint64_t last = 0;             ///< the newest number of a message
    std::uint64_t changed = 0;          ///< the number of the newest change of its messages
    std::uint64_t known_from = 0;       ///< no `id` up to this number is known
    std::uint64_t ruled = 0;            ///< the number of the newest ruling, on a log
    std::uint64_t ruled_by = 0;         ///< by that start of a node
    std::uint64_t ruled_before = 0;     ///< the newest of any other
    std::uint64_t dropped = 0;          ///< the newest number that retention has dropped
    std::uint64_t ordinal = 0;          ///< of the newest message
    std::uint64_t dropped_ordinal = 0;  ///< of the newest that retention has dropped
    protocol::Timestamp newest{};
    std::optional<protocol::Timestamp> oldest;  ///< see schema.cpp
    std::uint64_t oldest_seq = 0;
    std::optional<protocol::Timestamp> abandoned;
    bool has_forgotten_ids = false;
    bool is_touched = false;         ///< by the transaction under way
    protocol::Timestamp used{};      ///< when it was last in use
    std::unique_ptr<RecentIds> ids;  ///< null: not read yet

    std::uint64_t kept() const { return ordinal - dropped_ordinal; }
  };
  /// The outcome of a draft, while it can still be undone.
  struct Entry {
    Outcome outcome = Outcome::stored;
    protocol::MessagePtr original{};  ///< of a repeated message
    StatePtr state{};                 ///< with its number
    AccountRecordPtr account{};       ///< with its number
    ChangePtr change{};               ///< with its number
    PresencePtr presence{};           ///< with its number, if it has one
    AuditPtr audit{};                 ///< with its number
  };

  /// After an error that was rolled back, the rooms are read from the file again, and retention looks at all
  /// of them again.
  template <class Work>
  auto undoing(Work work) {
    try {
      return work();
    } catch (...) {
      touched_.clear();
      rooms_.clear();
      drops_ = {};
      unchecked_ = own_unchecked_ = 0;
      ids_looked_at_ = 0;
      has_changed_ = false;
      audited_.reset();
      log_ = log_before_;
      item_ = nullptr;
      throw;
    }
  }

  /// All writing goes through here: one transaction, undone when it fails.
  template <class Work>
  void write(Work work) {
    undoing([&] {
      Transaction transaction(database_);
      const auto changes = database_.changes();
      work();
      database_.changes() == changes ? transaction.commit() : stamp_.commit(transaction);
    });
  }

  void reserve(std::uint64_t count);
  void set_aside(std::uint64_t upto);

  // The rooms in use.
  Room* find_room(const std::string& key);
  Room& make_room(const Draft& draft);
  Room& room_for(const Draft& draft, protocol::Timestamp now);
  void save(const Room& room);
  void save_ages(const Room& room);
  void load_ids(Room& room, protocol::Timestamp now);
  void release_rooms(protocol::Timestamp now);

  Entry store(Draft& draft, protocol::Timestamp now);
  Entry store_message(Room& room, Draft& draft, protocol::Timestamp now);
  Entry store_state(Room& room, const StateRecord& draft);
  Entry store_account(const AccountRecord& draft);
  Entry store_change(const ChangeRecord& draft, const std::string& key, protocol::Timestamp now);
  Entry store_presence(const Draft& draft, protocol::Timestamp now);
  bool desert(const Draft& draft, protocol::Timestamp now);
  void drop_state(Room& room);
  bool change_message(const Room& room, const ChangeRecord& change, std::uint64_t seq);
  void store_audit(Entry& entry, const Draft& draft);
  void set_rule(Room& room, const StateRecord& record);
  RoomState read_state(const Room& room);
  Room& touch(Room& room, protocol::Timestamp now);
  void insert(const Room& room, const Draft& draft);
  protocol::MessagePtr find_original(Room& room, RecentIds::Hash hash, const Draft& draft);
  protocol::MessagePtr read_original(const Room& room, std::uint64_t seq, const Draft& draft);
  void finish(Room& room, std::uint64_t drafts, protocol::Timestamp now);
  static Committed committed(Draft&& draft, Entry&& entry);

  // Of a node.
  void load_log();
  void begin_log(const shared::Placed& item);
  void save_log(const shared::Gate::Standing& upto);
  void go_on(const shared::Placed& item);
  void note_times();
  bool is_stale(const Draft& draft);
  bool is_presence_stale(const Draft& draft, const std::string& room);
  void note_ruling(Room& room, std::uint64_t number);
  Room& room_to_rule(const std::string& key, protocol::Timestamp now);
  std::uint64_t checked_up_to(const Draft& draft) const;
  std::uint64_t ordinal_of(const Room& room, std::uint64_t seq);
  bool is_known(const Room& room, std::uint64_t seq, protocol::Timestamp time, std::uint64_t ordinal) const;
  bool is_in_window(std::uint64_t seq, protocol::Timestamp time, protocol::Timestamp now) const;
  bool is_quiet(const Room& room) const { return log_ && room.last <= log_->quiet_up_to; }
  bool may_be_forgotten(const Room& room) const;

  // Retention.
  void drop(Room& room, std::uint64_t count, protocol::Timestamp now);
  Retention retention_of(const Room& room) const { return stricter(standing_.in_force, room.own); }
  std::uint64_t count_surplus(const Room& room) const;
  void note_drops(const Room& room, Drops drops);
  static std::vector<std::string> keys(Statement& rooms, protocol::Timestamp bound, std::uint64_t most);
  void sweep_old(protocol::Timestamp now, protocol::Timestamp age, Swept& swept);
  void sweep_surplus(protocol::Timestamp now, std::optional<std::int64_t>& unchecked, Statement& rooms,
                     Swept& swept);
  void sweep_audit(protocol::Timestamp age, Swept& swept);
  void sweep_ids(protocol::Timestamp now, Swept& swept);
  void sweep_deserted(protocol::Timestamp now, Swept& swept);
  void sweep_ended(protocol::Timestamp now, Swept& swept);
  std::uint64_t drop_ended(Room& room, protocol::Timestamp now);
  void age(Room& room, protocol::Timestamp now, protocol::Timestamp age, Swept& swept);
  std::optional<std::uint64_t> newest_old(std::int64_t room, std::int64_t dropped, std::int64_t last,
                                          protocol::Timestamp too_old);
  bool is_far_from_noted(protocol::Timestamp age) const;
  void write_age(protocol::Timestamp age);
  bool forget_ids(Room& room, protocol::Timestamp now);
  void forget_if_empty(Room& room, protocol::Timestamp now, Swept& swept);

  Database database_;
  LogStamp stamp_{database_};
  AccountTables accounts_{database_};
  PresenceTables presence_{database_};
  Sync sync_;
  std::uint64_t epoch_ = 0;
  Standing standing_;
  std::optional<protocol::Timestamp> noted_age_;
  Drops drops_;                           ///< since the last sweep()
  std::optional<LedgerLog> log_;          ///< nothing: it is no node's
  std::optional<LedgerLog> log_before_;   ///< the same without the transaction under way
  const shared::Placed* item_ = nullptr;  ///< of the log, of which drafts are being stored; null: of none
  std::uint64_t last_;
  std::uint64_t reserved_ = 0;  ///< on disk: the greatest number that may have been given out before a crash
  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms_;  ///< rooms in use, by key
  /// Of which something may be left that was said in a former life, by key.
  std::set<std::string> ended_;
  std::vector<Room*> touched_;             ///< by the transaction under way
  std::optional<std::int64_t> unchecked_;  ///< rooms from this id on may have more than they should
  /// The same of rooms with a number of their own.
  std::optional<std::int64_t> own_unchecked_;
  bool has_changed_ = false;              ///< the transaction under way has changed messages
  std::uint32_t scrub_from_ = 0;          ///< the page with which to go on; 0: there are no copies
  std::optional<std::uint64_t> audited_;  ///< rows of the audit; nothing: not counted
  std::int64_t ids_looked_at_ = 0;        ///< id of the room that sweep_ids() looked at last
  std::vector<std::uint64_t> candidates_;

  Statement room_{
      database_,
      "SELECT id, name, last, dropped, ordinal, newest, oldest, oldest_seq, abandoned, changed, "
      "coalesce(keep_messages, 0), coalesce(keep_age, 0), known_from, ruled, ruled_by, ruled_before "
      "FROM room WHERE key = ?"};
  Statement has_state_{database_, "SELECT 1 FROM state WHERE room = ? LIMIT 1"};
  Statement lasts_{database_, "SELECT 1 FROM state WHERE room = ? AND attribute IN (?, ?) LIMIT 1"};
  Statement save_rule_{database_, "UPDATE room SET keep_messages = ?, keep_age = ? WHERE id = ?"};
  Statement has_forgotten_{database_, "SELECT 1 FROM forgotten_id WHERE room = ? LIMIT 1"};
  Statement newest_{database_, "SELECT ordinal FROM message WHERE room = ? ORDER BY seq DESC LIMIT 1"};
  // The room may be one that was forgotten.
  Statement insert_room_{database_,
                         "INSERT INTO room(key, name, dropped) "
                         "VALUES(?, ?, coalesce((SELECT value FROM meta WHERE key = 'forgotten'), 0)) "
                         "RETURNING id, dropped"};
  Statement rename_room_{database_, "UPDATE room SET name = ? WHERE id = ?"};
  Statement state_{database_,
                   "SELECT attribute, value, who, time, seq FROM state WHERE room = ? ORDER BY attribute"};
  Statement set_state_{
      database_,
      "INSERT OR REPLACE INTO state(room, attribute, value, who, time, seq) VALUES(?, ?, ?, ?, ?, ?)"};
  Statement delete_state_{database_, "DELETE FROM state WHERE room = ? AND attribute = ?"};
  Statement save_{
      database_,
      "UPDATE room SET last = ?, newest = ?, dropped = ?, ordinal = ?, changed = ?, known_from = ?, "
      "ruled = ?, ruled_by = ?, ruled_before = ? WHERE id = ?"};
  Statement save_ages_{database_, "UPDATE room SET oldest = ?, oldest_seq = ?, abandoned = ? WHERE id = ?"};
  Statement insert_{database_,
                    "INSERT INTO message(room, seq, ordinal, time, sender, name, text, id, kind) "
                    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement set_more_{
      database_, "UPDATE message SET account = ?, reply_to = ?, recipient = ? WHERE room = ? AND seq = ?"};
  Statement original_{
      database_,
      select_messages() + "WHERE m.room = ? AND m.seq = ? AND coalesce(m.sender, m.name) = ? AND m.id = ?"};
  Statement set_meta_{database_, "INSERT OR REPLACE INTO meta VALUES(?, ?)"};
  Statement set_node_{database_, "INSERT OR REPLACE INTO node VALUES(?, ?, ?, ?)"};
  Statement newest_state_{database_, "SELECT coalesce(max(seq), 0) FROM state WHERE room = ?"};
  Statement ordinal_{database_,
                     "SELECT ordinal FROM message WHERE room = ?1 AND seq = ?2 UNION ALL "
                     "SELECT ordinal FROM forgotten_id WHERE room = ?1 AND seq = ?2"};
  Statement forgotten_original_{
      database_, "SELECT time FROM forgotten_id WHERE room = ? AND seq = ? AND sender = ? AND id = ?"};
  Statement oldest_{
      database_,
      "SELECT seq, ordinal, time, coalesce(sender, name), id FROM message WHERE room = ? ORDER BY seq "
      "LIMIT ?"};
  Statement ended_up_to_{
      database_,
      "SELECT max(CASE attribute WHEN ?2 THEN seq ELSE CAST(value AS INTEGER) END) FROM state "
      "WHERE room = ?1 AND attribute IN (?2, ?3)"};
  Statement delete_{database_, "DELETE FROM message WHERE room = ? AND seq <= ?"};
  Statement to_change_{database_,
                       "SELECT m.ordinal, m.text, c.what FROM message m LEFT JOIN change c ON c.room = "
                       "m.room AND c.seq = m.seq "
                       "WHERE m.room = ? AND m.seq = ?"};
  Statement set_text_{database_, "UPDATE message SET text = ? WHERE room = ? AND seq = ?"};
  Statement set_change_{database_,
                        "INSERT OR REPLACE INTO change(room, seq, number, what, time, who, reason) VALUES(?, "
                        "?, ?, ?, ?, ?, ?)"};
  Statement insert_former_{database_,
                           "INSERT INTO former_text(room, number, seq, ordinal, text) VALUES(?, ?, ?, ?, ?)"};
  Statement forget_former_{database_, "DELETE FROM former_text WHERE room = ? AND number <= ?"};
  Statement has_former_{database_, "SELECT 1 FROM former_text LIMIT 1"};
  Statement insert_audit_{database_, "INSERT INTO audit VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement oldest_audit_{database_, "SELECT seq, time FROM audit ORDER BY seq LIMIT ?"};
  Statement delete_audit_{database_, "DELETE FROM audit WHERE seq <= ?"};
  Statement delete_changes_{database_, "DELETE FROM change WHERE room = ? AND seq <= ?"};
  Statement insert_forgotten_id_{
      database_, "INSERT INTO forgotten_id(room, seq, ordinal, time, sender, id) VALUES(?, ?, ?, ?, ?, ?)"};
  Statement oldest_forgotten_{
      database_, "SELECT seq, ordinal, time FROM forgotten_id WHERE room = ? ORDER BY seq LIMIT ?"};
  Statement delete_forgotten_{database_, "DELETE FROM forgotten_id WHERE room = ? AND seq <= ?"};
  Statement old_rooms_{database_, "SELECT key FROM room WHERE oldest < ? LIMIT ?"};
  Statement future_rooms_{database_, "SELECT key FROM room WHERE oldest > ? LIMIT ?"};
  Statement due_rooms_{database_,
                       "SELECT key FROM room WHERE keep_age IS NOT NULL AND oldest + keep_age < ? LIMIT ?"};
  Statement own_future_rooms_{database_,
                              "SELECT key FROM room WHERE keep_age IS NOT NULL AND oldest > ? LIMIT ?"};
  Statement own_surplus_rooms_{
      database_,
      "SELECT key, id FROM room WHERE id > ?1 AND id <= ?2 AND ?3 >= 0 AND keep_messages IS NOT NULL AND "
      "last > dropped AND keep_messages < "
      "(SELECT m.ordinal FROM message m WHERE m.room = room.id ORDER BY m.seq DESC LIMIT 1) - ordinal "
      "ORDER BY id LIMIT ?4"};
  Statement surplus_rooms_{
      database_,
      "SELECT key, id FROM room WHERE id > ?1 AND id <= ?2 AND last > dropped AND ?3 < "
      "(SELECT m.ordinal FROM message m WHERE m.room = room.id ORDER BY m.seq DESC LIMIT 1) - ordinal "
      "ORDER BY id LIMIT ?4"};
  Statement deserted_rooms_{database_, "SELECT key FROM room WHERE abandoned <= ? LIMIT ?"};
  Statement ahead_rooms_{database_, "SELECT key FROM room WHERE abandoned > ? LIMIT ?"};
  Statement next_forgotten_{
      database_,
      "SELECT key, id FROM room WHERE id = (SELECT room FROM forgotten_id WHERE room > ? ORDER "
      "BY room LIMIT 1)"};
};

}  // namespace hubbub::journal::sqlite
