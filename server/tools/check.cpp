#include "server/tools/check.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"
#include "protocol/text.hpp"
#include "protocol/timestamp.hpp"
#include "server/journal/conversation.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/tools/check_accounts.hpp"

namespace hubbub::tools {
namespace {

using journal::sqlite::Database;
using journal::sqlite::Statement;
using journal::sqlite::without_heading;

// Versions of the tables: the first that always notes the newest message of a room (before, only retention
// did), the first with attributes other than the topic and with changes of messages, the first with accounts,
// the first with conversations, and the first with rules of rooms, the audit, and what changes leave behind.
constexpr std::int64_t first_with_newest = 2;
constexpr std::int64_t first_with_records = 3;
constexpr std::int64_t first_with_accounts = 4;
constexpr std::int64_t first_with_conversations = 5;
constexpr std::int64_t first_with_changes = 7;

/// A row of `room`.
struct RoomTally {
  std::string called;  ///< fit for a terminal
  std::int64_t dropped = 0;
  std::int64_t dropped_ordinal = 0;
  std::int64_t last = 0;  ///< number of its newest message, if it has any; 0: not known
};

/// A row of `message`, or of `forgotten_id`, which has the ids of dropped messages.
struct Row {
  std::int64_t room = 0;
  std::int64_t seq = 0;
  std::int64_t ordinal = 0;
  std::chrono::milliseconds time{0};
  bool forgotten = false;
};

class Check {
 public:
  Check(Database& journal, const Tell& tell) : journal_(journal), tell_(tell) {}

  Tally run() {
    const journal::sqlite::Snapshot snapshot(journal_);  // a daemon may write meanwhile
    if (check_file()) {
      check_rooms();
      check_messages();
      if (version() >= first_with_records) check_records();
      if (version() >= first_with_conversations) check_conversations();
      if (version() >= first_with_accounts) newest_ = std::max(newest_, check_accounts(journal_, tell_));
      check_numbers();
    }
    tally_.accounts = count(journal_).accounts;
    return tally_;
  }

 private:
  std::int64_t version() { return journal_.number("PRAGMA user_version"); }

  bool check_file() {
    Statement statement(journal_, "PRAGMA integrity_check");
    auto rows = statement.query();
    bool whole = true;
    while (rows.next()) {
      if (rows.text(0) == "ok") continue;
      whole = false;
      tell_lines(without_heading(rows.text(0)));
    }
    return whole;
  }

