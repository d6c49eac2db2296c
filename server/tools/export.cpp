#include "server/tools/tools.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/name.hpp"
#include "protocol/system.hpp"
#include "protocol/typed.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/message_row.hpp"
#include "server/journal/sqlite/schema.hpp"
#include "server/tools/open_journal.hpp"

namespace hubbub::tools {
namespace {

using journal::sqlite::Database;
using journal::sqlite::DatabaseError;
using journal::sqlite::message_of;
using journal::sqlite::select_messages;
using journal::sqlite::Snapshot;
using journal::sqlite::Statement;

constexpr int page_messages = 250;

/// False when the output is closed.
bool write_out(std::string_view bytes) {
  const int error = protocol::write_all(STDOUT_FILENO, bytes);
  if (error == 0 || error == EPIPE) return error == 0;
  throw std::runtime_error(std::string("cannot write what was asked for: ") + std::strerror(error));
}

struct Room {
  std::int64_t id = 0;
  std::string name;
};

std::vector<Room> rooms_of(Statement::Rows rows) {
  std::vector<Room> rooms;
  while (rows.next()) rooms.push_back({.id = rows.number(0), .name = std::string(rows.text(1))});
  return rooms;
}

/// What people have said to each other alone is printed only when it is asked for.
std::vector<Room> all_rooms(Database& journal) {
  Statement statement(journal,
                      "SELECT id, name FROM room WHERE key NOT LIKE '@%' AND key <> '!' ORDER BY key");
  return rooms_of(statement.query());
}

std::vector<Room> all_conversations(Database& journal) {
  Statement statement(journal, "SELECT id, name FROM room WHERE key LIKE '@%' ORDER BY id");
  return rooms_of(statement.query());
}

std::vector<Room> one_room(Database& journal, const std::string& wanted) {
  if (wanted == "@") return all_conversations(journal);
  const auto name = protocol::parse_room(protocol::typed::room(wanted));
  if (!name.has_value()) throw std::runtime_error("\"" + wanted + "\" is no room: " + name.error().text);
  Statement statement(journal, "SELECT id, name FROM room WHERE key = ?");
  auto rooms = rooms_of(statement.query(name->key));
  if (rooms.empty()) throw std::runtime_error("there is no room \"" + wanted + "\" in " + journal.path());
  return rooms;
}

class Export {
 public:
  explicit Export(Database& journal) : journal_(journal) {}

  /// False when the output is closed.
  bool print(const Room& room) {
    std::uint64_t last = 0;
    do {
      lines_.clear();
      last = read_page(room, last);
      if (!write_out(lines_)) return false;
    } while (!lines_.empty());
    return true;
  }

 private:
  /// Renders the lines after the message with the number `after`; returns the number of the last of them. The
  /// transaction ends before they are written: until then it would keep a snapshot of the journal. Between
  /// two pages a daemon may bring the journal's tables up to date.
  std::uint64_t read_page(const Room& room, std::uint64_t after) {
    const Snapshot snapshot(journal_);
    Statement page(journal_, select_messages({}, journal_.number("PRAGMA user_version")) +
                                 "WHERE m.room = ? AND m.seq > ? ORDER BY m.seq LIMIT ?");
    auto rows = page.query(room.id, after, page_messages);
    while (rows.next()) {
      const auto message = message_of(rows, room.name);
      protocol::encode(message, {}, lines_);
      after = message.seq;
    }
    return after;
  }

  Database& journal_;
  std::string lines_;
};

}  // namespace

int export_messages(const std::string& journal, const std::optional<std::string>& room) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto database = open_journal(journal);
    Export to_stdout(database);
    for (const auto& each : room ? one_room(database, *room) : all_rooms(database)) {
      if (!to_stdout.print(each)) break;
    }
  } catch (const DatabaseError& error) {
    if (error.is_damaged())
      throw std::runtime_error(journal::sqlite::damaged_sentence(journal, error.what()));
    throw std::runtime_error("cannot read " + journal + ": " + error.what());
  }
  return 0;
}

}  // namespace hubbub::tools
