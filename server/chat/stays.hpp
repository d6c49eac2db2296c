#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace hubbub::chat {

class Room;

/// A room that a session hears, and the session's index in that room's list of participants.
struct Stay {
  std::shared_ptr<Room> room;
  std::uint32_t index = 0;
  /// What the session may do there, as of that version of the room's ruling and of the server's
  /// (Moderation::why_not_speak); 0: it is to be found out anew. In so few bits that a stay is no larger for
  /// it.
  std::uint32_t weighed : 27 = 0;
  std::uint32_t rank : 3 = 0;
  std::uint32_t is_muted : 1 = 0;
  /// The room counts it among its members' sessions; where several nodes share rooms their directory does.
  std::uint32_t is_counted : 1 = 0;
};

/// The rooms of one session, in the order in which it came there.
class Stays {
 public:
  /// The room of that name, which need not be well formed; null when the session is not in it.
  std::shared_ptr<Room> find(std::string_view name) const;
  /// Whether the session is in the room with that key.
  bool has(std::string_view key) const;
  /// For a room that the session is in.
  Stay& of(const Room& room);
  void add(const std::shared_ptr<Room>& room) { stays_.push_back({.room = room}); }
  void remove(const Room& room);
  /// What the session may do is to be found out anew: it is somebody else's now, or bears another name.
  void weigh_anew() {
    for (auto& stay : stays_) stay.weighed = 0;
  }

  std::size_t size() const { return stays_.size(); }
  std::span<const Stay> all() const { return {stays_.data(), stays_.size()}; }

 private:
  boost::container::small_vector<Stay, 1> stays_;
};

}  // namespace hubbub::chat
