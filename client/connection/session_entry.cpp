// The session's part that joins rooms, and joins them again on a new link: missed messages are read before
// anything else.
#include <algorithm>

#include "client/connection/session.hpp"
#include "client/connection/wipe.hpp"
#include "protocol/limits.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::Code;
using protocol::Event;
using protocol::MessagePtr;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// What has become of messages, in an event that brings what was missed.
std::vector<event::Changed> changes_of(const Event& event) {
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) return joined->changes;
  if (const auto* history = std::get_if<event::History>(&event.body)) return history->changes;
  return {};
}

}  // namespace

void Session::enter_rooms() {
  for (const Feed& feed : feeds_) enter(feed.room(), &feed);
  for (const std::string& room : unentered_) enter(room, nullptr);
  open_when_entered();
}

void Session::enter(const std::string& room, const Feed* feed) {
  request::Join join;
  join.room = room;
  if (feed == nullptr) {
    join.replay = profile_.replay;
  } else {
    join.since = feed->seen();
    if (!feed->epoch().empty()) join.epoch = feed->epoch();
  }
  const auto key = keys_.find(protocol::key_of(room));
  if (key != keys_.end() && !is_open_to_all_) join.key = key->second.text();
  const std::string ref = next_tag();
  protocol::Request asked{std::move(join), ref};
  write(asked);
  wipe(asked.body);
  entering_.emplace(ref, room);
}

/// One is not in the room any more: nothing of it is asked for again.
void Session::forget_room(std::string_view room) {
  keys_.erase(protocol::key_of(room));
  std::erase_if(feeds_, [&](const Feed& feed) { return feed.room() == room; });
}

/// A room that asks for a key asks for it again after a broken link.
void Session::note_key(const request::Any& asked) {
  const auto* join = std::get_if<request::Join>(&asked);
  if (join == nullptr || !join->key) return;
  keys_.insert_or_assign(protocol::key_of(join->room), protocol::Secret(std::string(*join->key)));
}

void Session::open_when_entered() {
  if (phase_ != Phase::entering || !entering_.empty() || !paging_.empty()) return;
  phase_ = Phase::open;
  setbacks_ = 0;
  listener_.on_ready();
}

Verdict Session::handle(event::Joined& joined, const Incoming& in) {
  settle(in.event.ref, in.now);
  const auto asked = entering_.find(in.event.ref);
  const bool was_asked = asked != entering_.end();
  if (was_asked) {
    std::erase(unentered_, asked->second);
    entering_.erase(asked);
  }
  if (!joined.epoch.empty()) {
    if (!epoch_.empty() && epoch_ != joined.epoch) mailbox_.forget();
    epoch_ = joined.epoch;
  }
  Feed* feed = find_feed(joined.room);
  if (feed == nullptr) {
    feeds_.emplace_back(joined.room, joined.last, joined.epoch);
    pass_on(in);
  } else if (!was_asked && feed->catching_up()) {
    feed->hold(in.event);  // the server sends it unasked to a slow reader; pages of the gap are still to come
  } else if (feed->resume(in.event)) {
    ask_for_page(*feed);
  } else {
    pass_on_missed(in.event, in.now);
  }
  open_when_entered();
  return {};
}

void Session::ask_for_page(const Feed& feed) {
  request::History page;
  page.room = feed.room();
  page.after = feed.read();
  page.limit = protocol::page_messages;
  const std::string ref = next_tag();
  write({page, ref});
  paging_.emplace(ref, feed.room());
}

Verdict Session::handle(event::History& history, const Incoming& in) {
  const auto asked = paging_.find(in.event.ref);
  Feed* feed = asked == paging_.end() ? nullptr : find_feed(asked->second);
  if (asked != paging_.end() && feed == nullptr) {  // one has been put out of the room meanwhile
    paging_.erase(asked);
    open_when_entered();
    return {};
  }
  if (feed == nullptr || !feed->catching_up()) {
    settle(in.event.ref, in.now);
    return pass_on(in);
  }
  paging_.erase(asked);
  const bool more = feed->page(history);
  if (!history.messages.empty() || !history.changes.empty()) pass_on_missed(in.event, in.now);
  if (more) {
    ask_for_page(*feed);
  } else {
    close_gap(*feed, in.now);
  }
  return {};
}

