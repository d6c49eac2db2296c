#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocol/event.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/message_row.hpp"
#include "server/journal/words.hpp"

namespace hubbub::journal::sqlite {

/// The part of the journal that the search reads, through a connection of its own that cannot write. An error
/// is a DatabaseError.
class SearchSource {
 public:
  struct Room {
    std::int64_t id = 0;
    std::string name;           ///< as shown
    std::uint64_t dropped = 0;  ///< the newest number that retention has dropped
    std::uint64_t dropped_ordinal = 0;
    std::uint64_t last = 0;                 ///< the newest number
    std::uint64_t changed = 0;              ///< the number of the newest change
    std::chrono::milliseconds keep_age{0};  ///< its own; 0: none
  };
  /// The place of a message: its number, and its ordinal in its room.
  struct Place {
    std::uint64_t seq = 0;
    std::uint64_t ordinal = 0;
  };
  struct Text {
    Place place;
    std::string text;  ///< empty where the message is deleted
  };
  /// What changes have taken out of a message, and what they have left there.
  struct Former {
    std::uint64_t number = 0;  ///< of the last of these changes
    Place place;
    std::string text;  ///< before the first of them
    std::string now;   ///< after the last of them; empty where it is deleted
  };
  /// Messages with `after` < seq < `before`, neither of them beyond 2^63.
  struct Bounds {
    std::int64_t room = 0;
    std::uint64_t after = 0;
    std::uint64_t before = 0;
  };

  explicit SearchSource(const std::string& path);

  /// For a Database::Watch, or a Snapshot.
  Database& database() { return database_; }

  std::optional<Room> find_room(const std::string& key);
  /// All rooms, without their names.
  std::vector<Room> rooms();

  std::optional<Place> first(const Bounds& bounds);
  std::optional<Place> last(const Bounds& bounds);
  /// The oldest within the bounds, at most so many.
  std::vector<Text> texts(const Bounds& bounds, std::size_t most);

  /// What the changes with a number above `number` have taken out of the room's messages, at most `most` of
  /// them, but for those of one record, which are never parted: at least `most_deleted`. In the order of
  /// places.
  std::vector<Former> former(std::int64_t room, std::uint64_t number, std::size_t most);
  /// Rooms of which there is some.
  std::vector<std::int64_t> rooms_with_former();
  /// The messages within the bounds that were changed so, in ascending order.
  std::vector<std::uint64_t> changed_since(const Bounds& bounds, std::uint64_t number);

  /// Takes a message that was found. False: that is enough.
  using Take = std::function<bool(protocol::MessagePtr message)>;
  /// Those within the bounds that are wanted and not deleted, from the newest on or from the oldest. Reads
  /// every other text on its way.
  void find_all(const Room& room, const Bounds& bounds, bool newest, Wanted& wanted, const Take& take);

  /// The message with this ordinal, which is between those of `low` and `high`; null when there is none.
  /// There is no index on ordinals: the seq is guessed from how seqs are spread in the room.
  protocol::MessagePtr find(const Room& room, Place low, Place high, std::uint64_t ordinal);

 private:
  std::optional<Place> place(Statement& statement, const Bounds& bounds);

  Database database_;
  static constexpr const char* within = "WHERE m.room = ?1 AND m.seq > ?2 AND m.seq < ?3 ";
  static constexpr const char* in_order = "ORDER BY m.seq ";
  static Statement select_place(Database& database, const char* end) {
    return {database, std::string("SELECT m.seq, m.ordinal FROM message m ") + within + in_order + end};
  }
  /// What is not deleted.
  static Statement select_not_deleted(Database& database, const char* end) {
    return {database, select_messages() + within + "AND NOT (" + is_deleted() + ") " + in_order + end};
  }
  Statement room_{
      database_,
      "SELECT id, name, dropped, ordinal, last, changed, coalesce(keep_age, 0) FROM room WHERE key = "
      "?"};
  Statement rooms_{database_, "SELECT id, dropped, ordinal, last, changed FROM room"};
  // Where the message was changed again, its text after this change is what the next one has taken out.
  Statement former_{database_, R"sql(
    SELECT f.number, f.seq, f.ordinal, f.text, coalesce(
      (SELECT n.text FROM former_text n WHERE n.room = f.room AND n.seq = f.seq AND n.number > f.number
       ORDER BY n.number LIMIT 1),
      (SELECT m.text FROM message m WHERE m.room = f.room AND m.seq = f.seq), '')
    FROM former_text f WHERE f.room = ? AND f.number > ? ORDER BY f.number, f.seq LIMIT ?)sql"};
  Statement rooms_with_former_{database_, "SELECT DISTINCT room FROM former_text"};
  Statement changed_since_{database_,
                           "SELECT DISTINCT seq FROM former_text WHERE room = ? AND seq > ? AND seq < ? AND "
                           "number > ? ORDER BY seq"};
  Statement first_ = select_place(database_, "LIMIT 1");
  Statement last_ = select_place(database_, "DESC LIMIT 1");
  Statement texts_{database_, "SELECT m.seq, m.ordinal, iif(" + is_deleted() +
                                  ", '', m.text) FROM message m LEFT JOIN change c ON c.room = m.room AND "
                                  "c.seq = m.seq " +
                                  within + in_order + "LIMIT ?4"};
  Statement ascending_ = select_not_deleted(database_, "");
  Statement descending_ = select_not_deleted(database_, "DESC");
  Statement step_{database_, select_messages(", m.ordinal") +
                                 "WHERE m.room = ?1 AND m.seq >= ?2 ORDER BY m.seq LIMIT 1 OFFSET ?3"};
};

}  // namespace hubbub::journal::sqlite
