#pragma once

#include <chrono>
#include <string>

#include "protocol/timestamp.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/sqlite/database.hpp"

namespace hubbub::journal::sqlite {

/// Reads pages of history, on a connection of its own: what has been committed, whatever the writer is
/// doing (https://sqlite.org/wal.html#concurrency). For one thread; what fails is a DatabaseError.
class Pages {
 public:
  /// The journal must be there.
  explicit Pages(const std::string& path);

  /// Messages from before `oldest` are not shown, though they may not have been dropped yet.
  Page read(const Query& query, protocol::Timestamp oldest);

 private:
  struct Bounds {
    std::int64_t room = 0;  ///< 0: there is none
    std::string name;
    std::uint64_t dropped = 0;  ///< the newest seq that is not shown any more
  };
  Bounds bounds_of(const Query& query, protocol::Timestamp oldest);

  Database database_;
  Statement room_;
  Statement meta_;
  Statement aged_;
  Statement newest_;
  Statement oldest_;
};

}  // namespace hubbub::journal::sqlite
