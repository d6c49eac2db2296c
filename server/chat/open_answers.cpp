#include "server/chat/open_answers.hpp"

#include <algorithm>
#include <utility>

namespace hubbub::chat {

void OpenAnswers::in_flight(Answer& answer, const Room& room, std::size_t bytes) {
  room_ = &room;
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

std::optional<OpenAnswers::Deferred> OpenAnswers::end(std::uint32_t bytes) {
  ++ended_;
  bytes_ -= bytes;
  if (!deferred_ || !is_next(deferred_->front().answer)) return std::nullopt;
  auto next = std::move(deferred_->front());
  deferred_->erase(deferred_->begin());
  if (deferred_->empty()) deferred_.reset();
  return next;
}

bool OpenAnswers::settle() { return std::exchange(room_, nullptr) != nullptr; }

}  // namespace hubbub::chat
