#pragma once

#include <cstdint>
#include <string>

namespace hubbub::journal::sqlite {
class Database;
}

namespace hubbub::tools {

/// How much is in a journal.
struct Tally {
  std::int64_t messages = 0;
  std::int64_t rooms = 0;

  /// "3 messages in 1 room"
  std::string text() const;
};

Tally count(journal::sqlite::Database& journal);

}  // namespace hubbub::tools
