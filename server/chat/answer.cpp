#include "server/chat/answer.hpp"

#include <algorithm>
#include <utility>

#include "server/chat/session.hpp"
#include "server/ops/log.hpp"

namespace hubbub::chat {

Answer::Answer(std::shared_ptr<Session> session, std::string ref, std::string_view id)
    : session_(std::move(session)), ref_(std::move(ref)), id_(id), number_(session_->answers().begin()) {}

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
  session_->note(error.code);
  say({.body = protocol::event::Failure{.error = std::move(error),
                                        .id = id_,
                                        .retry_after_ms = static_cast<std::uint64_t>(retry_after.count())},
       .ref = ref_});
}

/// Answers to messages in flight come in order; other answers, and errors, may be known before earlier ones,
/// and wait for them.
void Answer::say(protocol::Event event) {
  if (is_wanted() && session_->answers().is_next(*this)) {
    session_->deliver(event);
  } else if (is_wanted()) {
    session_->answers().defer(std::move(*this), std::move(event));
  }
  end();
}

void Answer::end() {
  // Keeps the session alive until the end of this function.
  const auto session = std::move(session_);
  if (!session) return;
  auto next = session->answers().end(number_, bytes_);
  if (!session->is_closed()) session->delivery().wire()->answered(ref_);
  if (next) {
    session->deliver(next->event);
    next->answer.end();
  } else if (!session->answers().any()) {
    session->settle();
  }
}

void OpenAnswers::in_flight(Answer& answer, Feed& feed, std::size_t bytes) {
  feed_ = &feed;
  answer.bytes_ = static_cast<std::uint32_t>(bytes);
  bytes_ += answer.bytes_;
}

void OpenAnswers::defer(Answer&& answer, protocol::Event event) {
  if (!deferred_) deferred_ = std::make_unique<std::vector<Deferred>>();
  const auto after = std::find_if(deferred_->begin(), deferred_->end(), [&](const Deferred& other) {
    return other.answer.number_ - ended_ > answer.number_ - ended_;
  });
  deferred_->insert(after, Deferred{std::move(answer), std::move(event)});
}

std::optional<OpenAnswers::Deferred> OpenAnswers::end(std::uint32_t number, std::uint32_t bytes) {
  bytes_ -= bytes;
  if (number != ended_) {
    if (!ended_early_) ended_early_ = std::make_unique<std::vector<std::uint32_t>>();
    ended_early_->push_back(number);
    return std::nullopt;
  }
  ++ended_;
  while (ended_early_ && std::erase(*ended_early_, ended_) > 0) ++ended_;
  if (ended_early_ && ended_early_->empty()) ended_early_.reset();
  if (!deferred_ || !is_next(deferred_->front().answer)) return std::nullopt;
  auto next = std::move(deferred_->front());
  deferred_->erase(deferred_->begin());
  if (deferred_->empty()) deferred_.reset();
  return next;
}

}  // namespace hubbub::chat
