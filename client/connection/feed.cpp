#include "client/connection/feed.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "protocol/limits.hpp"

namespace hubbub::client {

using protocol::Event;
using protocol::MessagePtr;
namespace event = protocol::event;

bool Feed::take(const protocol::Message& message) {
  if (message.seq <= seen_) return false;
  seen_ = message.seq;
  last_message_ = std::max(last_message_, seen_);
  return true;
}

void Feed::take(const event::Changed& change) { seen_ = std::max(seen_, number_of(change)); }

bool Feed::resume(Event& joined) {
  auto& body = std::get<event::Joined>(joined.body);
  const std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
  // The server's numbering has started anew, and `seen_` is not a number of it.
  const bool is_other = !epoch_.empty() && !body.epoch.empty() && body.epoch != epoch_;
  const bool begun_anew = is_other || body.last < last_message_;
  last_message_ = body.last;
  epoch_ = body.epoch;
  if (begun_anew) {
    seen_ = 0;
    body.changes.clear();
  }
  if (body.complete || begun_anew) {
    keep_unseen(body.history, everything);
    seen_ = std::max(seen_, body.last);
    for (const event::Changed& change : body.changes) take(change);
    return false;
  }
  catching_up_ = true;
  dropped_ = false;
  read_ = seen_;
  body.changes.clear();
  joined_ = std::move(joined);
  return true;
}

void Feed::go_back(std::uint64_t seq) {
  forget_held();
  seen_ = read_ = seq;
  last_message_ = std::min(last_message_, seq);
  catching_up_ = true;
  dropped_ = false;
  joined_ = Event{event::Joined{.room = room_}, {}};
}

void Feed::hold(const Event& event) {
  if (held_.size() >= most_held) {
    held_.clear();
    std::get<event::Joined>(joined_.body).history.clear();
    dropped_ = true;
  }
  held_.push_back(event);
}

bool Feed::page(event::History& history) {
  const bool again = std::exchange(dropped_, false);
  if (again && read_ != seen_) {
    // What was dropped came before this page.
    history.messages.clear();
    history.changes.clear();
    read_ = seen_;
    return true;
  }
  const bool empty = history.messages.empty();
  const bool closed = !empty && history.messages.back()->seq >= first_held();
  const std::uint64_t end = history.next.value_or(empty ? 0 : history.messages.back()->seq);
  // After an empty page, or one that ends where it began, the same page would be asked for again for ever.
  const bool last = history.next ? end <= read_ : history.complete || closed || empty;
  keep_unseen(history.messages, first_held());
  read_ = std::max(read_, end);
  seen_ = std::max(seen_, std::min(read_, first_held() - 1));
  return again || !last;
}

void Feed::forget_held() {
  catching_up_ = false;
  held_.clear();
  joined_ = {};
}

std::vector<Event> Feed::release() {
  auto& joined = std::get<event::Joined>(joined_.body);
  keep_unseen(joined.history, std::numeric_limits<std::uint64_t>::max());
  std::vector<Event> events;
  events.push_back(std::move(joined_));
  for (Event& held : held_) {
    if (const auto* edited = std::get_if<event::Edited>(&held.body)) take(event::Changed(*edited));
    if (const auto* deleted = std::get_if<event::Deleted>(&held.body)) take(event::Changed(*deleted));
    const auto* message = std::get_if<MessagePtr>(&held.body);
    if (message == nullptr || take(**message)) events.push_back(std::move(held));
  }
  seen_ = std::max({seen_, read_, std::get<event::Joined>(events.front().body).last});
  forget_held();
  return events;
}

std::uint64_t Feed::first_held() const {
  const auto& history = std::get<event::Joined>(joined_.body).history;
  if (!history.empty()) return history.front()->seq;
  for (const Event& held : held_) {
    if (const auto* message = std::get_if<MessagePtr>(&held.body)) return (*message)->seq;
  }
  return std::numeric_limits<std::uint64_t>::max();
}

void Feed::keep_unseen(std::vector<MessagePtr>& messages, std::uint64_t before) {
  std::erase_if(messages,
                [&](const MessagePtr& message) { return message->seq >= before || !take(*message); });
}

bool Repeats::has(const protocol::Message& message, TimePoint now) {
  if (message.id.empty()) return false;
  while (!seen_.empty() && now - seen_.front().time > protocol::dedupe_age) seen_.pop_front();
  Seen seen{now, message.from, message.id, std::hash<std::string>()(message.text)};
  if (std::any_of(seen_.begin(), seen_.end(), [&](const Seen& one) { return one.is(seen); })) return true;
  if (seen_.size() >= most) seen_.pop_front();
  seen_.push_back(std::move(seen));
  return false;
}

}  // namespace hubbub::client
