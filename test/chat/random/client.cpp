#include <utility>

#include "protocol/json.hpp"
#include "test/chat/random/play.hpp"

namespace hubbub::chat::random {
namespace {

namespace request = protocol::request;

}  // namespace

Client::Client(Hub& hub, const Format& format, Engine& engine, std::string name)
    : format_(format), name_(std::move(name)), judge_(name_, engine), session_(hub.open(*this, 1)) {}

void Client::ask(request::Any body) {
  // Some requests with an id have no ref: the id alone identifies the answer.
  const bool has_id = std::holds_alternative<request::Say>(body) && std::get<request::Say>(body).id;
  auto ref = name_ + '/' + std::to_string(++refs_);
  if (has_id && refs_ % 4 == 0) ref.clear();
  input_.push_back({.body = std::move(body), .ref = std::move(ref)});
}

void Client::handle(std::size_t most) {
  for (; most > 0 && !input_.empty() && !waits_ && is_open() && out_.size() <= most_queued / 2; --most) {
    const auto asked = input_.front();
    // Answered only if something is wrong with it.
    const bool is_answered = !std::holds_alternative<request::Typing>(asked.body);
    if (is_answered) judge_.asked(asked);  // the answer may come at once
    answered_.push_back(asked.ref);
    if (!session_->handle(asked)) {
      if (is_answered) judge_.not_asked();
      answered_.pop_back();
      waits_ = true;
      return;
    }
    input_.pop_front();
  }
}

void Client::answered(std::string_view ref) {
  if (answered_.empty() || answered_.front() != ref)
    throw Broken(name_ + ": the front end is told of the end of " + std::string(ref));
  answered_.pop_front();
}

/// Acknowledges only the bytes of earlier turns, as acknowledgements come late.
void Client::flush() {
  acknowledge();
  if (!paused_) hear(out_.size());
  full_ = out_.size() > most_queued;
  if (out_.size() <= most_queued / 4 && !closing_ && std::exchange(wants_drained_, false)) drained_ = true;
}

void Client::run_posted() {
  if (std::exchange(drained_, false) && is_open()) session_->go_on();
  if (std::exchange(resumes_, false)) {
    waits_ = false;
    handle(3);
  }
}

void Client::hang_up() {
  if (session_) session_->end("disconnected");
  session_.reset();
}

void Client::take(std::size_t bytes) { hear(std::min(bytes, out_.size())); }

void Client::hear(std::size_t bytes) {
  written_ += bytes;
  half_ += out_.substr(0, bytes);
  out_.erase(0, bytes);
  const auto end = half_.rfind('\n');
  if (end == std::string::npos) return;
  const auto lines = half_.substr(0, end + 1);
  half_.erase(0, end + 1);
  for (const auto& event : read_events(lines)) judge_.heard(event);
}

}  // namespace hubbub::chat::random
