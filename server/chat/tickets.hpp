#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "server/chat/answer.hpp"

namespace hubbub::chat {

class Room;

/// A message on its way through the journal: who is to be answered, and where it goes.
struct UnderWay {
  Answer answer;
  std::shared_ptr<Room> room;
  bool has_failed = false;
};

/// What is under way, found by the ticket that goes with it, in whatever order it comes back.
class Tickets {
 public:
  std::uint64_t add(Answer&& answer, std::shared_ptr<Room> room) {
    messages_.push_back({.answer = std::move(answer), .room = std::move(room)});
    return first_ + messages_.size() - 1;
  }
  /// Nobody's, and of no room, when nothing is under way with that ticket.
  UnderWay take(std::uint64_t ticket) {
    if (ticket < first_ || ticket - first_ >= messages_.size()) return {};
    auto message = std::move(messages_[static_cast<std::size_t>(ticket - first_)]);
    while (!messages_.empty() && !messages_.front().room) {
      messages_.pop_front();
      ++first_;
    }
    return message;
  }

 private:
  std::deque<UnderWay> messages_;  ///< those that were taken have no room
  std::uint64_t first_ = 1;        ///< ticket of the first
};

}  // namespace hubbub::chat