  void tell_lines(std::string_view lines) {
    while (!lines.empty()) {
      const auto end = std::min(lines.find('\n'), lines.size());
      if (end > 0) tell_(std::string(lines.substr(0, end)));
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
  }

  void check_rooms() {
    const bool knows_last = version() >= first_with_newest;
    Statement statement(journal_, "SELECT id, key, name, dropped, ordinal, last FROM room");
    auto rows = statement.query();
    while (rows.next()) {
      const auto id = rows.number(0);
      const bool is_private = journal::is_conversation(rows.text(1));
      if (!is_private && journal::is_hidden(rows.text(1))) {
        newest_ = std::max({newest_, rows.number(3), rows.number(5)});
        rooms_.emplace(id, RoomTally{.called = "the server", .last = knows_last ? rows.number(5) : 0});
        continue;
      }
      ++(is_private ? tally_.conversations : tally_.rooms);
      RoomTally room{.called = "room " + std::to_string(id),
                     .dropped = rows.number(3),
                     .dropped_ordinal = rows.number(4),
                     .last = knows_last && rows.number(5) > rows.number(3) ? rows.number(5) : 0};
      const auto name = protocol::parse_room(rows.text(2));
      if (is_private) {
        room.called = "conversation " + std::to_string(id);
        if (!journal::parties_in(rows.text(1)) || rows.text(2) != rows.text(1))
          tell_(room.called + ": its key is none that a conversation may have");
      } else if (!name.has_value() || name->shown != rows.text(2)) {
        tell_(room.called + ": its name is none that a room may have");
      } else if (name->key != rows.text(1)) {
        tell_(room.called + ": its key does not go with its name");
      } else {
        room.called = name->shown;
      }
      newest_ = std::max({newest_, room.dropped, rows.number(5)});
      rooms_.emplace(id, std::move(room));
    }
  }

  void check_messages() {
    // Both tables are stored in this order, so that SQLite merges them without sorting.
    Statement statement(journal_, R"sql(
      SELECT room, seq, ordinal, time, coalesce(sender, name), id, 0 FROM message UNION ALL
      SELECT room, seq, ordinal, time, sender, id, 1 FROM forgotten_id ORDER BY 1, 2)sql");
    auto rows = statement.query();
    while (rows.next()) {
      const Row row{.room = rows.number(0),
                    .seq = rows.number(1),
                    .ordinal = rows.number(2),
                    .time = std::chrono::milliseconds(rows.number(3)),
                    .forgotten = rows.number(6) != 0};
      if (room_id_ != row.room) enter_room(row.room);
      newest_ = std::max(newest_, row.seq);
      row.forgotten ? check_forgotten(row) : check_message(row);
      if (!rows.is_null(5)) check_id(row, rows.text(4), rows.text(5));
    }
    leave_room();
    for (const auto& [id, room] : rooms_) {
      if (room.last != 0)
        tell_(room.called + ": its messages are missing, up to " + std::to_string(room.last));
    }
  }

  void enter_room(std::int64_t id) {
    const auto found = rooms_.find(id);
    const bool known = found != rooms_.end();
    leave_room();
    room_id_ = id;
    newest_in_room_ = 0;
    room_ = known ? found->second : RoomTally{.called = "room " + std::to_string(id)};
    if (!known) tell_(room_.called + " is not there, but messages of it are");
    ordinal_ = known ? std::optional(room_.dropped_ordinal) : std::nullopt;
    ids_ = IdWindow();
  }

  /// Compares the newest message with what the room's row says.
  void leave_room() {
    if (!room_id_) return;
    if (room_.last != 0 && room_.last != newest_in_room_)
      fault(room_.last, "should be the newest, but that is " + std::to_string(newest_in_room_));
    rooms_.erase(*room_id_);
  }

  void check_message(const Row& row) {
    newest_in_room_ = row.seq;
    ++tally_.messages;
    if (row.seq <= room_.dropped) {
      fault(row.seq, "is there, but retention has dropped everything up to " + std::to_string(room_.dropped));
    }
    if (ordinal_ && row.ordinal != *ordinal_ + 1) {
      fault(row.seq, "has ordinal " + std::to_string(row.ordinal) + " where " +
                         std::to_string(*ordinal_ + 1) + " should be: messages are missing, or out of order");
    }
    ordinal_ = row.ordinal;
  }

  void check_forgotten(const Row& row) {
    if (row.seq > room_.dropped || row.ordinal > room_.dropped_ordinal)
      fault(row.seq, "has its id among those of dropped messages, but retention has not come to it");
  }

  void check_id(const Row& row, std::string_view sender, std::string_view id) {
    const auto before = ids_.add(sender, id, {.seq = row.seq, .ordinal = row.ordinal, .time = row.time});
    if (before)
      fault(row.seq, "has the sender and the id of " + std::to_string(*before) + ", which were still known");
  }

  /// Checks that attributes and changes have the room or the message that they belong to.
  void check_records() {
    Statement strays(journal_, R"sql(
      SELECT room, attribute FROM state WHERE room NOT IN (SELECT id FROM room) OR attribute = '' OR value = '')sql");
    for (auto rows = strays.query(); rows.next();) {
      tell_("room " + std::to_string(rows.number(0)) +
            ": an attribute is empty, or of a room that is not there");
    }
    Statement changes(journal_, R"sql(
      SELECT c.room, c.seq FROM change c LEFT JOIN message m ON m.room = c.room AND m.seq = c.seq
      WHERE m.seq IS NULL)sql");
    for (auto rows = changes.query(); rows.next();) {
      tell_("room " + std::to_string(rows.number(0)) + ": message " + std::to_string(rows.number(1)) +
            " was changed, but is not there");
    }
    newest_ = std::max(newest_, journal_.number("SELECT coalesce(max(seq), 0) FROM state"));
    newest_ = std::max(newest_, journal_.number("SELECT coalesce(max(number), 0) FROM change"));
    if (version() >= first_with_changes) check_changes();
    if (journal_.number("SELECT count(*) FROM meta WHERE key = 'epoch'") == 0)
      tell_("it has no epoch: clients could not tell it from another journal");
  }

  /// Calls `tell` for each row that a statement finds, with its first two columns.
  void each_row(const char* sql, const std::function<void(std::int64_t, std::int64_t)>& tell) {
    Statement statement(journal_, sql);
    for (auto rows = statement.query(); rows.next();) tell(rows.number(0), rows.number(1));
  }

  /// What follows from changes, and what follows from attributes.
  void check_changes() {
    const auto message = [](std::int64_t room, std::int64_t seq) {
      return "room " + std::to_string(room) + ": message " + std::to_string(seq);
    };
    each_row(
        "SELECT m.room, m.seq FROM change c JOIN message m ON m.room = c.room AND m.seq = c.seq "
        "WHERE c.what = 1 AND m.text <> ''",
        [&](auto room, auto seq) { tell_(message(room, seq) + " is deleted, but has a text"); });
    each_row("SELECT room, seq FROM change WHERE number < seq", [&](auto room, auto seq) {
      tell_(message(room, seq) + " was changed by a record from before it was said");
    });
    each_row(
        "SELECT room, seq FROM change WHERE what NOT IN (0, 1) OR (reason IS NOT NULL AND what <> 1)",
        [&](auto room, auto seq) { tell_(message(room, seq) + " was changed in no way that there is"); });
    each_row(
        "SELECT r.id, max(c.number) FROM room r JOIN change c ON c.room = r.id GROUP BY r.id "
        "HAVING r.changed < max(c.number)",
        [&](auto room, auto number) {
          tell_("room " + std::to_string(room) + " knows nothing of its newest change, " +
                std::to_string(number));
        });
    each_row(
        "SELECT r.id, 0 FROM room r WHERE r.keep_messages IS NOT "
        "(SELECT nullif(CAST(s.value AS INTEGER), 0) FROM state s WHERE s.room = r.id AND s.attribute = "
        "'rule/keep_messages' AND s.value NOT GLOB '*[^0-9]*' AND length(s.value) <= 14) OR r.keep_age IS "
        "NOT "
        "(SELECT nullif(CAST(s.value AS INTEGER), 0) FROM state s WHERE s.room = r.id AND s.attribute = "
        "'rule/keep_age' AND s.value NOT GLOB '*[^0-9]*' AND length(s.value) <= 14)",
        [&](auto room, auto) {
          tell_("room " + std::to_string(room) + " keeps what its attributes do not say");
        });
    newest_ = std::max(newest_, journal_.number("SELECT coalesce(max(changed), 0) FROM room"));
    newest_ = std::max(newest_, journal_.number("SELECT coalesce(max(seq), 0) FROM audit"));
    newest_ = std::max(newest_, journal_.number("SELECT coalesce(max(number), 0) FROM former_text"));
  }

  void check_numbers() {
    // A state from before it had a number has 0. A change that was stored with its message has the message's,
    // and the first device of an account the account's.
    const std::string accounts = version() >= first_with_accounts
                                     ? " UNION ALL SELECT number FROM account"
                                       " UNION ALL SELECT number FROM device WHERE number <> account"
                                       " UNION ALL SELECT number FROM invitation"
                                     : "";
    const std::string records =
        version() >= first_with_records
            ? " UNION ALL SELECT seq FROM state WHERE seq > 0"
              " UNION ALL SELECT number FROM (SELECT DISTINCT room, number FROM change WHERE number <> seq)"
            : "";
    Statement twice(
        journal_,
        "SELECT seq, count(*) FROM (SELECT seq FROM message UNION ALL SELECT seq FROM forgotten_id" +
            records + accounts + ") GROUP BY seq HAVING count(*) > 1");
    auto rows = twice.query();
    while (rows.next()) {
      tell_("the number " + std::to_string(rows.number(0)) + " is used " + std::to_string(rows.number(1)) +
            " times");
    }
    newest_ = std::max(newest_,
                       journal_.number("SELECT coalesce(max(value), 0) FROM meta WHERE key = 'forgotten'"));
    const auto reserved = journal_.number("SELECT coalesce(max(value), 0) FROM meta WHERE key = 'reserved'");
    if (newest_ > reserved) {
      tell_("the number " + std::to_string(newest_) + " is used, but only those up to " +
            std::to_string(reserved) + " are reserved: it could be given out again");
    }
  }

  /// Private messages are in conversations, others are not, and each is from one of the two.
  void check_conversations() {
    Statement stray(journal_,
                    "SELECT m.seq, r.key LIKE '@%' FROM message m JOIN room r ON r.id = m.room "
                    "WHERE (m.recipient IS NULL) <> (r.key NOT LIKE '@%')");
    for (auto rows = stray.query(); rows.next();) {
      tell_("message " + std::to_string(rows.number(0)) +
            (rows.number(1) != 0 ? " has no recipient, and is in a conversation"
                                 : " has a recipient, and is in a room"));
    }
    Statement strangers(
        journal_,
        "SELECT m.seq FROM message m JOIN room r ON r.id = m.room WHERE r.key LIKE '@%' AND "
        "(m.sender IS NULL OR m.sender NOT LIKE '#%' OR (r.key NOT LIKE '@' || substr(m.sender, 2) "
        "|| '-%' AND r.key NOT LIKE '@%-' || substr(m.sender, 2)))");
    for (auto rows = strangers.query(); rows.next();) {
      tell_("message " + std::to_string(rows.number(0)) +
            " is from none of the two whose conversation it is in");
    }
    Statement states(journal_, "SELECT r.id FROM state s JOIN room r ON r.id = s.room WHERE r.key LIKE '@%'");
    for (auto rows = states.query(); rows.next();)
      tell_("conversation " + std::to_string(rows.number(0)) + " has an attribute, which only rooms have");
  }

  void fault(std::int64_t seq, const std::string& what) {
    tell_(room_.called + ": message " + std::to_string(seq) + " " + what);
  }

  Database& journal_;
  const Tell& tell_;
  Tally tally_;
  std::map<std::int64_t, RoomTally> rooms_;
  std::int64_t newest_ = 0;  ///< the greatest number in use, so far

  std::optional<std::int64_t> room_id_;  ///< the room whose messages are being looked at
  RoomTally room_;
  std::int64_t newest_in_room_ = 0;      ///< of the messages that are kept
  std::optional<std::int64_t> ordinal_;  ///< of its newest message so far
  IdWindow ids_;
};

}  // namespace

Tally check(Database& journal, const Tell& tell) { return Check(journal, tell).run(); }

std::string Tally::text() const {
  auto text = protocol::counted(static_cast<std::uint64_t>(messages), "message") + " in " +
              protocol::counted(static_cast<std::uint64_t>(rooms), "room");
  if (conversations > 0)
    text += ", " + protocol::counted(static_cast<std::uint64_t>(conversations), "conversation");
  if (accounts > 0) text += ", " + protocol::counted(static_cast<std::uint64_t>(accounts), "account");
  return text;
}

Tally count(journal::sqlite::Database& journal) {
  const bool has_accounts = journal.number("PRAGMA user_version") >= first_with_accounts;
  return {.messages = journal.number("SELECT count(*) FROM message"),
          .rooms = journal.number("SELECT count(*) FROM room WHERE key NOT LIKE '@%' AND key <> '!'"),
          .conversations = journal.number("SELECT count(*) FROM room WHERE key LIKE '@%'"),
          .accounts = has_accounts ? journal.number("SELECT count(*) FROM account") : 0};
}

std::string told_of_log(Database& journal) {
  const auto meta = [&](const char* key) {
    Statement statement(journal, "SELECT value FROM meta WHERE key = ?");
    auto rows = statement.query(key);
    return rows.next() ? rows.number(0) : 0;
  };
  if (meta("generation") == 0) return {};
  // Numbers of a log begin above the clock's microseconds when it is begun, and above all that were there.
  const auto begun =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(meta("base")));
  return "read up to position " + std::to_string(meta("position")) + " of its cluster's log, begun " +
         protocol::to_string(protocol::Timestamp(begun));
}

std::optional<std::int64_t> IdWindow::add(std::string_view sender, std::string_view id, Place place) {
  now_ = std::max(now_, place.time);
  expire(place.ordinal);
  auto key = journal::id_key(sender, id);
  const auto [known, is_new] = known_.try_emplace(key, place.seq);
  if (!is_new) return known->second;
  by_age_.emplace_back(place, std::move(key));
  return std::nullopt;
}

void IdWindow::expire(std::int64_t ordinal) {
  while (!by_age_.empty()) {
    const auto& [place, key] = by_age_.front();
    const bool recent = ordinal - place.ordinal < std::int64_t{protocol::dedupe_messages};
    if (recent || now_ - place.time < protocol::dedupe_age) return;
    known_.erase(key);
    by_age_.pop_front();
  }
}

}  // namespace hubbub::tools
