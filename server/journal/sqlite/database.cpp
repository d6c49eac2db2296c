#include "server/journal/sqlite/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <vector>

namespace hubbub::journal::sqlite {
namespace {

// How long a call waits for another connection's lock. In WAL mode nobody holds one for long.
constexpr std::chrono::milliseconds busy_timeout{5000};

/// 256 KiB of pages are enough: writes come in order, and the kernel caches reads.
constexpr const char* bound_cache = "PRAGMA cache_size = -256";

int primary(int code) { return code & 0xff; }

int flags_for(Database::Access access) {
  constexpr int always = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
  constexpr std::array flags{SQLITE_OPEN_READONLY, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                             SQLITE_OPEN_READWRITE,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};  // in the order of the enumerators
  return always | flags.at(static_cast<std::size_t>(access));
}

/// As a URI, in which every byte of a path can be told from the parameters.
std::string immutable_uri(const std::string& path) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string uri = "file:";
  for (const char byte : std::filesystem::absolute(path).string()) {
    const auto value = static_cast<unsigned char>(byte);
    uri.append({'%', digits[value >> 4U], digits[value & 15U]});
  }
  return uri + "?immutable=1";
}

int on_commit(void* pages, sqlite3*, const char*, int in_log) {
  *static_cast<std::size_t*>(pages) = static_cast<std::size_t>(in_log);
  return SQLITE_OK;
}

int is_over(void* deadline) {
  return std::chrono::steady_clock::now() >= *static_cast<std::chrono::steady_clock::time_point*>(deadline)
             ? 1
             : 0;
}

[[noreturn]] void fail_statement(sqlite3_stmt* statement, int code) {
  sqlite3* const handle = sqlite3_db_handle(statement);
  throw DatabaseError(code, sqlite3_system_errno(handle), sqlite3_errmsg(handle));
}

}  // namespace

// --- errors

bool DatabaseError::is_full() const {
  if (primary(code_) == SQLITE_FULL || code_ == SQLITE_IOERR_SHMSIZE) return true;
  const bool no_room = system_error_ == ENOSPC || system_error_ == EDQUOT || system_error_ == EFBIG;
  return primary(code_) == SQLITE_IOERR && no_room;
}

bool DatabaseError::is_damaged() const {
  return primary(code_) == SQLITE_CORRUPT || primary(code_) == SQLITE_NOTADB;
}

bool DatabaseError::is_interrupted() const { return primary(code_) == SQLITE_INTERRUPT; }

// --- statements

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(Database& database, std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) database.fail(code);
  statement_.reset(made);
}

/// A failed bind would leave the parameter NULL, without an error.
void Statement::require(int code) const {
  if (code != SQLITE_OK) fail_statement(statement_.get(), code);
}

void Statement::bind(int index, std::int64_t value) {
  require(sqlite3_bind_int64(statement_.get(), index, value));
}

