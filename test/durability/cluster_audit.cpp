#include "test/durability/cluster_audit.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "test/durability/peer.hpp"
#include "test/support/json_client.hpp"
#include "test/support/process.hpp"

namespace hubbub::durability {
namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct Finish {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Journal = std::unique_ptr<sqlite3, Close>;

/// Null: it cannot be opened now.
Journal open_to_read(const std::filesystem::path& state_dir) {
  sqlite3* database = nullptr;
  const auto path = (state_dir / "journal.sqlite3").string();
  const bool is_open = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK;
  Journal journal(database);
  constexpr int patience_of_sqlite = 1000;  // milliseconds
  if (is_open) sqlite3_busy_timeout(database, patience_of_sqlite);
  return is_open ? std::move(journal) : nullptr;
}

/// The rows, a line each; nothing when they cannot be read.
std::optional<std::string> rows_of(sqlite3* journal, const std::string& query) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(journal, query.c_str(), -1, &prepared, nullptr) != SQLITE_OK) return std::nullopt;
  const std::unique_ptr<sqlite3_stmt, Finish> statement(prepared);
  std::string rows;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(prepared)) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) {
      const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, i));
      if (i > 0) rows += '|';
      rows += text == nullptr ? "NULL" : text;
    }
    rows += '\n';
  }
  return step == SQLITE_DONE ? std::optional(rows) : std::nullopt;
}

struct Table {
  const char* name;
  const char* query;
};
constexpr std::array tables{
    Table{"messages",
          "SELECT r.key, m.seq, m.ordinal, m.time, m.sender, m.name, m.text, m.id, m.kind, m.account, "
          "m.reply_to "
          "FROM message m JOIN room r ON r.id = m.room ORDER BY r.key, m.seq"},
    Table{"rooms",
          "SELECT key, name, last, ordinal, dropped, newest, changed, known_from, ruled, ruled_by, "
          "ruled_before "
          "FROM room ORDER BY key"},
    Table{
        "state",
        "SELECT r.key, s.attribute, s.value, s.who, s.time, s.seq FROM state s JOIN room r ON r.id = s.room "
        "ORDER BY 1, 2"},
    Table{"people", "SELECT epoch, number, account, shown, key FROM person ORDER BY epoch, number"},
    Table{"places", "SELECT epoch, number, room, name FROM here ORDER BY epoch, number, room"},
    Table{"nodes", "SELECT id, epoch, number FROM node ORDER BY id"},
    Table{"log",
          "SELECT key, value FROM meta WHERE key IN ('generation', 'base', 'position', 'chain', 'log_now') "
          "ORDER BY key"}};

test::Outcome run_tool(const std::string& word, const std::filesystem::path& state_dir) {
  return test::run({.arguments = {HUBBUBD, word, "--state-dir", state_dir.string()}});
}

}  // namespace

std::string export_of(const std::filesystem::path& state_dir) {
  auto outcome = run_tool("export", state_dir);
  if (outcome.exit_code != 0) throw std::runtime_error("hubbubd export: " + outcome.err);
  return std::move(outcome.out);
}

Witness witness_of(const std::string& name, const std::string& exported) {
  Witness witness{.name = name, .unbroken = true, .seen = {}};
  std::istringstream lines(exported);
  for (std::string line; std::getline(lines, line);) {
    const Event message = boost::json::parse(line).as_object();
    witness.seen[std::string(text_in(message, "room"))].push_back(sighting_of(message));
  }
  return witness;
}

std::vector<std::string> names_borne_twice(const std::filesystem::path& state_dir) {
  const auto journal = open_to_read(state_dir);
  if (!journal) return {};
  const auto rows = rows_of(journal.get(),
                            "SELECT key, group_concat(epoch || '/' || number) FROM person GROUP BY key "
                            "HAVING count(*) > 1 AND max(account) = 0");
  std::vector<std::string> names;
  std::istringstream lines(rows.value_or(""));
  for (std::string line; std::getline(lines, line);) names.push_back(line);
  return names;
}

std::optional<Tables> tables_of(const std::filesystem::path& state_dir) {
  const auto journal = open_to_read(state_dir);
  if (!journal || !rows_of(journal.get(), "BEGIN")) return std::nullopt;
  const auto position = rows_of(journal.get(), "SELECT value FROM meta WHERE key = 'position'");
  if (!position || position->empty()) return std::nullopt;
  Tables all{.position = std::stoll(*position), .rows = {}};
  for (const auto& table : tables) {
    auto rows = rows_of(journal.get(), table.query);
    if (!rows) throw std::runtime_error(std::string(table.name) + ": " + sqlite3_errmsg(journal.get()));
    all.rows[table.name] = std::move(*rows);
  }
  return all;
}

std::vector<std::string> differences(const Tables& one, const Tables& other) {
  std::vector<std::string> found;
  for (const auto& [table, rows] : one.rows) {
    const auto& others = other.rows.at(table);
    if (rows == others) continue;
    const auto differs = static_cast<std::size_t>(std::ranges::mismatch(rows, others).in1 - rows.begin());
    const auto begin = differs == 0 ? 0 : rows.rfind('\n', differs - 1) + 1;
    const auto row_of = [begin](const std::string& all) {
      return all.substr(begin, all.find('\n', begin) - begin);
    };
    found.push_back("table of " + table + ", \"" + row_of(rows) + "\" and \"" + row_of(others) + '"');
  }
  return found;
}

std::uint64_t position_of_verify(const std::filesystem::path& state_dir) {
  const auto outcome = run_tool("verify", state_dir);
  constexpr std::string_view before = "read up to position ";
  const auto found = outcome.out.find(before);
  if (found == std::string::npos) throw std::runtime_error("hubbubd verify: " + outcome.out + outcome.err);
  return std::stoull(outcome.out.substr(found + before.size()));
}

std::optional<std::string> complaint_of_verify(const std::filesystem::path& state_dir) {
  const auto outcome = run_tool("verify", state_dir);
  if (outcome.exit_code == 0) return std::nullopt;
  return "hubbubd verify ends with " + std::to_string(outcome.exit_code) + ": " + outcome.out + outcome.err;
}

std::vector<std::string> look_at_node(const test::Address& node, const std::string& name,
                                      const std::map<std::string, std::uint64_t>& newest,
                                      const std::map<std::string, std::string>& topics) {
  std::vector<std::string> faults;
  test::JsonClient client(node);
  client.hello(name);
  for (const auto& [room, last] : newest) {
    const auto joined = client.answer({{"type", "join"}, {"room", room}, {"since", last - 1}});
    const auto history = joined.at("history").as_array();
    if (joined.at("last") != last) {
      faults.push_back(name + " was told that the newest message in " + room + " is " +
                       std::to_string(joined.at("last").to_number<std::uint64_t>()) + ", and it is " +
                       std::to_string(last));
    }
    if (history.size() != 1 || sighting_of(history.front().as_object()).seq != last) {
      faults.push_back(name + " came to " + room +
                       " since the message before the last, and was not given that one");
    }
    const auto topic = topics.find(room);
    if (topic != topics.end() && text_in(joined, "topic") != topic->second) {
      faults.push_back(name + " was told of another topic of " + room + " than the others: \"" +
                       std::string(text_in(joined, "topic")) + "\" for \"" + topic->second + '"');
    }
  }
  return faults;
}

}  // namespace hubbub::durability
