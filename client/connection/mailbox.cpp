#include "client/connection/mailbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/limits.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::key_of;
using protocol::MessagePtr;
namespace event = protocol::event;
namespace request = protocol::request;

void Mailbox::belong_to(const std::string& account) {
  if (account == account_) return;
  account_ = account;
  forget();
}

void Mailbox::forget() {
  seen_.clear();
  was_open_ = false;
}

void Mailbox::open() {
  close();
  step_ = Step::listing;
}

void Mailbox::close() {
  step_ = Step::idle;
  before_.reset();
  listed_.clear();
  live_.clear();
  listed_again_ = false;
  found_.clear();
  at_ = 0;
  held_.clear();
}

std::optional<request::Any> Mailbox::request() const {
  if (step_ == Step::listing) return request::Conversations{.before = before_};
  if (step_ != Step::reading && step_ != Step::reading_back) return std::nullopt;
  const Correspondence& reading = found_[at_];
  request::History page{
      .room = {}, .before = {}, .after = {}, .limit = protocol::page_messages, .search = {}};
  page.with = reading.conversation.with;
  if (step_ == Step::reading) {
    page.after = seen_of(reading.conversation);
  } else if (!reading.messages.empty()) {
    page.before = reading.messages.front()->seq;
  }
  return page;
}

void Mailbox::take(const event::Conversations& page) {
  if (step_ != Step::listing) return;
  for (const event::Conversation& conversation : page.conversations) consider(conversation);
  if (page.more && !page.conversations.empty()) {
    before_ = page.conversations.back().last;
  } else {
    end_list();
  }
}

/// While the pages are read a conversation moves to the front by a new message, and may so be passed over:
/// then it is looked for there.
void Mailbox::end_list() {
  const auto is_listed = [this](const std::string& key) { return listed_.contains(key); };
  if (std::ranges::all_of(live_, is_listed) || std::exchange(listed_again_, true)) {
    was_open_ = true;
    return begin(0);
  }
  before_.reset();
}

/// What was read, or said by oneself, before this run is not news.
void Mailbox::consider(const event::Conversation& conversation) {
  const std::string key = key_of(conversation.with);
  if (!listed_.insert(key).second) return;
  // What there is with an erased account goes by another name from then on, but is not news.
  if (!was_open_ || conversation.erased)
    seen_.emplace(key, conversation.unread > 0 ? conversation.read : conversation.last);
  found_.push_back({conversation});
}

std::uint64_t Mailbox::seen_of(const event::Conversation& conversation) const {
  const auto seen = seen_.find(key_of(conversation.with));
  return seen == seen_.end() ? 0 : seen->second;
}

/// Goes on with the first conversation from there that has something new.
void Mailbox::begin(std::size_t next) {
  const auto is_new = [this](const Correspondence& one) {
    return one.conversation.last > seen_of(one.conversation);
  };
  const auto found = std::find_if(found_.begin() + static_cast<std::ptrdiff_t>(next), found_.end(), is_new);
  at_ = static_cast<std::size_t>(found - found_.begin());
  step_ = found == found_.end() ? Step::done : Step::reading;
}

void Mailbox::take(const event::History& page) {
  if (step_ != Step::reading && step_ != Step::reading_back) return;
  Correspondence& reading = found_[at_];
  reading.changes.insert(reading.changes.end(), page.changes.begin(), page.changes.end());
  if (step_ == Step::reading && !page.complete) {
    // There is more than a page: it is read from its end, as only the newest are wanted.
    step_ = Step::reading_back;
    return;
  }
  const std::uint64_t seen = seen_of(reading.conversation);
  const bool reached =
      step_ == Step::reading || page.complete || page.messages.empty() || page.messages.front()->seq <= seen;
  add(page.messages);
  if (!reached && reading.messages.size() < most_messages) return;
  if (!reached) reading.whole = false;
  begin(at_ + 1);
}

/// Puts the new ones among the messages before those that are there.
void Mailbox::add(const std::vector<MessagePtr>& messages) {
  Correspondence& reading = found_[at_];
  const std::uint64_t seen = seen_of(reading.conversation);
  std::vector<MessagePtr> fresh;
  std::ranges::copy_if(messages, std::back_inserter(fresh),
                       [seen](const MessagePtr& each) { return each->seq > seen; });
  reading.messages.insert(reading.messages.begin(), fresh.begin(), fresh.end());
  if (reading.messages.size() > most_messages) {
    reading.messages.erase(reading.messages.begin(),
                           reading.messages.end() - static_cast<std::ptrdiff_t>(most_messages));
    reading.whole = false;
  }
}

/// What cannot be read is left out.
void Mailbox::refused() {
  if (step_ == Step::listing) {
    begin(0);
  } else if (step_ == Step::reading || step_ == Step::reading_back) {
    found_[at_].whole = false;
    begin(at_ + 1);
  }
}

bool Mailbox::hold(const protocol::Event& event, const std::string& with) {
  held_.push_back(event);
  if (std::holds_alternative<MessagePtr>(event.body)) live_.insert(key_of(with));
  return held_.size() < most_held;
}

void Mailbox::note(const std::string& with, std::uint64_t seq) {
  std::uint64_t& seen = seen_[key_of(with)];
  seen = std::max(seen, seq);
}

Mailbox::Caught Mailbox::take_all() {
  Caught caught{std::move(found_), std::move(held_)};
  for (const Correspondence& each : caught.conversations) {
    if (each.messages.empty()) continue;
    std::uint64_t& seen = seen_[key_of(each.conversation.with)];
    seen = std::max(seen, each.messages.back()->seq);
  }
  close();
  return caught;
}

}  // namespace hubbub::client
