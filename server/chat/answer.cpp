#include "server/chat/answer.hpp"

#include <utility>

#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

Answer::Answer(std::shared_ptr<Session> session, std::string ref, std::string_view id)
    : session_(std::move(session)), ref_(std::move(ref)), id_(id), number_(session_->begin_answer()) {}

Answer::Answer(Answer&& other) noexcept
    : session_(std::move(other.session_)),
      ref_(std::move(other.ref_)),
      id_(std::move(other.id_)),
      number_(other.number_),
      bytes_(other.bytes_) {}

Answer& Answer::operator=(Answer&& other) noexcept {
  if (this == &other) return *this;
  end();
  session_ = std::move(other.session_);
  ref_ = std::move(other.ref_);
  id_ = std::move(other.id_);
  number_ = other.number_;
  bytes_ = other.bytes_;
  return *this;
}

bool Answer::is_wanted() const { return session_ && !session_->is_closed(); }

void Answer::reply(protocol::event::Any body) { say({.body = std::move(body), .ref = ref_}); }

void Answer::fail(protocol::Error error, std::chrono::milliseconds retry_after) {
  if (!session_) return;
  ops::log::debug(
      "chat", "refused",
      {{"connection", session_->number()}, {"code", to_string(error.code)}, {"reason", error.text}});
  say({.body = protocol::event::Failure{.error = std::move(error),
                                        .id = id_,
                                        .retry_after_ms = static_cast<std::uint64_t>(retry_after.count())},
       .ref = ref_});
}

void Answer::say(protocol::Event event) {
  if (session_) session_->answer(std::move(*this), std::move(event));
  end();
}

void Answer::end() {
  // The session may be gone with it.
  if (const auto session = std::move(session_)) session->end_answer(ref_, bytes_);
}

}  // namespace hubbub::chat
