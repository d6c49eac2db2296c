#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "server/journal/presence_record.hpp"
#include "server/journal/sqlite/database.hpp"

namespace hubbub::journal::sqlite {

/// The tables of who is here, on any node of a shared log (schema.cpp), within the transaction of whoever
/// calls. Errors are DatabaseErrors.
class PresenceTables {
 public:
  /// The database outlives it, and has the tables, those of accounts among them.
  explicit PresenceTables(Database& database) : database_(database) {}

  /// Carries the record out; false: it is refused (presence_record.hpp), and has changed nothing. Sets
  /// `holder`. What is said of a deserted room is for the ledger.
  bool apply(PresenceRecord& record);
  bool is_empty(const std::string& room);
  /// Nobody is in it any more: it has been closed.
  void clear(const std::string& room) { clear_.run(room); }
  /// Whether one that has a ruled_room() takes from somebody what was allowed; to be asked before apply().
  bool forbids(const presence::Any& body);
  /// As one of those who are in it has it, the same on all nodes; its key, if nobody is there.
  std::string name_of(const std::string& room);

 private:
  bool apply(const presence::Named& named, PresenceRecord& record);
  static bool apply(const presence::Deserted& /*deserted*/, PresenceRecord& /*record*/) { return false; }
  static bool apply(const presence::Asked& /*asked*/, PresenceRecord& /*record*/) { return true; }
  static bool apply(const presence::NodeCame& /*came*/, PresenceRecord& /*record*/) { return true; }
  bool apply(const presence::Departed& departed, PresenceRecord& record);
  bool apply(const presence::Told& told, PresenceRecord& record);
  bool apply(const presence::Typed& typed, PresenceRecord& record);
  bool apply(const presence::Urged& urged, PresenceRecord& record);
  bool apply(const presence::Entered& entered, PresenceRecord& record);
  bool apply(const presence::Granted& granted, PresenceRecord& record);
  static bool apply(const presence::Announced& /*announced*/, PresenceRecord& /*record*/) { return true; }
  static bool apply(const presence::Receipt& /*receipt*/, PresenceRecord& /*record*/) { return true; }
  bool apply(const presence::Left& left, PresenceRecord& record);
  bool apply(const presence::NodeGone& gone, PresenceRecord& record);
  std::string in_the_way(const presence::Named& named, const PresenceRecord& record);

  Database& database_;
  Statement owner_{
      database_,
      "SELECT name FROM account WHERE (key IN (?1, ?2) OR look IN (?1, ?2)) AND number <> ?3 LIMIT 1"};
  Statement is_there_{database_, "SELECT 1 FROM person WHERE epoch = ? AND number = ?"};
  Statement same_key_{database_, "SELECT epoch, number, account, shown, 0, 0, key FROM person WHERE key = ?"};
  Statement same_look_{database_,
                       "SELECT epoch, number, account, key, shown, mixed, key FROM person WHERE look = ?"};
  Statement set_name_{database_,
                      "INSERT OR REPLACE INTO person(epoch, number, account, shown, key, look, mixed) "
                      "VALUES(?, ?, ?, ?, ?, ?, ?)"};
  Statement key_of_{database_, "SELECT key FROM person WHERE epoch = ? AND number = ?"};
  Statement rename_{
      database_, "UPDATE person SET shown = ?, key = ?, look = ?, mixed = ? WHERE account = ? AND key = ?"};
  Statement remove_{database_, "DELETE FROM person WHERE epoch = ? AND number = ?"};
  Statement leave_all_{database_, "DELETE FROM here WHERE epoch = ? AND number = ?"};
  Statement is_in_{database_, "SELECT rank FROM here WHERE epoch = ? AND number = ? AND room = ?"};
  Statement enter_{database_,
                   "INSERT INTO here(epoch, number, room, name, rank, since) VALUES(?, ?, ?, ?, ?, ?)"};
  Statement grant_{database_,
                   "UPDATE here SET rank = ?, since = ? WHERE epoch = ? AND number = ? AND room = ?"};
  Statement leave_{database_, "DELETE FROM here WHERE epoch = ? AND number = ? AND room = ?"};
  Statement clear_{database_, "DELETE FROM here WHERE room = ?"};
  Statement anybody_{database_, "SELECT 1 FROM here WHERE room = ? LIMIT 1"};
  Statement name_{database_, "SELECT name FROM here WHERE room = ? ORDER BY since LIMIT 1"};
};

/// Records that make those who are here according to these tables: for each person a name, and the rooms.
void read_presence(Database& database, const std::function<void(const PresenceRecord&)>& take);

}  // namespace hubbub::journal::sqlite
