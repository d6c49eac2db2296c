#pragma once

#include <cstdint>
#include <string>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

/// A journal that is good, with two rooms: in lobby retention has dropped the messages 100 and 102 and kept
/// 103, 105 and 106; in 大厅, whose topic has the number 99, there are 101 and 104. The accounts 90, with the
/// devices 90 and 92, and 91, which is suspended, and an invitation, 93. Numbers up to 1000 are reserved.
class SampleJournal {
 public:
  SampleJournal() : database_(path(), journal::sqlite::Database::Access::create) {
    journal::sqlite::prepare_to_write(database_, journal::Sync::off);
    database_.execute(R"sql(
      INSERT INTO meta VALUES('reserved', 1000) ON CONFLICT DO UPDATE SET value = 1000;
      INSERT INTO room (id, key, name, dropped, last, ordinal, newest, oldest, oldest_seq) VALUES
        (1, 'lobby', 'Lobby', 102, 106, 2, 5000, 3000, 103),
        (2, '大厅', '大厅', 0, 104, 0, 3500, 1500, 101);
      INSERT INTO state VALUES(2, 'topic', 'tea', 'anna', 1400, 99);
      INSERT INTO forgotten_id VALUES(1, 100, 1, 1000, 'anna', 'a1'), (1, 102, 2, 2000, 'bob', 'a1');
      INSERT INTO message VALUES
        (1, 103, 3, 3000, NULL, 'anna', 'three', 'a2', 0, NULL, NULL, NULL),
        (1, 105, 4, 4000, 'bob', 'Bob', 'waves', NULL, 1, NULL, NULL, NULL),
        (1, 106, 5, 5000, 'bob', 'Bob', 'line' || char(10) || 'two', 'b1', 0, NULL, NULL, NULL),
        (2, 101, 1, 1500, NULL, 'anna', '你好', 'a1', 0, NULL, NULL, NULL),
        (2, 104, 2, 3500, NULL, 'anna', 'привет', 'a2', 0, NULL, NULL, NULL);
      INSERT INTO account VALUES
        (90, 'Anna', 'anna', 'anna', 1000, 2, 2, 19456, zeroblob(16), zeroblob(32), NULL, NULL, NULL),
        (91, 'Вова', 'вова', 'boba', 2000, 0, 2, 19456, zeroblob(16), zeroblob(32), 1, NULL, 'rude');
      INSERT INTO device VALUES
        (90, 90, randomblob(32), 'laptop', 1000, 1000, ''), (92, 90, randomblob(32), 'phone', 3000, 4000, '');
      INSERT INTO invitation VALUES(93, randomblob(32), 1, NULL, 90);
      INSERT INTO reserved_name VALUES('zoe', 9000, 0);
      INSERT INTO place VALUES(90, 'lobby', 'Lobby', 1, 103), (91, '@90-91', '', 0, 106);)sql");
  }

  std::string directory() const { return directory_.path().native(); }
  std::string path() const { return journal::sqlite::journal_file(directory()); }
  journal::sqlite::Database& database() { return database_; }

 private:
  TemporaryDirectory directory_;
  journal::sqlite::Database database_;
};

}  // namespace hubbub::test