void Session::go_back(std::string_view room, std::uint64_t seq) {
  Feed* feed = find_feed(room);
  if (feed == nullptr) return;
  // Ignores pages already asked for: they start from the old position.
  std::erase_if(paging_, [&](const auto& asked) { return asked.second == feed->room(); });
  feed->go_back(seq);
  if (welcome()) {
    ask_for_page(*feed);
  } else {
    feed->forget_held();
  }
}

void Session::close_gap(Feed& feed, TimePoint now) {
  for (const Event& event : feed.release()) pass_on_missed(event, now);
  open_when_entered();
}

void Session::ask_again(TimePoint now) {
  while (!later_.empty() && later_.begin()->first <= now) ask_again(later_.extract(later_.begin()).mapped());
}

void Session::ask_again(const std::string& ref) {
  if (ref == mail_ref_) return ask_for_mail();
  if (const auto page = paging_.find(ref); page != paging_.end()) {
    const Feed* feed = find_feed(page->second);
    paging_.erase(page);
    if (feed != nullptr) ask_for_page(*feed);
  } else if (const auto entry = entering_.find(ref); entry != entering_.end()) {
    const std::string room = entry->second;
    const Feed* feed = find_feed(room);
    entering_.erase(entry);
    enter(room, feed);
  }
}

/// On a device that is new to the account: it enters the rooms in which the account was.
void Session::remember_rooms(const std::string& account, const std::vector<event::RememberedRoom>& rooms) {
  if (!profile_.follows_account || account.empty() || account == rooms_of_) return;
  rooms_of_ = account;
  for (const event::RememberedRoom& each : rooms) {
    const auto is_it = [&](const std::string& room) { return protocol::same_name(room, each.room); };
    const bool known =
        std::ranges::any_of(unentered_, is_it) || std::ranges::any_of(feeds_, is_it, &Feed::room);
    if (!known) unentered_.push_back(each.room);
  }
}

/// Over a link that is open already.
void Session::enter_remembered() {
  for (const std::string& room : unentered_) {
    const auto is_it = [&](const auto& asked) { return asked.second == room; };
    if (std::ranges::none_of(entering_, is_it)) enter(room, nullptr);
  }
}

/// Missed messages cannot be read at the moment: for the first few times, reconnecting later is better than
/// losing them.
bool Session::is_setback(const protocol::Error& error) {
  constexpr int enough = 5;
  return error.code == Code::storage_failed && ++setbacks_ <= enough;
}

Verdict Session::entry_refused(const Incoming& in) {
  const auto asked = entering_.find(in.event.ref);
  const std::string room = asked->second;
  const protocol::Error error = std::get<event::Failure>(in.event.body).error;
  if (find_feed(room) != nullptr && is_setback(error)) return {Verdict::Step::turned_away, error};
  entering_.erase(asked);
  std::erase(unentered_, room);
  if (error.code == Code::already_joined) {
    open_when_entered();
    return {};
  }
  pass_on(in);
  const bool was_in = find_feed(room) != nullptr;
  forget_room(room);
  if (was_in) tell({event::Left{room}, {}}, Arrival::live);
  open_when_entered();
  return {};
}

void Session::pass_on_missed(const Event& event, TimePoint now) {
  // The client's own message in the history need not be sent again.
  for (const MessagePtr& message : messages_of(event)) {
    if (is_own(*message) && outbox_.came_back(message->id, now)) answered_ = true;
  }
  const std::vector<event::Changed> changes = changes_of(event);
  if (changes.empty()) return tell(event, Arrival::missed);
  Event without = event;
  if (auto* joined = std::get_if<event::Joined>(&without.body)) joined->changes.clear();
  auto* history = std::get_if<event::History>(&without.body);
  if (history != nullptr) history->changes.clear();
  if (history == nullptr || !history->messages.empty()) tell(without, Arrival::missed);
  for (const event::Changed& change : changes)
    std::visit([this](const auto& one) { tell({one, {}}, Arrival::missed); }, change);
}

}  // namespace hubbub::client
