#pragma once

#include <functional>
#include <string>

#include "server/tools/tally.hpp"

namespace hubbub::journal::sqlite {
class Database;
}

namespace hubbub::tools {

/// Takes one fault at a time: a line without its ending. It holds nothing that was read from a row but
/// numbers and room names that are good, so that it is fit for a terminal.
using Tell = std::function<void(const std::string& fault)>;

/// Checks a journal as it is at one moment; tells each fault that it finds, and returns what is in there:
///
/// 1. SQLite finds the file whole (PRAGMA integrity_check). If not, nothing else is looked at.
/// 2. A room has a name that is one, and the key that goes with it.
/// 3. In a room the ordinal of a message rises by one with each `seq`, and goes on from where retention has
///    dropped messages; the last is the one that the room says.
/// 4. No number is used twice, in whatever rooms, attributes included, and none is above those that are
/// reserved:
///    another start could give it out again.
/// 5. No sender's `id` is in a room twice within protocol::dedupe_messages or protocol::dedupe_age.
/// 6. Each attribute has a value and a room, each change a message, and the journal an epoch.
///
/// Memory grows with the number of rooms and with the dedupe window of one of them, not with the messages.
/// Throws DatabaseError when it cannot go on.
Tally check(journal::sqlite::Database& journal, const Tell& tell);

}  // namespace hubbub::tools
