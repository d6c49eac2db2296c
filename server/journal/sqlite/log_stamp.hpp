#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace hubbub::journal::sqlite {

class Database;
class Transaction;

/// Detects a write-ahead log that does not belong to the journal beside it, such as one that was left when a
/// backup was copied over the journal: SQLite would read its pages as those of the journal, since nothing in
/// either file names the other (https://sqlite.org/wal.html, "The WAL file is part of the persistent state of
/// the database"). There are four proofs:
///
/// - It is not a log at all: SQLite would take it for an empty one.
/// - There is no journal, or an empty one: SQLite would remove the log.
/// - The journal's header does not say that it has a log (byte 18, https://sqlite.org/fileformat2.html).
///   What has a log says so before there is one; what VACUUM INTO has made, and so every backup, does not.
/// - The stamps differ. LogStamp puts two numbers into the first transaction of each log: a new one, `log`,
///   and `log_before`, that of the log before. Then the file itself, without its log, has `log_before`, or
///   once that page has been moved into it `log`; a copy of the file from an earlier time has another. (One
///   from the time when the log began goes with it: pages that were moved since are all in the log.)
///
/// A file or a log that was last written by a hubbubd without stamps is judged by the other proofs alone, and
/// so is a file whose page with the stamp cannot be read without the log: a power cut may have torn that page
/// while it was moved, which the log repairs.
class LogStamp {
 public:
  /// `database`: the only connection that writes to the journal.
  explicit LogStamp(Database& database);

  /// Commits a transaction that has written something, with a stamp if it may be the first of its log.
  void commit(Transaction& transaction);
  /// The log, of so many pages, has been moved as a whole: a later commit begins it anew; the very next one
  /// if it was truncated, too.
  void moved(std::size_t pages, bool truncated);

 private:
  void expect_another(std::size_t pages);

  Database& database_;
  std::int64_t log_;           ///< the stamp that was written last; 0: none
  std::int64_t in_file_;       ///< the stamp of the log that was moved last
  std::int64_t next_ = 0;      ///< stamp of the log that is about to begin; 0: none is about to
  std::size_t log_pages_ = 0;  ///< of the log that is about to end
};

/// For a journal that is being made, within its transaction: the stamp that its first log is compared with.
void write_first_stamp(Database& database);

/// Throws Unusable when the file at that path has a log that is not its own, by the first three proofs; to be
/// called before SQLite opens the file, which may change the log.
void require_own_log(const std::string& path);
/// The same by the fourth proof, for a connection that reads the journal with its log, beside a daemon or
/// not.
void require_own_stamp(Database& database);

/// Whether there is anything in the log of the journal at that path.
bool has_log(const std::string& path);

}  // namespace hubbub::journal::sqlite
