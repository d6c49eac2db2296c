#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/timestamp.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// What this engine uses of SQLite's C interface (https://sqlite.org/c3ref/intro.html), as owning objects.
/// Every error of SQLite is a DatabaseError, to be caught by the part that serves a caller.
namespace hubbub::journal::sqlite {

class DatabaseError : public std::runtime_error {
 public:
  /// `code`: an extended result code; `system_error`: errno of the call that failed, or 0.
  DatabaseError(int code, int system_error, const std::string& sentence)
      : std::runtime_error(sentence), code_(code), system_error_(system_error) {}

  int code() const { return code_; }
  /// The disk is full, or this user's share of it.
  bool is_full() const;
  /// The file is not what SQLite wrote.
  bool is_damaged() const;
  /// A Watch has stopped the statement.
  bool is_interrupted() const;

 private:
  int code_;
  int system_error_;
};

class Database;

/// What is bound for a text of which an empty one is none: NULL.
inline std::optional<std::string_view> optional_text(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// A prepared statement and, while it runs, its current row.
class Statement {
 public:
  Statement() = default;
  Statement(Database& database, std::string_view sql);

  /// The resulting rows, one after the other. When it is destroyed, the statement can be used again. Values
  /// of a row are valid until the next row.
  class Rows {
   public:
    explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
    Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    /// The next row, if there is one.
    bool next();
    std::int64_t number(int column) const;
    /// Numbers of messages and ordinals, which are never negative; of the epoch, which may be, the same 64
    /// bits.
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(number(column)); }
    /// Milliseconds since 1970.
    protocol::Timestamp time(int column) const;
    /// Nothing: it is NULL.
    std::optional<protocol::Timestamp> optional_time(int column) const;
    std::string_view text(int column) const;
    std::span<const unsigned char> bytes(int column) const;
    bool is_null(int column) const;

   private:
    sqlite3_stmt* statement_;
  };

  /// Runs the statement with these values for its parameters: numbers, texts, bytes, times (in milliseconds
  /// since 1970), or nullopt for NULL. The values must live until the rows are done with.
  template <class... Values>
  Rows query(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Rows(statement_.get());
  }
  /// The same for a statement whose rows do not matter.
  template <class... Values>
  void run(const Values&... values) {
    query(values...).next();
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  void bind(int index, std::int64_t value);
  void bind(int index, std::integral auto value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, protocol::Timestamp time) { bind(index, time.time_since_epoch().count()); }
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  void bind(int index, const char* value) { bind(index, std::string_view(value)); }
  void bind(int index, std::span<const unsigned char> value);
  void bind(int index, std::nullopt_t);
  void require(int code) const;
  template <class Value>
  void bind(int index, const std::optional<Value>& value) {
    value ? bind(index, *value) : bind(index, std::nullopt);
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection, for one thread at a time. Closing the last one leaves the write-ahead log as it is,
/// because a journal that has turned out to be damaged must not be written to.
class Database {
 public:
  enum class Access {
    read,  ///< only to read; no file is made
    /// The same for a file that no process writes: without its lock and its log, so that no file is made
    /// beside it (https://sqlite.org/uri.html#uriimmutable)
    immutable,
    write,   ///< the file must be there
    create,  ///< the file is made when it is not there
  };

  Database() = default;
  Database(const std::string& path, Access access);

  explicit operator bool() const { return handle_ != nullptr; }
  sqlite3* handle() const { return handle_.get(); }
  const std::string& path() const { return path_; }

  /// One statement or several without rows that matter.
  void execute(const std::string& sql) const;
  /// The first column of the first row, which must be there.
  std::int64_t number(std::string_view sql);
  std::string text(std::string_view sql);

  /// Pages in the write-ahead log after the last commit of this connection.
  std::size_t wal_pages() const { return *wal_pages_; }
  /// Moves the write-ahead log into the database (https://sqlite.org/wal.html#checkpointing), as far as no
  /// reader is in the way; `truncate`: and then empties the log, if no reader is in the way. It does not
  /// wait. Returns whether all of it was moved.
  bool checkpoint(bool truncate);
  /// The last checkpoint() has moved the whole log, even if it returned false or could not empty it.
  bool is_log_moved() const { return is_log_moved_; }
  /// Overwrites with zeros what stands between the rows of pages, from the page `first` on, at most so many
  /// pages; the first is 1. Returns the page to go on with; 0: that was the end, and it was synced.
  ///
  /// `PRAGMA secure_delete` overwrites what is deleted, but not the copies that SQLite has left in the unused
  /// part of a page when it moved rows to another (rebuildPage in its btree.c). To be called while the log is
  /// empty and nobody can write (Transaction). Readers are not disturbed: they take no notice of that part.
  std::uint32_t zero_gaps(std::uint32_t first, std::uint32_t count);
  /// Rows that this connection has ever changed, rolled back or not.
  std::int64_t changes() const;
  /// Looks for damage, for so long at most; returns SQLite's words for the first that it finds.
  std::optional<std::string> quick_check(std::chrono::milliseconds budget);

  using Clock = std::chrono::steady_clock;
  /// While it exists, statements of the connection end with an error (is_interrupted) soon after any thread
  /// has set `stop`, or when `until` has come. One at a time for a connection, which outlives it.
  class Watch {
   public:
    Watch(Database& database, const std::atomic<bool>& stop,
          Clock::time_point until = Clock::time_point::max());
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();
    /// Watches the connection that was opened anew in the place of the first.
    void renew();

   private:
    static int must_stop(void* watch);

    Database& database_;
    const std::atomic<bool>& stop_;
    Clock::time_point until_;
  };

  /// Throws the error of the connection's last call.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };

  std::string path_;
  std::unique_ptr<std::size_t> wal_pages_;  ///< at a fixed address, for SQLite's hook
  std::unique_ptr<sqlite3, Close> handle_;
  bool is_log_moved_ = false;
};

/// The findings of an SQLite check, without the line above them that names the database within the
/// connection.
std::string_view without_heading(std::string_view report);

/// BEGIN IMMEDIATE, rolled back unless it is committed. (https://sqlite.org/lang_transaction.html)
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// All reads while it exists see one moment of the database. It keeps the write-ahead log from being emptied,
/// so it should be short.
class Snapshot {
 public:
  explicit Snapshot(Database& database);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

 private:
  Database& database_;
};

}  // namespace hubbub::journal::sqlite
