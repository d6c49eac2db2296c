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

class Feed;
class Session;

/// The right to answer one request, once, now or later. It is moved to the part that will know the answer: a
/// handler, the list of messages in flight, a read of the journal. While it is open its session takes no
/// other request, except as OpenAnswers says; its end tells the wire that the request is done.
///
/// Answers are delivered in the order of their requests. For messages in flight the journal keeps that order;
/// an error that is known earlier waits for the answers before it.
///
/// An Answer keeps its session alive, and must end in the loop's thread.
class Answer {
 public:
  Answer() = default;  ///< answers nobody: for a message that was said on another node
  Answer(std::shared_ptr<Session> session, std::string ref, std::string_view id);
  Answer(Answer&& other) noexcept = default;
  Answer& operator=(Answer&& other) noexcept;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { end(); }

  explicit operator bool() const { return session_ != nullptr; }
  Session& session() const { return *session_; }
  const std::string& ref() const { return ref_; }
  /// Whether the session still has its connection.
  bool is_wanted() const;

  /// Delivers the result, and ends.
  void reply(protocol::event::Any body);
  /// Delivers an error, with the `id` of the message in the request, and ends.
  void fail(protocol::Error error, std::chrono::milliseconds retry_after = {});
  /// Ends without delivering: the answer has gone another way, or there is none.
  void end();

 private:
  friend class OpenAnswers;
  void say(protocol::Event event);

  std::shared_ptr<Session> session_;
  std::string ref_;
  std::string id_;
  std::uint32_t number_ = 0;  ///< of the request, counted in its session
  std::uint32_t bytes_ = 0;   ///< of the message in flight
};

/// A handler for a later result: calls `reply(answer, result)`, unless the client has gone. The answer ends
/// in that call, because a handler may be copied, and destroyed in any thread.
template <class Reply>
auto answering(Answer&& answer, Reply reply) {
  return [waiting = std::make_shared<Answer>(std::move(answer)), reply = std::move(reply)](auto result) {
    auto held = std::move(*waiting);
    if (held.is_wanted()) reply(held, std::move(result));
  };
}

/// The open answers of one session, which are delivered in the order of the requests.
///
/// So a request waits while an answer is open, with two exceptions that make pipelining fast: a further
/// message to the same feed, because the journal keeps the order, and a further `tell` that is not kept,
/// whose answer waits if it is known before an earlier one.
class OpenAnswers {
 public:
  /// An answer that is known before an earlier one, and waits for it.
  struct Deferred {
    Answer answer;
    protocol::Event event;
  };

  bool any() const { return begun_ != ended_; }
  std::uint32_t begin() { return begun_++; }
  /// Whether a further message to that feed may follow the messages in flight.
  bool take_message(const Feed* feed) const { return feed_ != nullptr && feed == feed_ && !deferred_; }
  bool take_tell() const { return are_tells_ && begun_ - ended_ < most_tells; }
  void begins(bool is_tell) { are_tells_ = is_tell; }
  /// The message of this request is in flight to that feed; `bytes`: what it counts for in bytes().
  void in_flight(Answer& answer, Feed& feed, std::size_t bytes);
  /// The feed that messages are in flight to; null: none are in flight.
  Feed* feed() const { return feed_; }
  /// Of the messages in flight.
  std::size_t bytes() const { return bytes_; }

  /// Whether all answers before this one have ended.
  bool is_next(const Answer& answer) const { return answer.number_ == ended_; }
  /// Keeps an answer until those before it have ended.
  void defer(Answer&& answer, protocol::Event event);
  /// That answer has ended. Returns the next one, if that is known already.
  std::optional<Deferred> end(std::uint32_t number, std::uint32_t bytes);
  /// No answer is open any more. Returns whether messages were in flight.
  bool settle() { return std::exchange(feed_, nullptr) != nullptr; }
  /// The client is gone: deferred answers are dropped.
  void drop_deferred() { const auto dropped = std::move(deferred_); }

 private:
  // A `tell` is answered when the recipient's side has acknowledged the message, which may take a round trip:
  // a program with many private messages to send needs several open at once.
  static constexpr std::uint32_t most_tells = 16;

  /// In the order of their requests; null: none.
  std::unique_ptr<std::vector<Deferred>> deferred_;
  /// Requests whose answers have ended before an earlier one; null: none.
  std::unique_ptr<std::vector<std::uint32_t>> ended_early_;
  Feed* feed_ = nullptr;
  std::uint32_t bytes_ = 0;
  std::uint32_t begun_ = 0;  ///< requests that were taken
  std::uint32_t ended_ = 0;  ///< requests that have been answered, and all before them
  bool are_tells_ = false;   ///< the open requests are private messages that are not kept
};

}  // namespace hubbub::chat
