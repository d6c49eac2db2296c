#include "server/tools/tally.hpp"

#include "server/journal/sqlite/database.hpp"

namespace hubbub::tools {
namespace {

std::string counted(std::int64_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

std::string Tally::text() const { return counted(messages, "message") + " in " + counted(rooms, "room"); }

Tally count(journal::sqlite::Database& journal) {
  return {.messages = journal.number("SELECT count(*) FROM message"),
          .rooms = journal.number("SELECT count(*) FROM room")};
}

}  // namespace hubbub::tools
