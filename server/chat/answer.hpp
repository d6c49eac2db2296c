#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/event.hpp"

namespace hubbub::chat {

class Room;
class Session;

/// The right to answer one request, once, now or later. It is moved to whoever will know the answer: a
/// handler, the list of messages under way, a read of the journal. While one lives its session takes no other
/// request, but for a further `say` into the same room; its end tells the wire that the request is done.
///
/// Answers come in the order of their requests. Those of messages under way end in that order by themselves,
/// because the journal keeps it; an error that is known before them waits for them.
///
/// It keeps its session, and is to be ended in the loop's thread.
class Answer {
 public:
  Answer() = default;  ///< to nobody: of a message that was said elsewhere
  Answer(std::shared_ptr<Session> session, std::string ref, std::string_view id);
  Answer(Answer&& other) noexcept = default;
  Answer& operator=(Answer&& other) noexcept;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { end(); }

  explicit operator bool() const { return session_ != nullptr; }
  Session& session() const { return *session_; }
  const std::string& ref() const { return ref_; }
  /// Whether the one who asked is still there to be answered.
  bool is_wanted() const;

  /// Says what became of it, and is over.
  void reply(protocol::event::Any body);
  /// Says why it was refused, with the `id` of the message that it brought, and is over.
  void fail(protocol::Error error, std::chrono::milliseconds retry_after = {});
  /// Is over: the answer has gone another way, or there is none.
  void end();

 private:
  friend class OpenAnswers;
  void say(protocol::Event event);

  std::shared_ptr<Session> session_;
  std::string ref_;
  std::string id_;
  std::uint32_t number_ = 0;  ///< of the request, among those of its session
  std::uint32_t bytes_ = 0;   ///< of the message that is under way
};

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
  bool settle() { return std::exchange(room_, nullptr) != nullptr; }
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
