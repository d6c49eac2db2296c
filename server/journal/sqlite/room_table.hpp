#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/journal/journal.hpp"

namespace hubbub::journal::sqlite {

/// What the loop knows of every room that has messages, attributes or remembered numbers, as of the batch
/// that was delivered last: about a hundred bytes for each, 60 to 110 more where the name is not the key, and
/// for a topic 230 to 340 more and the text.
class RoomTable {
 public:
  /// A room as the file has it at the start.
  void add(std::string_view room, std::string_view name, RoomState state, std::uint64_t last, bool kept,
           std::uint64_t changed = 0);

  /// A message was stored: `name` is how the room is shown, if no message of it was kept before.
  void stored(const std::string& room, const std::string& name, std::uint64_t seq);
  /// Messages of the room were changed by that record.
  void changed(const std::string& room, std::uint64_t number);
  /// A record of the room's state was stored.
  void apply(const std::string& room, const StateRecord& record);
  /// Retention has dropped the last message of the room.
  void emptied(const std::string& room);
  /// Returns what it had.
  RoomState lose_state(const std::string& room);
  void forget(const std::string& room);

  Tail tail(std::string_view room) const;
  bool has_state(std::string_view room) const { return tail(room).state != nullptr; }
  /// See Journal::rooms.
  std::vector<RoomEntry> list(std::string_view after, std::size_t limit) const;
  void each_conversation(const std::function<void(std::string_view key)>& take) const;
  /// See Journal::each_state.
  void each_state(const std::function<void(const std::string& key, const RoomState& state)>& take) const;
  std::size_t size() const { return listed_; }

 private:
  /// What only some rooms have.
  struct Shown {
    std::string name;  ///< empty: the key
    RoomState state;
  };
  struct Room {
    std::uint64_t last = 0;
    std::uint64_t changed = 0;
    std::unique_ptr<Shown> shown;  ///< null: the name is the key, and there is no state
    bool kept = false;

    bool is_kept() const { return kept || has_state(); }
    bool has_state() const { return shown && !shown->state.is_empty(); }
    void show(std::string_view name, RoomState state);
    RoomState take_state() const { return shown ? std::move(shown->state) : RoomState(); }
  };
  using Rooms = std::map<std::string, Room, std::less<>>;

  static bool is_listed(const Rooms::value_type& room) {
    return room.second.is_kept() && !is_hidden(room.first);
  }
  static std::string_view name_of(const Rooms::value_type& room);
  static RoomEntry entry(const Rooms::value_type& room);
  template <class Change>
  void change(Rooms::iterator room, Change apply);
  Rooms::iterator find_or_add(const std::string& room) { return rooms_.try_emplace(room).first; }

  Rooms rooms_;
  std::size_t listed_ = 0;  ///< rooms that have messages or attributes
};

}  // namespace hubbub::journal::sqlite
