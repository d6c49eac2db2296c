#include "server/chat/private_messages.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "protocol/limits.hpp"
#include "server/chat/session.hpp"
#include "server/chat/wire.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using protocol::Error;
using std::chrono::milliseconds;

// Longest time between looks at a connection whose acknowledgement is due. Linux delays one by 40 to 200 ms;
// RFC 1122, 4.2.3.2, allows less than 500.
constexpr milliseconds longest_pause{64};

/// Whether a message delivered now goes straight to the peer, which has space for it.
bool is_ready(Session& session, std::size_t bytes) {
  return session.delivery().is_direct() && session.delivery().wire()->has_room(bytes);
}

}  // namespace

bool PrivateMessages::is_stuck(Session& session) const {
  const auto found = recipients_.find(&session);
  if (found == recipients_.end() || !found->second.stuck_until) return false;
  return session.delivery().wire()->taken() < *found->second.stuck_until || !is_ready(session, 1);
}

bool PrivateMessages::has_room(Session& session, std::size_t bytes) const {
  const auto found = recipients_.find(&session);
  return session.delivery().takes(bytes + (found == recipients_.end() ? 0 : found->second.waiting));
}

void PrivateMessages::deliver(Session& session, protocol::MessagePtr message, Directory::TellHandler handler,
                              Now now, milliseconds patience) {
  const auto bytes = protocol::encoded_size(*message);
  if (is_stuck(session) || !has_room(session, bytes)) {
    return handler({.message = message,
                    .why = Error{Code::recipient_busy,
                                 message->to + " has too much to read that was sent before; try again later"},
                    .retry_after = busy_for});
  }
  auto& recipient = recipients_[&session];
  recipient.receipts.push_back({.message = std::move(message),
                                .handler = std::move(handler),
                                .bytes = bytes,
                                .give_up = patience.count() > 0 ? now.steady + patience : never});
  recipient.waiting += bytes;
  deliver(session, recipient);
  recipient.pause = milliseconds{0};
  schedule(session, recipient, now.steady);
}

/// Delivers the messages that wait, as far as there is space.
void PrivateMessages::deliver(Session& session, Recipient& recipient) {
  for (auto& receipt : recipient.receipts) {
    if (receipt.end != 0) continue;
    if (!is_ready(session, receipt.bytes)) return;
    recipient.waiting -= receipt.bytes;
    session.delivery().tell({.body = receipt.message, .ref = {}});
    receipt.end = session.delivery().wire()->delivered();
  }
}

void PrivateMessages::schedule(Session& session, Recipient& recipient, Time next) {
  due_.erase({recipient.next, &session});
  recipient.next = next;
  due_.emplace(next, &session);
}

void PrivateMessages::look(Now now) {
  while (!due_.empty() && due_.begin()->first <= now.steady) {
    const auto session = due_.begin()->second->shared_from_this();
    look_at(*session, now);
  }
}

void PrivateMessages::look_at(Session& session, Now now) {
  auto& recipient = recipients_.at(&session);
  take(session, recipient);
  deliver(session, recipient);
  give_up(session, recipient, now);
  if (recipient.receipts.empty()) {
    due_.erase({recipient.next, &session});
    if (!recipient.stuck_until) recipients_.erase(&session);
    return;
  }
  recipient.pause = std::clamp(recipient.pause * 2, milliseconds{1}, longest_pause);
  schedule(session, recipient, now.steady + recipient.pause);
}

void PrivateMessages::take(Session& session, Recipient& recipient) {
  const auto upto = session.delivery().wire()->taken();
  if (recipient.stuck_until && upto >= *recipient.stuck_until && is_ready(session, 1))
    recipient.stuck_until.reset();
  while (!recipient.receipts.empty()) {
    auto& first = recipient.receipts.front();
    if (first.end == 0 || upto < first.end) return;
    const auto receipt = std::move(first);
    recipient.receipts.pop_front();
    receipt.handler({.message = receipt.message});
  }
}

void PrivateMessages::give_up(Session& session, Recipient& recipient, Now now) {
  bool has_given_up = false;
  for (auto& receipt : recipient.receipts) {
    if (receipt.give_up > now.steady) continue;
    has_given_up = true;
    receipt.give_up = never;
    receipt.is_in_doubt = receipt.end != 0;
    Told told{.message = receipt.message, .retry_after = busy_for, .is_in_doubt = receipt.is_in_doubt};
    if (receipt.is_in_doubt) {
      told.why = Error{Code::recipient_busy, "nothing comes through to " + receipt.message->to +
                                                 " at the moment; this may be lost, or come later"};
      receipt.handler(told);
    } else {
      told.why = Error{Code::recipient_busy, receipt.message->to +
                                                 " has not got this: nothing comes through to there at the "
                                                 "moment; try again later"};
      recipient.waiting -= receipt.bytes;
      std::exchange(receipt.handler, nullptr)(told);
    }
  }
  if (!has_given_up) return;
  std::erase_if(recipient.receipts, [](const Receipt& receipt) { return !receipt.handler; });
  recipient.stuck_until = session.delivery().wire()->delivered();
  session.doubt();
}

void PrivateMessages::end(Session& session) {
  const auto found = recipients_.find(&session);
  if (found == recipients_.end()) return;
  auto recipient = std::move(found->second);
  recipients_.erase(found);
  due_.erase({recipient.next, &session});
  take(session, recipient);
  for (const auto& receipt : recipient.receipts)
    receipt.handler({.message = receipt.message, .why = has_left(receipt.message->to, receipt.end != 0)});
}

}  // namespace hubbub::chat
