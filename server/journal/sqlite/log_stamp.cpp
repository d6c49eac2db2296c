#include "server/journal/sqlite/log_stamp.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/journal/sqlite/state_directory.hpp"

namespace hubbub::journal::sqlite {
namespace {

// Header of a log; its frames follow. (https://sqlite.org/fileformat2.html#the_write_ahead_log)
constexpr std::uintmax_t log_header_bytes = 32;
// What a log begins with; the last byte is one more when its checksums are big-endian.
constexpr std::array<char, 4> magic{0x37, 0x7f, 0x06, static_cast<char>(0x82)};
// In the database's header: 1 for a file without a log, 2 for one with a log.
constexpr std::streamoff read_version_offset = 18;
constexpr char without_log = 1;

// Comparisons: while a daemon writes, the two connections may see different moments.
constexpr int most_looks = 10;

struct Stamps {
  std::int64_t log = 0;
  std::int64_t log_before = 0;

  friend bool operator==(const Stamps&, const Stamps&) = default;
};

Stamps stamps_of(Database& database) {
  Stamps stamps;
  Statement statement(database, "SELECT key, value FROM meta WHERE key IN ('log', 'log_before')");
  auto rows = statement.query();
  while (rows.next()) (rows.text(0) == "log" ? stamps.log : stamps.log_before) = rows.number(1);
  return stamps;
}

/// The stamps of the file without its log; nothing when it cannot be read so. A torn page may look like one
/// without stamps: its cells are in other sectors than the list of where they are.
std::optional<Stamps> stamps_without_log(const std::string& path) {
  try {
    Database alone(path, Database::Access::immutable);
    if (alone.text("PRAGMA quick_check('meta')") != "ok") return std::nullopt;
    return stamps_of(alone);
  } catch (const DatabaseError&) {
    return std::nullopt;
  }
}

/// Always of the same length, so that it stays in its place in the page.
std::int64_t new_number(Database& database) {
  return database.number("SELECT (random() & 0x1fffffffffffffff) | 0x2000000000000000");
}

[[noreturn]] void refuse(const std::string& path) {
  throw Unusable(path + "-wal does not belong to " + path +
                 ", and both have been left as they are; if you have put a backup there, move " + path +
                 "-wal and " + path +
                 "-shm away (`hubbubd restore` puts backups in place without this); otherwise find the "
                 "journal that the log belongs to");
}

/// After a power cut a log may lack its beginning: zeros, as if nothing had been written.
void require_log(const std::string& log) {
  std::array<char, 4> begin{};
  std::ifstream(log, std::ios::binary).read(begin.data(), begin.size());
  const bool is_log = std::equal(begin.begin(), begin.end() - 1, magic.begin()) &&
                      (begin.back() == magic.back() || begin.back() == magic.back() + 1);
  if (is_log || begin == decltype(begin){}) return;
  throw Unusable(
      log +
      " is not a write-ahead log of SQLite, and has been left as it is; move it away to go on without it");
}

}  // namespace

bool has_log(const std::string& path) { return size_of(path + "-wal") > log_header_bytes; }

void write_first_stamp(Database& database) {
  Statement(database, "INSERT INTO meta VALUES('log', ?)").run(new_number(database));
}

void require_own_log(const std::string& path) {
  if (!has_log(path)) return;
  require_log(path + "-wal");
  char version = 0;
  std::ifstream file(path, std::ios::binary);
  const bool is_read = file.seekg(read_version_offset) && file.get(version);
  if (size_of(path) == 0 || (is_read && version == without_log)) refuse(path);
}

void require_own_stamp(Database& database) {
  if (!has_log(database.path())) return;
  auto with_log = stamps_of(database);
  for (int look = 0; look < most_looks; ++look) {
    const auto alone = stamps_without_log(database.path());
    if (!alone || alone->log == with_log.log || alone->log == with_log.log_before) return;
    const auto again = stamps_of(database);
    if (again == with_log) refuse(database.path());
    with_log = again;
  }
}

/// A journal without stamps is stamped at once, in any log: neither number is in the file then.
LogStamp::LogStamp(Database& database) : database_(database), log_(stamps_of(database).log), in_file_(log_) {
  if (log_ == 0 || !has_log(database.path())) expect_another(std::numeric_limits<std::size_t>::max());
}

void LogStamp::moved(std::size_t pages, bool truncated) {
  in_file_ = log_;
  expect_another(truncated ? std::numeric_limits<std::size_t>::max() : pages);
}

void LogStamp::expect_another(std::size_t pages) {
  next_ = new_number(database_);
  log_pages_ = pages;
}

/// Until the log is seen to have begun anew, which makes it shorter, each transaction may be its first. The
/// third number changes each time, so that the page is written each time: SQLite does not write a page
/// without changes.
void LogStamp::commit(Transaction& transaction) {
  if (next_ == 0) {
    transaction.commit();
    return;
  }
  Statement(database_, "INSERT OR REPLACE INTO meta VALUES('log', ?), ('log_before', ?), ('log_written', ?)")
      .run(next_, in_file_, new_number(database_));
  transaction.commit();
  log_ = next_;
  if (database_.wal_pages() < log_pages_) next_ = 0;
}

}  // namespace hubbub::journal::sqlite
