#include "server/journal/sqlite/schema.hpp"

#include <array>
#include <chrono>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/log_stamp.hpp"

namespace hubbub::journal::sqlite {
namespace {

// `meta` holds numbers by name:
//   reserved   no number up to this one is given out after another start
//   first      no number up to this one was given out by this journal
//   forgotten  the newest number of a room that has lost all its messages and been forgotten
//   keep_messages, keep_age  the retention in force, age in milliseconds; not there: everything is kept
//   let_through, let_through_at  see Standing
//   aged       how far AgeClock has come, in milliseconds since 1970
//   epoch      see Journal::epoch
//   log, log_before, log_written  see LogStamp
// `room.dropped`, `.last` and `.ordinal` are the newest number that retention has dropped, the newest that
// was known when it did, and the ordinal of the newest that was dropped: what the messages themselves no
// longer tell. `message.ordinal` counts the messages of a room one by one, so that how many are kept is a
// subtraction, and one that is missing shows. `message.sender` is NULL where the key is the name itself.
// `forgotten_id` keeps the ids of messages that retention has dropped, while they must still be known.
constexpr const char* version_1 = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE room(
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, topic TEXT NOT NULL DEFAULT '',
  dropped INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0, ordinal INTEGER NOT NULL DEFAULT 0);
CREATE TABLE message(
  room INTEGER NOT NULL, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, time INTEGER NOT NULL,
  sender TEXT, name TEXT NOT NULL, text TEXT NOT NULL, id TEXT, action INTEGER NOT NULL,
  PRIMARY KEY(room, seq)) WITHOUT ROWID;
CREATE TABLE forgotten_id(
  room INTEGER NOT NULL, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, time INTEGER NOT NULL,
  sender TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(room, seq)) WITHOUT ROWID;
)sql";

// So that a start reads no messages, and what retention has to do is found without looking at every room:
//   last       is now the newest number whenever there is one, also of a message that is kept: so a room has
//              messages when it is above `dropped`
//   newest     when the newest message was said, in milliseconds since 1970
//   oldest     when retention by age has to look at the room again; NULL: there is nothing to age. It is the
//              time of the oldest message, or, when the clock was ahead when that was said, the time when
//              that was noticed: what comes from the future, up to the number `oldest_seq`, counts as said by
//              then
//   abandoned  since when a room that has attributes and no messages has had no participants; 0: nothing is
//              left of the room, and it can be dropped; NULL: it has participants or messages
constexpr const char* version_2 = R"sql(
ALTER TABLE room ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN oldest INTEGER;
ALTER TABLE room ADD COLUMN oldest_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN abandoned INTEGER;
UPDATE room SET
  last = max(last, coalesce((SELECT max(seq) FROM message m WHERE m.room = room.id), 0)),
  newest = coalesce((SELECT time FROM message m WHERE m.room = room.id ORDER BY seq DESC LIMIT 1), 0);
UPDATE room SET oldest = 0 WHERE last > dropped;
UPDATE room SET abandoned = 0 WHERE last <= dropped AND topic = '';
CREATE INDEX room_oldest ON room(oldest) WHERE oldest IS NOT NULL;
CREATE INDEX room_abandoned ON room(abandoned) WHERE abandoned IS NOT NULL;
)sql";

// More of a message, and the state of rooms as records. No message is rewritten for it: what is new of a
// message is not in the rows that are there.
//   kind       as MessageKind has it, which for what there was is what `action` was
//   account    NULL: a guest
//   reply_to   NULL: it answers none
//   change     the last change of a message (protocol::Change); `number` is its place among the messages, and
//              that of the message where the two were stored together; `time` is in milliseconds since 1970.
//              `change_number` finds the changes of a room after a number: what somebody has missed who
//              comes back with it. It is there from the first change on, so that no later version has to make
//              it
//   state      the attributes of rooms (StateRecord); `seq` is 0 and `who` is '' where an attribute was set
//              before these were noted
constexpr const char* version_3 = R"sql(
ALTER TABLE message RENAME COLUMN action TO kind;
ALTER TABLE message ADD COLUMN account TEXT;
ALTER TABLE message ADD COLUMN reply_to INTEGER;
CREATE TABLE change(
  room INTEGER NOT NULL, seq INTEGER NOT NULL, number INTEGER NOT NULL, what INTEGER NOT NULL,
  time INTEGER NOT NULL, who TEXT NOT NULL, PRIMARY KEY(room, seq)) WITHOUT ROWID;
CREATE INDEX change_number ON change(room, number);
CREATE TABLE state(
  room INTEGER NOT NULL, attribute TEXT NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL, time INTEGER NOT NULL,
  seq INTEGER NOT NULL, PRIMARY KEY(room, attribute)) WITHOUT ROWID;
INSERT INTO state SELECT id, 'topic', topic, '', 0, 0 FROM room WHERE topic <> '';
ALTER TABLE room DROP COLUMN topic;
INSERT OR IGNORE INTO meta VALUES('epoch', random());
)sql";

