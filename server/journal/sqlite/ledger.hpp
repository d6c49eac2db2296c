#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/timestamp.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/sqlite/database.hpp"
#include "server/journal/sqlite/recent_ids.hpp"

namespace hubbub::journal::sqlite {

/// Numbers that are set aside at a time: what a crash may waste, and how rarely one more commit is needed.
inline constexpr std::uint64_t reserved_at_once = std::uint64_t{1} << 20U;

/// The journal's tables, by the one connection that writes to them. Everything here happens in one thread,
/// and what fails is a DatabaseError.
class Ledger {
 public:
  /// A room as the file knows it.
  struct Record {
    std::string key;
    std::string name;
    std::string topic;
    std::uint64_t last = 0;
    bool kept = false;
    protocol::Timestamp newest{};  ///< when the newest was said, of those that were there at the start
  };
  /// What retention has done to rooms, by their keys.
  struct Swept {
    std::vector<std::string> emptied;    ///< no message is left
    std::vector<std::string> forgotten;  ///< nor anything else
    bool more = false;                   ///< there is more to do
  };

  /// Opens the file, or makes it. No number up to `above` is given out, nor any up to the clock's
  /// microseconds since 1970. Throws Unusable too.
  Ledger(const std::string& path, const Settings& settings, std::uint64_t above, protocol::Timestamp now);

  std::vector<Record> rooms() const;
  /// The newest number that has been given out; none up to it will be again.
  std::uint64_t last() const { return last_; }
  void configure(const Settings& settings);

  /// Commits, and syncs, something that matters to nobody. Throws when that cannot be done.
  void prove() { set_aside(last_ + reserved_at_once); }

  /// Stores the drafts, in one transaction. When it fails nothing has changed, and the drafts are as they
  /// were.
  std::vector<Committed> commit(std::vector<Draft>& drafts, protocol::Timestamp now);
  /// See Journal::abandon.
  void abandon(const std::string& room);
  /// Drops what retention does not keep, a few milliseconds' worth.
  Swept sweep(protocol::Timestamp now);
  /// Reads what it must know to tell whether an `id` in that room's last minutes is new, unless it has.
  void remember_ids(const std::string& room, protocol::Timestamp now);

  Database& database() { return database_; }

 private:
  struct Room {
    std::int64_t id = 0;
    Record record;
    std::uint64_t ordinal = 0;                  ///< of the newest message
    std::uint64_t dropped = 0;                  ///< ordinal of the newest that retention has dropped
    std::optional<protocol::Timestamp> oldest;  ///< of what is kept, once it is known
    bool has_forgotten_ids = false;
    std::uint64_t touched = 0;       ///< number of the last transaction that it was part of
    std::unique_ptr<RecentIds> ids;  ///< null: not read yet

    std::uint64_t kept() const { return ordinal - dropped; }
  };
  /// How a draft came out, while it can still be undone.
  struct Entry {
    Outcome outcome = Outcome::stored;
    protocol::MessagePtr original;  ///< of a repeated one
  };

  void load_rooms();
  void load_newest(Room& room);
  void load_ids(Room& room, protocol::Timestamp now);
  void reload(std::span<Room* const> rooms);
  void reserve(std::uint64_t count);
  void set_aside(std::uint64_t upto);

  Entry store(Room& room, Draft& draft, protocol::Timestamp now);
  protocol::MessagePtr find_original(Room& room, RecentIds::Hash hash, const Draft& draft);
  protocol::MessagePtr read_original(const Room& room, std::uint64_t seq, const Draft& draft);
  Room& room_for(const Draft& draft);
  Room& make_room(const Draft& draft);
  void touch(Room& room);
  static Committed committed(Draft&& draft, Entry&& entry);

  void drop(Room& room, std::uint64_t count, protocol::Timestamp now);
  std::uint64_t count_surplus(const Room& room) const;
  std::uint64_t count_aged(Room& room, protocol::Timestamp now, std::uint64_t most);
  bool sweep_room(Room& room, protocol::Timestamp now, Swept& swept);
  bool forget_ids(Room& room, protocol::Timestamp now);
  void forget(Room& room);

  Database database_;
  Settings settings_;
  std::uint64_t last_;
  std::uint64_t reserved_ = 0;  ///< on disk: what may have been given out when this ends without a word
  std::unordered_map<std::string, std::unique_ptr<Room>> rooms_;  ///< by key
  std::map<std::int64_t, Room*> by_id_;                           ///< for going through them a few at a time
  std::int64_t swept_ = 0;      ///< id of the room where sweep() has come to
  std::vector<Room*> touched_;  ///< by the transaction under way
  std::uint64_t transaction_ = 0;
  std::vector<std::uint64_t> candidates_;

  Statement insert_room_;
  Statement rename_room_;
  Statement set_topic_;
  Statement drop_from_room_;
  Statement insert_;
  Statement original_;
  Statement forgotten_original_;
  Statement oldest_;
  Statement delete_;
  Statement insert_forgotten_id_;
  Statement oldest_forgotten_;
  Statement delete_forgotten_;
};

}  // namespace hubbub::journal::sqlite
