#include "server/chat/private_messages.hpp"

#include <algorithm>
#include <memory>

#include "protocol/limits.hpp"
#include "server/chat/session.hpp"
#include "server/chat/wire.hpp"

namespace hubbub::chat {
namespace {

using protocol::Code;
using std::chrono::milliseconds;

// Between looks at a connection whose acknowledgement is due: TCP puts one off by 40 ms, or 200 (RFC 1122,
// 4.2.3.2).
constexpr milliseconds longest_pause{64};
// When a client that reads slowly may have room again.
constexpr milliseconds busy_for{1000};

protocol::Error not_taken(const std::string& name) {
  return {Code::recipient_busy,
          name + " has not got this: nothing comes through to there at the moment; try again later"};
}

protocol::Error not_confirmed(const std::string& name) {
  return {Code::recipient_busy,
          "nothing comes through to " + name + " at the moment; this may be lost, or come later"};
}

protocol::Error gone(const std::string& name) {
  return {Code::no_such_user, name + " has left, and has not got this"};
}

protocol::Error gone_meanwhile(const std::string& name) {
  return {Code::no_such_user, name + " has left, and may not have got this"};
}

protocol::Error used(const std::string& name) {
  return {Code::bad_request, "another private message to " + name + " had this id; give each its own"};
}

/// Whether what is delivered now goes straight to where it will be taken.
bool is_ready(Session& session, std::size_t bytes) {
  return session.delivery().is_direct() && session.delivery().wire()->has_room(bytes);
}

}  // namespace

std::optional<PrivateMessages::Mark> PrivateMessages::mark(const Session& sender, const protocol::Name& to,
                                                           const protocol::Message& message) const {
  if (message.id.empty()) return std::nullopt;
  constexpr char between = '\0';  // not in names, nor in ids
  const auto id = sender.name().key + between + to.key + between + message.id;
  return Mark{.id = {hash_(id), other_hash_(id)}, .text = hash_(message.text)};
}

bool PrivateMessages::repeats(Answer& answer, const std::optional<Mark>& mark,
                              const protocol::Message& message, protocol::Timestamp now) {
  expire(now);
  const auto found = mark ? known_.find(mark->id) : known_.end();
  if (found == known_.end()) return false;
  const auto& known = found->second;
  if (known.text != mark->text) {
    answer.fail(used(message.to));
  } else if (known.pending != nullptr) {
    wait_too(answer, mark->id, *known.pending);
  } else {
    auto original = message;
    original.time = known.time;
    answer.reply(std::make_shared<const protocol::Message>(std::move(original)));
  }
  return true;
}

/// For what becomes of the one that is on its way.
void PrivateMessages::wait_too(Answer& answer, const Id& id, Session& recipient) {
  auto& receipts = recipients_.at(&recipient).receipts;
  const auto first = std::find_if(receipts.begin(), receipts.end(),
                                  [&](const Receipt& receipt) { return receipt.id == id; });
  if (first->is_late) {
    answer.fail(not_confirmed(first->message->to), busy_for);
    return;
  }
  // Those who have lost their connection wait no more.
  std::erase_if(first->answers, [](const Answer& other) { return !other.is_wanted(); });
  first->answers.push_back(std::move(answer));
}

bool PrivateMessages::is_stuck(Session& session) const {
  const auto found = recipients_.find(&session);
  if (found == recipients_.end() || !found->second.stuck_until) return false;
  return session.delivery().wire()->taken() < *found->second.stuck_until || !is_ready(session, 1);
}

bool PrivateMessages::takes(Session& session, std::size_t bytes) const {
  const auto found = recipients_.find(&session);
  return session.delivery().takes(bytes + (found == recipients_.end() ? 0 : found->second.waiting));
}

void PrivateMessages::send(Session& session, Answer&& answer, protocol::MessagePtr message,
                           const std::optional<Mark>& mark, Now now, milliseconds patience) {
  if (mark) remember(*mark, session, now.wall);
  const auto bytes = protocol::encoded_size(*message);
  auto& recipient = recipients_[&session];
  recipient.receipts.push_back({.message = std::move(message),
                                .id = mark ? std::optional(mark->id) : std::nullopt,
                                .answers = {},
                                .bytes = bytes,
                                .give_up = patience.count() > 0 ? now.steady + patience : never});
  recipient.receipts.back().answers.push_back(std::move(answer));
  recipient.waiting += bytes;
  deliver(session, recipient);
  recipient.pause = milliseconds{0};
  schedule(session, recipient, now.steady);
}

/// What has waited for room, as far as there is.
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
    auto receipt = std::move(first);
    recipient.receipts.pop_front();
    taken(receipt);
  }
}

void PrivateMessages::taken(Receipt& receipt) {
  const auto known = receipt.id ? known_.find(*receipt.id) : known_.end();
  if (known != known_.end()) known->second.pending = nullptr;
  for (auto& answer : receipt.answers) answer.reply(receipt.message);
}

void PrivateMessages::refuse(Receipt& receipt, const protocol::Error& why, milliseconds retry_after) {
  for (auto& answer : std::exchange(receipt.answers, {})) answer.fail(why, retry_after);
}

void PrivateMessages::give_up(Session& session, Recipient& recipient, Now now) {
  bool has_given_up = false;
  for (auto& receipt : recipient.receipts) {
    if (receipt.give_up > now.steady) continue;
    has_given_up = true;
    receipt.give_up = never;
    receipt.is_late = receipt.end != 0;
    if (receipt.is_late) {
      refuse(receipt, not_confirmed(receipt.message->to), busy_for);
    } else {
      recipient.waiting -= receipt.bytes;
      forget(receipt);
      refuse(receipt, not_taken(receipt.message->to), busy_for);
    }
  }
  if (!has_given_up) return;
  std::erase_if(recipient.receipts,
                [](const Receipt& receipt) { return receipt.answers.empty() && !receipt.is_late; });
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
  for (auto& receipt : recipient.receipts) {
    forget(receipt);
    refuse(receipt, receipt.end == 0 ? gone(receipt.message->to) : gone_meanwhile(receipt.message->to));
  }
}

// --- ids

void PrivateMessages::remember(const Mark& mark, Session& recipient, protocol::Timestamp now) {
  known_[mark.id] = {.time = now, .text = mark.text, .pending = &recipient};
  by_age_.emplace_back(now, mark.id);
}

/// It has not come, so it may be sent anew.
void PrivateMessages::forget(const Receipt& receipt) {
  if (receipt.id) known_.erase(*receipt.id);
}

/// But for those that are on their way: there is an answer to be given, once.
void PrivateMessages::expire(protocol::Timestamp now) {
  for (auto left = by_age_.size(); left > 0; --left) {
    const auto [time, id] = by_age_.front();
    if (time + protocol::dedupe_age >= now && by_age_.size() <= protocol::dedupe_tells) return;
    by_age_.pop_front();
    const auto known = known_.find(id);
    if (known == known_.end() || known->second.time != time) continue;
    if (known->second.pending != nullptr) {
      by_age_.emplace_back(time, id);
    } else {
      known_.erase(known);
    }
  }
}

}  // namespace hubbub::chat
