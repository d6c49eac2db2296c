#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "server/journal/keyed_hash.hpp"

namespace hubbub::journal::sqlite {
class Database;
}

namespace hubbub::tools {

/// How much is in a journal.
struct Tally {
  std::int64_t messages = 0;
  std::int64_t rooms = 0;
  std::int64_t conversations = 0;
  std::int64_t accounts = 0;

  /// "3 messages in 1 room"; conversations and accounts if there are any
  std::string text() const;
};

Tally count(journal::sqlite::Database& journal);

/// How far the journal of a node has read the log of its cluster: "read up to position 34 of its cluster's
/// log, begun 2026-11-29T19:21:39.499Z". Of several journals the one has read furthest that is in the log
/// begun last, and there has the highest position. Empty: it is of no cluster.
std::string told_of_log(journal::sqlite::Database& journal);

/// Takes one fault at a time: a line without its ending. Of the rows it holds only numbers and valid room
/// names, so that it is fit for a terminal.
using Tell = std::function<void(const std::string& fault)>;

/// Checks a journal as it is at one moment; tells each fault that it finds, and returns the counts:
///
/// 1. SQLite finds the file whole (PRAGMA integrity_check). If not, nothing else is looked at.
/// 2. A room has a name that is one, and the key that goes with it; a conversation the key of two accounts.
/// 3. In a room the ordinal of a message rises by one with each `seq`, and goes on from where retention has
///    dropped messages; the last is the one that the room says.
/// 4. No number is used twice, in whatever rooms, those of attributes, changes, accounts, devices and
/// invitations
///    included (a change that was stored with its message has its number, and the first device of an account
///    the account's), and none is above those that are reserved: another start
///    could give it out again.
/// 5. No sender's `id` is in a room twice within protocol::dedupe_messages or protocol::dedupe_age.
/// 6. Each attribute has a value and a room, each change a message, and the journal an epoch.
/// 7. Each account has a name of its own, the hash of a password and a role, and is suspended whole or not at
///    all; each device belongs to an account, and both devices and invitations have the hash of a token. An
///    account is remembered in rooms only, in no more than it may be, and has read in its own conversations.
///
/// Memory grows with the number of rooms and with the dedupe window of one of them, not with the messages.
/// Throws DatabaseError when it cannot go on.
Tally check(journal::sqlite::Database& journal, const Tell& tell);

/// The ids of one room that must still be known when its next message comes, for a check that reads its
/// messages in order: those of the last protocol::dedupe_messages and of the last protocol::dedupe_age.
class IdWindow {
 public:
  struct Place {
    std::int64_t seq = 0;
    std::int64_t ordinal = 0;  ///< counts the room's messages, those without an id too
    std::chrono::milliseconds time{0};
  };

  /// Adds the id of the next message. Returns the `seq` of the earlier message with that id, if it must still
  /// be known.
  std::optional<std::int64_t> add(std::string_view sender, std::string_view id, Place place);

 private:
  using Map = std::unordered_map<std::string, std::int64_t, journal::KeyedHash>;  ///< by id_key()

  void expire(std::int64_t ordinal);

  Map known_;
  std::deque<std::pair<Place, std::string>> by_age_;
  std::chrono::milliseconds now_{0};  ///< the latest time seen: the wall clock may have been set back
};

}  // namespace hubbub::tools
