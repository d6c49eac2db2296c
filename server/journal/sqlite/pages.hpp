#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>

#include "protocol/timestamp.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/sqlite/ageing.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/message_row.hpp"

namespace hubbub::journal::sqlite {

/// Reads pages of history, on a connection of its own: sees what has been committed, whatever the writer is
/// doing (https://sqlite.org/wal.html#concurrency). For one thread; an error is a DatabaseError.
class Pages {
 public:
  /// The journal must be there.
  explicit Pages(const std::string& path);

  /// A read under way ends soon after any thread has set `stop`, which must outlive this.
  void stop_on(const std::atomic<bool>& stop) { watch_.emplace(database_, stop); }
  /// Messages that are too old are left out. A message with a time after `now` was said when a clock was
  /// ahead (see Ledger::age).
  Page read(const Query& query, const Ageing& ageing, protocol::Timestamp now = protocol::Timestamp::max());
  /// See Journal::read_audit.
  AuditPage read_audit(const AuditQuery& query);

 private:
  struct Bounds {
    std::int64_t room = 0;  ///< 0: there is none
    std::string name;
    std::uint64_t dropped = 0;  ///< the newest seq that is not shown any more
    std::uint64_t last = 0;     ///< the newest number, of a message or of a change
    std::uint64_t noted = 0;    ///< messages from the future, up to this seq, count as said at `noted_at`
    protocol::Timestamp noted_at{};
  };
  /// The newest message of a room that was too old, by the oldest time that was shown then.
  struct Aged {
    std::uint64_t seq = 0;
    protocol::Timestamp before = protocol::Timestamp::min();
  };
  Bounds bounds_of(const Query& query, const Ageing& ageing, protocol::Timestamp now);
  void add_changed(const Query& query, const Bounds& bounds, Page& page);

  std::size_t count(const Query& query, const Bounds& bounds, std::uint64_t after);
  std::uint64_t newest_aged(const Bounds& bounds, protocol::Timestamp oldest, protocol::Timestamp now);

  Database database_;
  std::optional<Database::Watch> watch_;
  std::unordered_map<std::int64_t, Aged> aged_;  ///< by room
  Statement room_{database_,
                  "SELECT id, name, dropped, oldest, oldest_seq, max(last, changed), coalesce(keep_age, 0) "
                  "FROM room WHERE key = ?"};
  Statement meta_{database_, "SELECT key, value FROM meta"};
  Statement next_aged_{database_, "SELECT seq, time FROM message WHERE room = ? AND seq > ? ORDER BY seq"};
  // The sender's key of a conversation is never a name.
  Statement count_{database_,
                   "SELECT count(*) FROM (SELECT sender FROM message WHERE room = ? AND seq > ? AND seq < ? "
                   "ORDER BY seq DESC LIMIT ?) WHERE sender IS NOT ?"};
  Statement newest_{
      database_,
      select_messages() + "WHERE m.room = ? AND m.seq > ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?"};
  Statement changed_{database_, select_changed_messages() +
                                    "WHERE c.room = ? AND c.number > ? AND c.number < ? AND c.seq > ? AND "
                                    "c.seq <= ? ORDER BY c.number, c.seq"};
  static Statement select_audit(Database& database, const char* where) {
    return {database,
            std::string("SELECT seq, time, room, room_name, who, account, front, action, whom, before, "
                        "after FROM audit WHERE ") +
                where + "seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?"};
  }
  Statement audit_ = select_audit(database_, "");
  Statement audit_of_room_ = select_audit(database_, "room = ? AND ");
  Statement oldest_{
      database_, select_messages() + "WHERE m.room = ? AND m.seq > ? AND m.seq < ? ORDER BY m.seq LIMIT ?"};
};

}  // namespace hubbub::journal::sqlite
