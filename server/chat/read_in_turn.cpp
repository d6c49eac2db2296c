#include "server/chat/read_in_turn.hpp"

#include "server/chat/hub.hpp"
#include "server/chat/session.hpp"

namespace hubbub::chat {

void ReadInTurn::begin(Answer answer, std::vector<journal::Query> queries, Take take, End end) {
  auto& hub = answer.session().hub();
  const std::shared_ptr<ReadInTurn> reading(
      new ReadInTurn(hub, std::move(answer), std::move(queries), std::move(take), std::move(end)));
  reading->read_on();
}

/// An engine may answer within the call: a loop, so that each read does not nest one call deeper.
void ReadInTurn::read_on() {
  is_in_loop_ = true;
  for (is_waiting_ = false; !is_waiting_ && next_ < queries_.size();) {
    is_waiting_ = true;
    hub_.read(queries_[next_], [self = shared_from_this()](protocol::Result<journal::Page> page) {
      self->take(std::move(page));
    });
  }
  is_in_loop_ = false;
  if (is_waiting_) return;
  // The journal may keep a handler: so the answer ends in this call.
  auto answer = std::move(answer_);
  if (answer.is_wanted()) end_(answer);
}

void ReadInTurn::take(protocol::Result<journal::Page> page) {
  is_waiting_ = false;
  if (!page || !answer_.is_wanted()) {
    next_ = queries_.size();
    auto answer = std::move(answer_);
    if (answer.is_wanted()) answer.fail(page.error());
    return;
  }
  take_(next_++, *std::move(page));
  if (!is_in_loop_) read_on();
}

}  // namespace hubbub::chat
