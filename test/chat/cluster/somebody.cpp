#include "test/chat/cluster/somebody.hpp"

#include <variant>

namespace hubbub::chat::cluster {

void Somebody::ask(request::Any body) {
  const auto ref = "r" + std::to_string(++asked_);
  if (peer_->ask(std::move(body), ref)) open_.insert(ref);
}

void Somebody::join(const std::string& room) {
  request::Join join{.room = room, .since = {}, .replay = {}, .key = {}};
  if (const auto seen = seen_.find(room); seen != seen_.end()) {
    join.since = seen->second.since;
    join.epoch = seen->second.epoch;
    since_["r" + std::to_string(asked_ + 1)] = seen->second.since;
  }
  ask(std::move(join));
}

void Somebody::listen() {
  for (; heard_ < peer_->events.size(); ++heard_) take(peer_->events[heard_]);
  for (auto& [key, room] : rooms_) room.is_new = false;
}

void Somebody::take(const protocol::Event& told) {
  if (!told.ref.empty() && open_.erase(told.ref) == 0) throw Wrong(told.ref + " is answered twice");
  ref_ = told.ref;
  std::visit([this](const auto& body) { take(body); }, told.body);
}

Somebody::Room& Somebody::room_of(const std::string& name, const std::string& what) {
  const auto found = rooms_.find(name);
  if (found == rooms_.end()) throw Wrong(name_ + " is told " + what + " in " + name + ", where it is not");
  return found->second;
}

/// Whoever was put out while he spoke is answered what has become of that.
bool Somebody::is_late_answer(const std::string& name) const {
  return !ref_.empty() && !rooms_.contains(name);
}

void Somebody::number(const std::string& name, std::uint64_t number, const std::string& what) {
  auto& room = room_of(name, what);
  if (room.newest() >= number) throw Wrong(name_ + " is told " + what + " twice, or out of order");
  room.numbers.push_back(number);
  seen_[name].since = number;
}

// --- who one is

void Somebody::take(const event::Welcome& welcome) {
  is_welcome_ = true;
  name_ = welcome.name;
  account_ = welcome.account ? wanted_account_ : 0;
  if (welcome.account != (account_ != 0)) throw Wrong(name_ + " has an account, and did not log in");
}

void Somebody::take(const event::LoggedIn& in) {
  name_ = in.name;
  account_ = wanted_account_;
}

void Somebody::take(const event::LoggedOut& out) {
  name_ = out.name;
  account_ = 0;
}

void Somebody::take(const event::Renamed& renamed) {
  if (renamed.old_name == name_) name_ = renamed.new_name;
  for (auto& [key, room] : rooms_) {
    if (room.members.erase(renamed.old_name) > 0) room.members.insert(renamed.new_name);
  }
}

// --- who is where

void Somebody::take(const event::Joined& joined) {
  auto& room = rooms_[joined.room];
  room = {};
  room.members = Names(joined.members.begin(), joined.members.end());
  room.from = joined.last;
  room.first_topic = joined.topic;
  if (since_.contains(ref_)) came_back(joined);
  seen_[joined.room] = {.since = joined.last, .epoch = joined.epoch};
}

void Somebody::came_back(const event::Joined& joined) {
  const auto since = since_.at(ref_);
  if (joined.epoch != seen_.at(joined.room).epoch) throw Wrong(name_ + " comes back to another journal");
  if (joined.last < since) throw Wrong(name_ + " comes back, and knows more of " + joined.room);
  past_.returns.push_back({.name = name_, .since = since, .joined = joined});
}

void Somebody::take(const event::Presence& presence) {
  auto& room = room_of(presence.room, "who comes and goes");
  for (const auto& departure : presence.left)
    if (room.members.erase(departure.name) == 0 && !room.is_new)
      throw Wrong(departure.name + " leaves, and was not there");
  for (const auto& each : presence.joined)
    if (!room.members.insert(each).second && !room.is_new && each != name_)
      throw Wrong(each + " comes, and was there");
  if (presence.count != room.members.size() && !room.is_new)
    throw Wrong("the count of " + presence.room + " is another");
}

// --- what is said

void Somebody::take(const protocol::MessagePtr& message) {
  if (message->room.empty() || is_late_answer(message->room)) return;
  auto& room = room_of(message->room, "what is said");
  // An account may have taken another name on another node while this was on its way: see
  // server/README.md.
  // Whoever has logged out is in his rooms under another name when the log takes that.
  const bool is_known = room.members.contains(message->from) || !message->account.empty() ||
                        message->from.starts_with("guest-");
  if (!room.is_new && !is_known)
    throw Wrong(message->from + " speaks in " + message->room + ", and is not there for " + name_);
  number(message->room, message->seq, "what is said");
  if (!ref_.empty()) own_[message->room].push_back(message->seq);
}

void Somebody::take_change(const std::string& name, std::uint64_t change) {
  if (!name.empty() && !is_late_answer(name)) number(name, change, "a change");
}

void Somebody::take(const event::Topic& topic) {
  if (is_late_answer(topic.room)) return;
  auto& room = room_of(topic.room, "a topic");
  // What one was told on coming may be told again.
  const bool is_first = room.topics.empty() && room.numbers.empty();
  if (is_first && topic.text == room.first_topic && topic.from != name_) return;
  room.topics.push_back({.text = topic.text, .behind = room.newest()});
}

// --- what is ruled

void Somebody::take(const event::Kicked& kicked) {
  if (kicked.you) rooms_.erase(kicked.room);
}

void Somebody::take(const event::Banned& banned) {
  bans_.push_back(banned.ban.id);
  if (const auto found = rooms_.find(banned.ban.room); found != rooms_.end())
    found->second.rulings.push_back("+" + std::to_string(banned.ban.id));
}

void Somebody::take(const event::Unbanned& unbanned) {
  if (const auto found = rooms_.find(unbanned.room); found != rooms_.end())
    found->second.rulings.push_back("-" + std::to_string(unbanned.id));
}

}  // namespace hubbub::chat::cluster
