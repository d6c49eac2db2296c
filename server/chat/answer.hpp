#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/event.hpp"

namespace hubbub::chat {

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
  Answer(Answer&& other) noexcept;
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

}  // namespace hubbub::chat