// Accounts, as the records of accounts have left them (account_rules.hpp); numbers are those of the records
// that began the account, the device, the invitation.
//   account    `suspended` is NULL where it is not, and 1 where it is: then for `reason`, and until `until`
//   if
//              that is not NULL; `memory` of the hash is in KiB
//   key, look  what names are compared by. No account has as its key or its look what another one has as
//              either
//   device, invitation  `token` is the hash of the token
//   reserved_name  keys and looks of the names of erased accounts
constexpr const char* version_4 = R"sql(
CREATE TABLE account(
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, look TEXT NOT NULL UNIQUE,
  begun INTEGER NOT NULL, role INTEGER NOT NULL, passes INTEGER NOT NULL, memory INTEGER NOT NULL,
  salt BLOB NOT NULL, hash BLOB NOT NULL, suspended INTEGER, until INTEGER, reason TEXT);
CREATE TABLE device(
  number INTEGER PRIMARY KEY, account INTEGER NOT NULL, token BLOB NOT NULL UNIQUE, label TEXT NOT NULL,
  added INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE INDEX device_account ON device(account);
CREATE TABLE invitation(
  number INTEGER PRIMARY KEY, token BLOB NOT NULL UNIQUE, uses INTEGER NOT NULL, until INTEGER,
  maker INTEGER NOT NULL);
CREATE TABLE reserved_name(text TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// Conversations, and where accounts were.
//   message.recipient  the name of the recipient, of a private message; NULL: of a message in a room. A
//              conversation is a row of `room`, with a key that is no room's (conversation.hpp)
//   place      the rooms and conversations of an account, by their keys: `here` is 1 where it is in that
//              room, `read` the number up to which it has read, 0: not known
constexpr const char* version_5 = R"sql(
ALTER TABLE message ADD COLUMN recipient TEXT;
CREATE TABLE place(
  account INTEGER NOT NULL, room TEXT NOT NULL, name TEXT NOT NULL, here INTEGER NOT NULL, read INTEGER NOT NULL,
  PRIMARY KEY(account, room)) WITHOUT ROWID;
)sql";

// Names that accounts have given up.
//   reserved_name.account  the account that had it, and may have it again; 0: an erased one, and nobody may
// From here on `message.sender` of what an account says in rooms, too, is its key (author_key).
constexpr const char* version_6 = R"sql(
ALTER TABLE reserved_name ADD COLUMN account INTEGER NOT NULL DEFAULT 0;
)sql";

// Changes of messages, the audit, and retention of rooms.
//   room.changed   the number of the newest change of its messages; 0: none that is known
//   room.keep_messages, .keep_age  its own retention (RoomState), in milliseconds; NULL: no bound. The
//   indexes
//              are for rooms that have one, so that no others are looked at
//   change.reason  of a deletion; NULL: none was given
//   former_text  what changes have taken out of messages, until the search index does not have it any more:
//              `text` stood in the message before the change `number`. Nothing else may keep it
//   audit      AuditEntry; `account` is NULL where there is none
//   device.scopes  of its token (accounts::Scopes); empty: all
// In `meta`: scrub, while what was overwritten may still stand between the rows of a page
// (Database::zero_gaps).
constexpr const char* version_7 = R"sql(
ALTER TABLE room ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN keep_messages INTEGER;
ALTER TABLE room ADD COLUMN keep_age INTEGER;
UPDATE room SET changed = (SELECT max(number) FROM change c WHERE c.room = room.id)
  WHERE id IN (SELECT room FROM change);
CREATE INDEX room_keep_messages ON room(id) WHERE keep_messages IS NOT NULL;
CREATE INDEX room_due ON room(oldest + keep_age) WHERE keep_age IS NOT NULL;
CREATE INDEX room_own_oldest ON room(oldest) WHERE keep_age IS NOT NULL;
ALTER TABLE change ADD COLUMN reason TEXT;
ALTER TABLE device ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
CREATE TABLE former_text(
  room INTEGER NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY(room, number, seq)) WITHOUT ROWID;
CREATE INDEX former_seq ON former_text(room, seq);
CREATE TABLE audit(
  seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, room TEXT NOT NULL, room_name TEXT NOT NULL, who TEXT NOT NULL,
  account INTEGER, front TEXT NOT NULL, action TEXT NOT NULL, whom TEXT NOT NULL, before TEXT NOT NULL,
  after TEXT NOT NULL);
CREATE INDEX audit_room ON audit(room, seq);
)sql";

// Several nodes on one log.
//   room.known_from  no `id` of a message up to that number is known any more
//   room.ruled   the number of the newest record that may forbid something there; 0: none that is known. It
//   is of the start of a node `ruled_by`, and `ruled_before` is that of the newest of any other node
//   node         Gate::Node; `about` as it has said itself
//   log_time     LogTime
//   person, here who is here by way of which start of a node (presence_record.hpp); `name` of a room as
//   shown, `rank` what one is there (chat::Rank) since the number `since`
// In `meta`, if the journal is that of a node: generation and base of the log (Beginning), position, revision
// and chain of what has been read of it (Gate::Standing), and log_now, the time of LogTime.
constexpr const char* version_8 = R"sql(
ALTER TABLE room ADD COLUMN known_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN ruled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN ruled_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN ruled_before INTEGER NOT NULL DEFAULT 0;
UPDATE room SET known_from = (SELECT max(seq) FROM state s WHERE s.room = room.id AND s.attribute IN ('closed', 'created'))
  WHERE id IN (SELECT room FROM state WHERE attribute IN ('closed', 'created'));
