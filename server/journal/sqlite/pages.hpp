#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <unordered_map>

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

  /// See Database::watch.
  void watch(const std::atomic<bool>& stop) { database_.watch(stop); }
  /// Messages from before `oldest` are not shown, though they may not have been dropped yet.
  Page read(const Query& query, protocol::Timestamp oldest);

 private:
  struct Bounds {
    std::int64_t room = 0;  ///< 0: there is none
    std::string name;
    std::uint64_t dropped = 0;  ///< the newest seq that is not shown any more
  };
  Bounds bounds_of(const Query& query, protocol::Timestamp oldest);

  std::uint64_t newest_aged(std::int64_t room, protocol::Timestamp oldest);

  Database database_;
  std::unordered_map<std::int64_t, std::uint64_t> aged_seqs_;  ///< by room: how far it has been looked for
  Statement room_;
  Statement meta_;
  Statement aged_;
  Statement newest_;
  Statement oldest_;
};

}  // namespace hubbub::journal::sqlite
