#include "server/tools/tally.hpp"

#include "protocol/text.hpp"
#include "server/journal/sqlite/database.hpp"

namespace hubbub::tools {

std::string Tally::text() const {
  return protocol::counted(static_cast<std::uint64_t>(messages), "message") + " in " +
         protocol::counted(static_cast<std::uint64_t>(rooms), "room");
}

Tally count(journal::sqlite::Database& journal) {
  return {.messages = journal.number("SELECT count(*) FROM message"),
          .rooms = journal.number("SELECT count(*) FROM room")};
}

}  // namespace hubbub::tools