void Statement::bind(int index, std::string_view value) {
  // A null pointer would be NULL, not the empty text.
  const char* const text = value.empty() ? "" : value.data();
  require(sqlite3_bind_text64(statement_.get(), index, text, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, std::span<const unsigned char> value) {
  require(sqlite3_bind_blob64(statement_.get(), index, value.data(), value.size(), SQLITE_STATIC));
}

void Statement::bind(int index, std::nullopt_t) { require(sqlite3_bind_null(statement_.get(), index)); }

Statement::Rows::~Rows() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

bool Statement::Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail_statement(statement_, code);
  return false;
}

std::int64_t Statement::Rows::number(int column) const { return sqlite3_column_int64(statement_, column); }

protocol::Timestamp Statement::Rows::time(int column) const {
  return protocol::Timestamp(std::chrono::milliseconds(number(column)));
}

std::optional<protocol::Timestamp> Statement::Rows::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

std::string_view Statement::Rows::text(int column) const {
  const auto* const text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const unsigned char> Statement::Rows::bytes(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  return {static_cast<const unsigned char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

// --- the connection

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Database::Database(const std::string& path, Access access)
    : path_(path), wal_pages_(std::make_unique<std::size_t>(0)) {
  sqlite3* made = nullptr;
  const auto name = access == Access::immutable ? immutable_uri(path) : path;
  const int code = sqlite3_open_v2(name.c_str(), &made, flags_for(access), nullptr);
  handle_.reset(made);  // there is one even when opening has failed, to ask for the reason
  if (code != SQLITE_OK) fail(code);
  sqlite3_busy_timeout(made, static_cast<int>(busy_timeout.count()));
  sqlite3_db_config(made, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Errors are left out: the first read of a file that is no database reports it.
  sqlite3_exec(made, bound_cache, nullptr, nullptr, nullptr);
  // Replaces SQLite's own hook, which makes a commit wait for a checkpoint now and then. (The pragma
  // wal_autocheckpoint would restore that hook.)
  sqlite3_wal_hook(made, on_commit, wal_pages_.get());
}

namespace {

// Parts of a page (https://sqlite.org/fileformat2.html#b_tree_pages).
constexpr std::size_t database_header_bytes = 100;
constexpr unsigned char interior_index = 2;
constexpr unsigned char interior_table = 5;
constexpr unsigned char leaf_index = 10;
constexpr unsigned char leaf_table = 13;

std::size_t two_bytes(std::span<const unsigned char> page, std::size_t at) {
  return static_cast<std::size_t>(page[at]) << 8U | page[at + 1];
}

/// The unused part between the list of rows and the rows; empty for what is no page of a tree. Other pages
/// begin with the number of a page, of which the first byte is 0 in a file of less than 64 GB, or are zeros.
std::span<unsigned char> gap_of(std::span<unsigned char> page, std::size_t header) {
  const auto kind = page[header];
  const bool is_leaf = kind == leaf_index || kind == leaf_table;
  if (!is_leaf && kind != interior_index && kind != interior_table) return {};
  const auto rows = two_bytes(page, header + 3);
  const auto end = two_bytes(page, header + 5);
  const auto begin = header + (is_leaf ? 8 : 12) + 2 * rows;
  return begin < end && end <= page.size() ? page.subspan(begin, end - begin) : std::span<unsigned char>();
}

}  // namespace

/// By SQLite's own file: closing another one would drop its locks
/// (https://sqlite.org/howtocorrupt.html, 2.2). What the connection has in its cache is forgotten, or it
/// would come back with the next change of a page.
std::uint32_t Database::zero_gaps(std::uint32_t first, std::uint32_t count) {
  sqlite3_file* file = nullptr;
  const auto require = [this](int code) {
    if (code != SQLITE_OK) fail(code);
  };
  require(sqlite3_file_control(handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file));
  const auto bytes = static_cast<std::size_t>(number("PRAGMA page_size"));
  const auto pages = static_cast<std::uint32_t>(number("PRAGMA page_count"));
  std::vector<unsigned char> page(bytes);
  const auto end = std::min<std::uint64_t>(std::uint64_t{first} + count, std::uint64_t{pages} + 1);
  for (std::uint64_t next = first; next < end; ++next) {
    const auto offset = static_cast<sqlite3_int64>(next - 1) * static_cast<sqlite3_int64>(bytes);
    const int code = file->pMethods->xRead(file, page.data(), static_cast<int>(bytes), offset);
    if (code == SQLITE_IOERR_SHORT_READ) continue;
    require(code);
    const auto gap = gap_of(page, next == 1 ? database_header_bytes : 0);
    if (std::all_of(gap.begin(), gap.end(), [](unsigned char byte) { return byte == 0; })) continue;
    std::fill(gap.begin(), gap.end(), static_cast<unsigned char>(0));
    require(file->pMethods->xWrite(file, gap.data(), static_cast<int>(gap.size()),
                                   offset + (gap.data() - page.data())));
  }
  sqlite3_db_release_memory(handle());
  if (end <= pages) return static_cast<std::uint32_t>(end);
  require(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL));
  return 0;
}

std::int64_t Database::changes() const { return sqlite3_total_changes64(handle()); }

bool Database::checkpoint(bool truncate) {
  int in_log = 0;
  int moved = 0;
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  sqlite3_busy_timeout(handle(), 0);
  const int code = sqlite3_wal_checkpoint_v2(handle(), nullptr, mode, &in_log, &moved);
  sqlite3_busy_timeout(handle(), static_cast<int>(busy_timeout.count()));
  is_log_moved_ = in_log >= 0 && in_log == moved;
  if (primary(code) == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) fail(code);
  if (in_log == moved) *wal_pages_ = 0;  // the next commit begins at its start
  return in_log == moved;
}

std::string_view without_heading(std::string_view report) {
  if (report.starts_with("*** in database ")) report.remove_prefix(report.find('\n') + 1);
  return report;
}

std::optional<std::string> Database::quick_check(std::chrono::milliseconds budget) {
  auto deadline = std::chrono::steady_clock::now() + budget;
  constexpr int instructions = 10'000;  // of SQLite's machine, between two looks at the clock
  sqlite3_progress_handler(handle(), instructions, is_over, &deadline);
  std::optional<std::string> fault;
  try {
    fault = std::string(without_heading(text("PRAGMA quick_check(1)")));
    if (fault == "ok") fault.reset();
  } catch (const DatabaseError& error) {
    if (primary(error.code()) != SQLITE_INTERRUPT) fault = error.what();
  }
  sqlite3_progress_handler(handle(), 0, nullptr, nullptr);
  return fault;
}

void Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::number(std::string_view sql) {
  Statement statement(*this, sql);
  auto rows = statement.query();
  rows.next();
  return rows.number(0);
}

std::string Database::text(std::string_view sql) {
  Statement statement(*this, sql);
  auto rows = statement.query();
  rows.next();
  return std::string(rows.text(0));
}

Database::Watch::Watch(Database& database, const std::atomic<bool>& stop, Clock::time_point until)
    : database_(database), stop_(stop), until_(until) {
  renew();
}

Database::Watch::~Watch() {
  if (database_) sqlite3_progress_handler(database_.handle(), 0, nullptr, nullptr);
}

void Database::Watch::renew() {
  constexpr int instructions = 1000;  // of SQLite's machine, between two looks: some ten microseconds
  if (database_) sqlite3_progress_handler(database_.handle(), instructions, must_stop, this);
}

int Database::Watch::must_stop(void* watch) {
  const auto& self = *static_cast<const Watch*>(watch);
  return self.stop_.load(std::memory_order_relaxed) || Clock::now() >= self.until_ ? 1 : 0;
}

void Database::fail(int code) const {
  if (handle_ == nullptr) throw DatabaseError(code, 0, sqlite3_errstr(code));
  throw DatabaseError(code, sqlite3_system_errno(handle()), sqlite3_errmsg(handle()));
}

// --- transactions

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (!open_) return;
  // SQLite may have rolled it back already, on a full disk for example; then this fails, as it should.
  sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

Snapshot::Snapshot(Database& database) : database_(database) { database_.execute("BEGIN"); }

Snapshot::~Snapshot() {
  // After some errors SQLite has ended the transaction already, and this fails.
  sqlite3_exec(database_.handle(), "COMMIT", nullptr, nullptr, nullptr);
}

}  // namespace hubbub::journal::sqlite
