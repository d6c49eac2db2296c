#include "test/durability/raw_inserts.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace hubbub::durability {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto schema = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE message(room INTEGER NOT NULL, seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, time INTEGER NOT NULL,
  sender TEXT, name TEXT NOT NULL, text TEXT NOT NULL, id TEXT, action INTEGER NOT NULL,
  PRIMARY KEY(room, seq)) WITHOUT ROWID;
)";
constexpr auto insertion = "INSERT INTO message VALUES(1, ?1, ?2, ?3, NULL, ?4, ?5, ?6, 0)";

class RawLoop {
 public:
  explicit RawLoop(const std::filesystem::path& file) {
    check(sqlite3_open(file.c_str(), &database_));
    run(schema);
    check(sqlite3_prepare_v2(database_, insertion, -1, &insert_, nullptr));
  }
  ~RawLoop() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  RawLoop(const RawLoop&) = delete;
  RawLoop& operator=(const RawLoop&) = delete;

  void insert_batch(std::size_t rows, const std::string& text) {
    run("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < rows; ++i) insert(text);
    run("COMMIT");
  }
  std::int64_t rows() const { return rows_; }

 private:
  void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }

  void run(const char* statement) { check(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr)); }

  void insert(const std::string& text) {
    constexpr std::int64_t start = 1'795'000'000'000'000;  // numbers as long as real ones
    ++rows_;
    const std::string name = "sender-" + std::to_string(rows_ % 8);
    const std::string id = name + '-' + std::to_string(rows_);
    sqlite3_bind_int64(insert_, 1, start + rows_);
    sqlite3_bind_int64(insert_, 2, rows_);
    sqlite3_bind_int64(insert_, 3, start / 1000 + rows_);
    bind(4, name);
    bind(5, text);
    bind(6, id);
    check(sqlite3_step(insert_));
    check(sqlite3_reset(insert_));
  }

  void bind(int parameter, const std::string& text) {
    sqlite3_bind_text(insert_, parameter, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::int64_t rows_ = 0;
};

}  // namespace

double raw_inserts(const std::filesystem::path& directory, const InsertOptions& options) {
  RawLoop loop(directory / "raw.sqlite3");
  const std::string text(options.text, 'x');
  const auto start = Clock::now();
  while (Clock::now() - start < options.time) loop.insert_batch(options.batch, text);
  return static_cast<double>(loop.rows()) / std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace hubbub::durability
