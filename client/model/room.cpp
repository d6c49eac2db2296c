#include "client/model/room.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "protocol/name.hpp"

namespace hubbub::client {

using protocol::key_of;
using protocol::same_name;
using protocol::Timestamp;
namespace event = protocol::event;

namespace {

std::size_t bytes_of(const Said& said) { return said.message->text.size() + said.message->from.size(); }

constexpr char view_sign = '@';
constexpr const char* kept_topic = "private messages";
constexpr const char* passing_topic = "private messages, which the server does not keep";

bool mentions_reader(const Said& said) { return !said.mentions.empty() || (said.is_private() && !said.own); }

}  // namespace

std::string view_name(std::string_view person) { return view_sign + std::string(person); }

std::string_view person_of(std::string_view room) {
  return room.starts_with(view_sign) ? room.substr(1) : std::string_view();
}

Room::Room(const event::Joined& joined)
    : name_(joined.room), topic_(joined.topic), count_(joined.count), rules_(joined.rules) {
  set_members(joined.members);
  set_roles(joined.roles);
}

std::string Room::role_of(std::string_view name) const {
  const auto role = roles_.find(key_of(name));
  return role == roles_.end() ? std::string() : role->second;
}

void Room::set_role(std::string_view name, std::string_view role) {
  if (role.empty() || role == "none") {
    roles_.erase(key_of(name));
  } else {
    roles_.insert_or_assign(key_of(name), std::string(role));
  }
}

void Room::set_roles(const std::vector<event::RoleHeld>& roles) {
  for (const event::RoleHeld& held : roles) set_role(held.name, held.role);
}

Room Room::with(std::string_view person, bool kept) {
  Room view;
  view.name_ = view_name(person);
  view.topic_ = kept ? kept_topic : passing_topic;
  view.count_ = 2;
  view.set_members({std::string(person)});
  return view;
}

bool Room::is_called(std::string_view name) const {
  if (name == name_) return true;
  return is_private() ? !person_of(name).empty() && same_name(person_of(name_), person_of(name))
                      : same_name(name_, name);
}

void Room::set_members(const std::vector<std::string>& members) {
  members_ = members;
  keys_.clear();
  for (const std::string& member : members_) keys_.push_back(key_of(member));
}

bool Room::has(std::string_view name) const {
  return std::find(keys_.begin(), keys_.end(), key_of(name)) != keys_.end();
}

std::optional<Timestamp> Room::last_spoke(std::string_view name) const {
  const auto found = std::ranges::find(speakers_, name, &Speaker::name);
  return found == speakers_.end() ? std::nullopt : std::optional(found->when);
}

std::vector<std::string> Room::people() const {
  std::vector<std::string> names;
  std::set<std::string_view> given;
  const auto add = [&](const std::string& name) {
    if (given.insert(name).second) names.push_back(name);
  };
  std::ranges::for_each(speakers_, add, &Speaker::name);
  std::ranges::for_each(members_, add);
  return names;
}

std::vector<std::string> Room::enter_again(const event::Joined& joined) {
  std::vector<std::string> gone;
  if (joined.members.size() >= joined.count) {
    const std::set<std::string_view> there(joined.members.begin(), joined.members.end());
    std::ranges::copy_if(members_, std::back_inserter(gone),
                         [&](const auto& each) { return !there.contains(each); });
  }
  topic_ = joined.topic;
  count_ = joined.count;
  rules_ = joined.rules;
  set_members(joined.members);
  roles_.clear();
  set_roles(joined.roles);
  return gone;
}

void Room::add_member(const std::string& name) {
  if (std::find(members_.begin(), members_.end(), name) != members_.end()) return;
  members_.push_back(name);
  keys_.push_back(key_of(name));
}

void Room::remove_member(std::string_view name) {
  const auto found = std::find(members_.begin(), members_.end(), name);
  if (found == members_.end()) return;
  roles_.erase(key_of(name));
  keys_.erase(keys_.begin() + (found - members_.begin()));
  members_.erase(found);
}

void Room::rename(const std::string& old_name, const std::string& new_name) {
  if (old_name == new_name) return;
  if (const auto found = std::find(members_.begin(), members_.end(), old_name); found != members_.end()) {
    keys_[static_cast<std::size_t>(found - members_.begin())] = key_of(new_name);
    *found = new_name;
  }
  if (auto role = roles_.extract(key_of(old_name))) {
    role.key() = key_of(new_name);
    roles_.erase(role.key());
    roles_.insert(std::move(role));
  }
  const auto spoke = last_spoke(old_name);
  if (!spoke) return;
  std::erase_if(speakers_, [&](const Speaker& speaker) { return speaker.name == new_name; });
  for (Speaker& speaker : speakers_) {
    if (speaker.name == old_name) speaker.name = new_name;
  }
}

void Room::set_person(std::string_view person) { name_ = view_name(person); }

void Room::add(Said said, bool shown) {
  if (!shown) {
    ++behind_;
    if (!said.own && unread_++ == 0) unread_since_ = said.message->time;
    if (mentions_reader(said)) ++mentions_;
  }
  const std::uint64_t seq = said.message->seq;
  if (is_private()) topic_ = seq > 0 ? kept_topic : passing_topic;
  held_bytes_ += bytes_of(said);
  if (seq == 0 || seq > newest_) {
    held_.push_back(std::move(said));
  } else {
    const auto next =
        std::ranges::find_if(held_, [seq](const Said& each) { return each.message->seq > seq; });
    // The unread ones are the last ones: what follows an unread one is shown again with it.
    const auto from_end = static_cast<std::size_t>(held_.end() - next) + 1;
    if (!shown) {
      behind_ = std::max(behind_, from_end);
    } else if (from_end <= behind_) {
      ++behind_;
    }
    held_.insert(next, std::move(said));
  }
  newest_ = std::max(newest_, seq);
  while (held_.size() > most_messages || (held_bytes_ > most_bytes && held_.size() > 1)) {
    held_bytes_ -= bytes_of(held_.front());
    let_go_ = std::max(let_go_, held_.front().message->seq);
    held_.pop_front();
  }
}

bool Room::has_seq(std::uint64_t seq) const {
  if (seq == 0 || seq > newest_) return false;
  return seq <= let_go_ ||
         std::ranges::any_of(held_, [seq](const Said& said) { return said.message->seq == seq; });
}

void Room::amend(const std::function<std::optional<Said>(const Said&)>& changed) {
  for (std::size_t at = 0; at < held_.size(); ++at) {
    Said& said = held_[at];
    auto now = changed(said);
    if (!now) continue;
    const bool is_unread = held_.size() - at <= behind_;
    if (is_unread && mentions_reader(said) && mentions_ > 0) --mentions_;
    if (is_unread && mentions_reader(*now)) ++mentions_;
    held_bytes_ = held_bytes_ - bytes_of(said) + bytes_of(*now);
    said = *std::move(now);
  }
}

void Room::skip(std::size_t unread) {
  held_.clear();
  held_bytes_ = 0;
  let_go_ = newest_;
  behind_ = unread_ = unread;
  mentions_ = is_private() ? unread : 0;
}

void Room::read_up_to(std::uint64_t seq) {
  const auto first = held_.end() - static_cast<std::ptrdiff_t>(std::min(behind_, held_.size()));
  const auto unread = std::find_if(first, held_.end(), [seq](const Said& said) {
    return said.message->seq == 0 || said.message->seq > seq;
  });
  if (unread != first) count_unread(static_cast<std::size_t>(held_.end() - unread));
}

/// So many messages have come since the reader last looked; all of them are held.
void Room::count_unread(std::size_t behind) {
  behind_ = behind;
  unread_ = mentions_ = 0;
  for (auto said = held_.end() - static_cast<std::ptrdiff_t>(behind); said != held_.end(); ++said) {
    if (!said->own && unread_++ == 0) unread_since_ = said->message->time;
    if (mentions_reader(*said)) ++mentions_;
  }
}

void Room::forget_numbers() {
  for (Said& said : held_) said = without_number(std::move(said));
  newest_ = let_go_ = 0;
}

void Room::note_speaker(const std::string& name, Timestamp when) {
  if (!speakers_.empty() && speakers_.front().name == name) {
    speakers_.front().when = when;
    return;
  }
  std::erase_if(speakers_, [&](const Speaker& speaker) { return speaker.name == name; });
  speakers_.push_front({name, when});
  if (speakers_.size() > most_speakers) speakers_.pop_back();
}

std::vector<Item> Room::take_unread(std::size_t context, Timestamp now) {
  const std::size_t fresh = std::min(behind_, held_.size());
  const std::size_t given = std::min(std::max(fresh, context), held_.size());
  std::vector<Item> items;
  bool marked = unread_ == 0;
  for (std::size_t at = held_.size() - given; at < held_.size(); ++at) {
    const Said& said = held_[at];
    // The reader's own messages from before turning away come before the unread line.
    if (!marked && at >= held_.size() - fresh && !said.own) {
      // The line of a private view tells no mentions, as every message is for the reader, and messages that
      // are not held only if the server keeps them.
      const std::size_t not_held = is_private() && newest_ == 0 ? 0 : behind_ - fresh;
      items.push_back({now, UnreadLine{unread_, is_private() ? 0 : mentions_, not_held, behind_}});
      marked = true;
    }
    items.push_back({said.message->time, said});
  }
  unread_ = behind_ = mentions_ = 0;
  return items;
}

}  // namespace hubbub::client
