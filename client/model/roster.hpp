#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::client {

/// Which rooms one is in, who is there as far as one has heard, and which room one is looking at.
class Roster {
 public:
  struct Room {
    std::string name;
    std::string topic;
    std::vector<std::string> members;
  };

  /// Takes note of what an event tells. The first room that is entered is the one looked at.
  void note(const protocol::Event& event);

  /// Looks at another room, by any spelling of its name. False: one is not in it.
  bool turn_to(std::string_view room);
  /// The name of the room looked at; empty: none.
  const std::string& current() const { return current_; }
  /// nullptr: one is not in it.
  const Room* find(std::string_view room) const;
  const std::vector<Room>& rooms() const { return rooms_; }
  bool several() const { return rooms_.size() > 1; }

  /// Everybody heard of, the members of the current room first, each once.
  std::vector<std::string> people() const;

 private:
  void enter(const protocol::event::Joined& joined);
  void note(const protocol::event::Presence& presence);
  void note(const protocol::event::Renamed& renamed);
  void leave(const std::string& room);
  std::size_t index_of(std::string_view room) const;  ///< rooms_.size(): none
  Room* entered(std::string_view room);

  std::vector<Room> rooms_;
  std::vector<std::string> correspondents_;  ///< of private messages
  std::string current_;
};

}  // namespace hubbub::client
