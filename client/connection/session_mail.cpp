// The session's part that catches up on the account's conversations.
#include <algorithm>
#include <utility>

#include "client/connection/session.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::Code;
namespace event = protocol::event;

/// `account`: empty: a guest.
void Session::open_mail(const std::string& account) {
  if (!profile_.follows_account || account.empty()) return;
  // Over an open link another login may come while this is under way.
  if (mailbox_.is_busy()) deliver_mail();
  mailbox_.belong_to(account);
  mailbox_.open();
  ask_for_mail();
}

void Session::close_mail() {
  mailbox_.close();
  mail_ref_.clear();
}

void Session::ask_for_mail() {
  mail_ref_ = tag_ + ".mail." + std::to_string(++counter_);
  write({*mailbox_.request(), mail_ref_});
}

void Session::go_on_with_mail() {
  if (mailbox_.request()) return ask_for_mail();
  deliver_mail();
}

void Session::deliver_mail() {
  mail_ref_.clear();
  const Mailbox::Caught caught = mailbox_.take_all();
  if (!caught.conversations.empty()) listener_.on_correspondence(caught.conversations);
  for (const protocol::Event& event : caught.held) {
    const auto* message = std::get_if<protocol::MessagePtr>(&event.body);
    if (message != nullptr) mailbox_.note(correspondent(**message), (*message)->seq);
    tell(event, Arrival::live);
  }
}

/// Whether the event answers a request of the mailbox, perhaps one that it does not wait for any more.
bool Session::takes_mail(const Incoming& in) {
  if (in.event.ref != mail_ref_) return true;
  if (const auto* list = std::get_if<event::Conversations>(&in.event.body)) {
    mailbox_.take(*list);
  } else if (const auto* page = std::get_if<event::History>(&in.event.body)) {
    for (const auto& message : page->messages) {
      if (is_own(*message) && outbox_.came_back(message->id, in.now)) answered_ = true;
    }
    mailbox_.take(*page);
  } else if (const auto* failure = std::get_if<event::Failure>(&in.event.body)) {
    if (failure->error.code == Code::rate_limited) {
      later_.emplace(retry_time(*failure, in.now), in.event.ref);
      return true;
    }
    mailbox_.refused();
  }
  go_on_with_mail();
  if (std::exchange(answered_, false)) listener_.on_answered();
  return true;
}

/// A kept message waits for what was said before it.
bool Session::holds_mail(const protocol::Message& message, const Incoming& in) {
  if (message.seq == 0) return false;
  const std::string with = correspondent(message);
  if (!mailbox_.is_busy()) {
    mailbox_.note(with, message.seq);
    return false;
  }
  if (!mailbox_.hold(in.event, with)) deliver_mail();
  return true;
}

/// With whom the conversation of a kept message is.
std::string Session::correspondent(const protocol::Message& message) const {
  const std::string& account = mailbox_.account();
  const bool is_mine = account.empty() || message.account.empty()
                           ? is_own(message)
                           : protocol::same_name(message.account, account);
  return is_mine ? message.to : message.account.empty() ? message.from : message.account;
}

Verdict Session::handle(event::Read& read, const Incoming& in) {
  settle(in.event.ref, in.now);
  return read.with.empty() ? pass_on(in) : mail_in_its_place(read.with, in);
}

/// What happens in a conversation waits for what was there before it.
Verdict Session::mail_in_its_place(const std::string& with, const Incoming& in) {
  if (!mailbox_.is_busy()) return pass_on(in);
  if (!mailbox_.hold(in.event, with)) deliver_mail();
  return {};
}

}  // namespace hubbub::client
