#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/event.hpp"
#include "server/chat/answer.hpp"

namespace hubbub::chat {

class Room;

/// The answers of one session that are still to come, which have to come in the order of the requests.
///
/// So a request waits while an answer is open. Only a further `say` into the same room does not, because the
/// journal keeps their order, and a further `tell`, whose answer may be known before that of the one before
/// and then waits for it; that is what makes pipelining fast.
class OpenAnswers {
 public:
  /// An answer that waits for those before it.
  struct Deferred {
    Answer answer;
    protocol::Event event;
  };

  bool any() const { return begun_ != ended_; }
  std::uint32_t begin() { return begun_++; }
  /// Whether a further message into that room may follow those that are open.
  bool take_say(const Room* room) const { return room_ != nullptr && room == room_ && !deferred_; }
  bool take_tell() const { return are_tells_ && begun_ - ended_ < most_tells; }
  void begins(bool is_tell) { are_tells_ = is_tell; }
  /// What this answers is in flight to that room; `bytes`: of the message.
  void in_flight(Answer& answer, const Room& room, std::size_t bytes);
  /// Where messages are in flight to; null: nowhere.
  const Room* room() const { return room_; }
  /// Of the messages in flight.
  std::size_t bytes() const { return bytes_; }

  /// Whether no other has to come before it.
  bool is_next(const Answer& answer) const { return answer.number_ == ended_; }
  /// Keeps one until those before it have ended.
  void defer(Answer&& answer, protocol::Event event);
  /// One has ended. The next, if it is known already.
  std::optional<Deferred> end(std::uint32_t bytes);
  /// None is open any more. Whether messages were in flight.
  bool settle();
  /// Nobody is there to be answered.
  void drop_deferred() { const auto dropped = std::move(deferred_); }

 private:
  // They are answered once the messages are taken, which may be as long as the way there and back: a few have
  // to be open for a program that has many to send.
  static constexpr std::uint32_t most_tells = 16;

  /// In the order of their requests; null: none.
  std::unique_ptr<std::vector<Deferred>> deferred_;
  const Room* room_ = nullptr;
  std::uint32_t bytes_ = 0;
  std::uint32_t begun_ = 0;  ///< requests that were taken …
  std::uint32_t ended_ = 0;  ///< … and have been answered
  bool are_tells_ = false;   ///< what is open are private messages
};

}  // namespace hubbub::chat
