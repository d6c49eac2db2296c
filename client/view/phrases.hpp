#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"
#include "client/view/palette.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// Events in words: a sentence without a full stop, on one line. Everything that came from others is made
/// safe for a terminal here.
class Phrases {
 public:
  explicit Phrases(Palette palette) : palette_(palette) {}

  /// One sentence each for those who came and those who went, and for each who gave a reason.
  std::vector<std::string> moves(const Moves& moves) const;
  /// The same on one line: "3 joined: a, b, c; 2 left: d, e".
  std::string condensed(const Moves& moves) const;
  std::string renamed(const protocol::event::Renamed& renamed, bool own) const;
  std::string topic(const protocol::event::Topic& topic) const;
  /// The topic of a room as it stands.
  std::string topic_of(std::string_view room, std::string_view topic) const;
  std::string entered(const protocol::event::Joined& joined) const;
  std::string left(std::string_view room) const;
  std::string members(const protocol::event::Members& members) const;
  std::string room(const protocol::event::RoomInfo& room) const;
  /// What stands before and after the hits of a search, and what there is instead when there are none.
  std::string found(std::string_view room) const;
  std::string found_nothing(std::string_view room) const;
  std::string found_more() const;
  std::string no_rooms() const;
  /// "lobby: 143 missed, 2 mention you; dev: 3 missed"
  std::string missed(const Missed& missed) const;
  std::string error(const protocol::Error& error) const;

  std::string name(std::string_view shown) const;
  std::string names(const std::vector<std::string>& shown) const;

 private:
  Palette palette_;
};

}  // namespace hubbub::client
