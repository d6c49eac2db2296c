#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace hubbub::chat {

class Room;

/// A room that a session hears, and the session's index in that room's list of participants.
struct Stay {
  std::shared_ptr<Room> room;
  std::size_t index = 0;
};

/// The rooms of one session, in the order in which it came there.
class Stays {
 public:
  /// The room of that name, which need not be well formed; null when the session is not in it.
  std::shared_ptr<Room> find(std::string_view name) const;
  /// For a room that the session is in.
  Stay& of(const Room& room);
  void add(const std::shared_ptr<Room>& room) { stays_.push_back({.room = room}); }
  void remove(const Room& room);

  std::size_t size() const { return stays_.size(); }
  std::span<const Stay> all() const { return {stays_.data(), stays_.size()}; }

 private:
  boost::container::small_vector<Stay, 1> stays_;
};

}  // namespace hubbub::chat
