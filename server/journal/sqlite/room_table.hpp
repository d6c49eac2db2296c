#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/journal/journal.hpp"

namespace hubbub::journal::sqlite {

/// What the loop knows of every room without asking the disk, in about a hundred bytes for each: as of the
/// batch that was delivered last. It holds nothing of rooms that have neither messages nor a topic nor
/// anything else that is remembered of them.
class RoomTable {
 public:
  /// A room as the file has it at the start.
  void add(const RoomEntry& room, std::uint64_t last, bool kept);

  /// A message was stored: `name` is how the room is shown, if nothing of it was kept before.
  void stored(const std::string& room, const std::string& name, std::uint64_t seq);
  /// A new topic was stored.
  void set_topic(const std::string& room, const std::string& name, const std::string& topic);
  /// Retention has dropped the last of its messages.
  void emptied(const std::string& room);
  void lose_topic(const std::string& room);
  void forget(const std::string& room);

  Tail tail(std::string_view room) const;
  bool has_topic(std::string_view room) const { return !tail(room).topic.empty(); }
  /// See Journal::rooms.
  std::vector<RoomEntry> list(std::string_view after, std::size_t limit) const;
  std::size_t size() const { return listed_; }

 private:
  /// What only some rooms have.
  struct Shown {
    std::string name;  ///< empty: the key
    std::string topic;
  };
  struct Room {
    std::uint64_t last = 0;
    std::unique_ptr<Shown> shown;  ///< null: all of it is empty
    bool kept = false;

    bool is_listed() const { return kept || (shown && !shown->topic.empty()); }
    void show(std::string_view name, std::string_view topic);
  };
  using Rooms = std::map<std::string, Room, std::less<>>;

  static RoomEntry entry(const Rooms::value_type& room);
  template <class Change>
  void change(Rooms::iterator room, Change apply);
  Rooms::iterator find_or_add(const std::string& room) { return rooms_.try_emplace(room).first; }

  Rooms rooms_;
  std::size_t listed_ = 0;  ///< rooms that have messages or a topic
};

}  // namespace hubbub::journal::sqlite