CREATE TABLE node(id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, number INTEGER NOT NULL, about BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE log_time(position INTEGER PRIMARY KEY, time INTEGER NOT NULL);
CREATE TABLE person(
  epoch INTEGER NOT NULL, number INTEGER NOT NULL, account INTEGER NOT NULL, shown TEXT NOT NULL, key TEXT NOT NULL,
  look TEXT NOT NULL, mixed INTEGER NOT NULL, PRIMARY KEY(epoch, number)) WITHOUT ROWID;
CREATE INDEX person_key ON person(key);
CREATE INDEX person_look ON person(look);
CREATE TABLE here(
  epoch INTEGER NOT NULL, number INTEGER NOT NULL, room TEXT NOT NULL, name TEXT NOT NULL, rank INTEGER NOT NULL,
  since INTEGER NOT NULL, PRIMARY KEY(epoch, number, room)) WITHOUT ROWID;
CREATE INDEX here_room ON here(room);
)sql";

/// The migrations, each from the version of its place in the list to the next; version 0 is a new file.
constexpr std::array<const char*, schema_version> migrations{version_1, version_2, version_3, version_4,
                                                             version_5, version_6, version_7, version_8};

// Time for a check at every start: enough for the whole of a small journal, a part of a large one.
constexpr std::chrono::milliseconds check_budget{50};

bool is_new(Database& database) {
  return database.number("PRAGMA application_id") == 0 && database.number("PRAGMA user_version") == 0 &&
         database.number("SELECT count(*) FROM sqlite_schema") == 0;
}

/// A new file (version 0) gets its tables before there is a log, and with them a stamp: so from the first log
/// on the file tells whether a log is its own.
void migrate(Database& database, const std::int64_t version) {
  Transaction transaction(database);
  for (auto next = version; next < schema_version; ++next) {
    database.execute(migrations.at(static_cast<std::size_t>(next)));
  }
  database.execute("PRAGMA application_id = " + std::to_string(application_id));
  database.execute("PRAGMA user_version = " + std::to_string(schema_version));
  if (version == 0) write_first_stamp(database);
  transaction.commit();
}

}  // namespace

std::string journal_file(const std::string& directory) { return directory + "/journal.sqlite3"; }
std::string restored_file(const std::string& journal) { return journal + ".restored"; }
std::string search_file(const std::string& directory) { return directory + "/search.sqlite3"; }
std::string lock_file(const std::string& directory) { return directory + "/hubbubd.lock"; }
std::string spare_file(const std::string& directory) { return directory + "/spare"; }

void set_sync(Database& database, Sync sync) {
  constexpr std::array levels{"FULL", "NORMAL", "OFF"};  // in the order of the enumerators
  database.execute(std::string("PRAGMA synchronous = ") + levels.at(static_cast<std::size_t>(sync)));
}

void require_journal(Database& database) {
  if (database.number("PRAGMA application_id") != application_id) {
    throw Unusable(database.path() +
                   " is not a journal of hubbubd; move it away if it is in the state directory, or else name "
                   "another file");
  }
  const auto version = database.number("PRAGMA user_version");
  if (version > schema_version) {
    throw Unusable(database.path() + " was written by a later hubbubd (its version is " +
                   std::to_string(version) + ", and this program knows up to " +
                   std::to_string(schema_version) + "); use that program, or name another state directory");
  }
  require_own_stamp(database);
}

void prepare_to_write(Database& database, Sync sync) {
  // The making of a database is synced in full.
  set_sync(database, Sync::full);
  // What is deleted is overwritten (https://sqlite.org/pragma.html#pragma_secure_delete), as Debian's SQLite
  // does anyway.
  database.execute("PRAGMA secure_delete = ON");
  if (is_new(database)) {
    migrate(database, 0);
  } else {
    require_journal(database);
    if (const auto fault = database.quick_check(check_budget))
      throw Unusable(damaged_sentence(database.path(), *fault));
  }
  if (database.text("PRAGMA journal_mode = WAL") != "wal") {
    throw Unusable("the file system of " + database.path() +
                   " cannot hold SQLite's write-ahead log (it needs shared memory); name a state directory "
                   "on a local disk");
  }
  const auto version = database.number("PRAGMA user_version");
  if (version < schema_version) migrate(database, version);
  set_sync(database, sync);
}

std::string damaged_sentence(const std::string& path, const std::string& fault) {
  return path + " is damaged (" + fault +
         ") and has been left as it is; put a backup in its place with `hubbubd restore`, or move it away "
         "with the "
         "files " +
         path + "-wal and " + path + "-shm to begin anew; `hubbubd verify` tells more";
}

}  // namespace hubbub::journal::sqlite
