#include "server/chat/room.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace hubbub::chat {

using protocol::Event;
namespace event = protocol::event;

namespace {

/// Of a message, rendered: what its line holds besides its fields, and those; escapes come on top.
std::size_t expected_size(const protocol::Message& message) {
  constexpr std::size_t frame = 120;
  return frame + message.room.size() + message.from.size() + message.text.size() + message.id.size();
}

}  // namespace

void Room::add(std::shared_ptr<Participant> member) {
  const auto& name = member->name();
  const auto gone =
      std::find_if(left_.begin(), left_.end(), [&](const auto& one) { return one.name == name.shown; });
  if (gone != left_.end()) {
    left_.erase(gone);  // back within the same turn: nothing has changed for the others
  } else {
    joined_.push_back(name.shown);
  }
  places_.emplace(name.key, members_.size());
  members_.push_back(std::move(member));
  presence_due_ = true;
}

void Room::remove(const Participant& member, std::string reason) {
  const auto found = places_.find(member.name().key);
  if (found == places_.end() || members_[found->second].get() != &member) return;
  if (std::erase(joined_, member.name().shown) == 0) {
    left_.push_back({.name = member.name().shown, .reason = std::move(reason)});
  }
  presence_due_ = true;
  const auto place = found->second;
  places_.erase(found);
  if (place + 1 < members_.size()) {
    members_[place] = std::move(members_.back());
    places_[members_[place]->name().key] = place;
  }
  members_.pop_back();
}

void Room::renaming(const Participant& member) {
  const auto found = places_.find(member.name().key);
  renaming_ = found->second;
  places_.erase(found);
}

void Room::renamed(const Participant& member) { places_.emplace(member.name().key, renaming_); }

event::Members Room::names(const std::string& after, std::size_t limit) const {
  event::Members page{.room = name_.shown, .count = members_.size(), .names = {}, .more = false};
  for (auto next = places_.upper_bound(after); next != places_.end(); ++next) {
    if (page.names.size() == limit) {
      page.more = true;
      break;
    }
    page.names.push_back(members_[next->second]->name().shown);
  }
  return page;
}

void Room::send(const Event& event, const Participant* except) {
  Rendered rendered(event);
  for (const auto& member : members_) {
    if (member.get() != except) member->deliver(rendered.in(member->format()));
  }
}

bool Room::gather(Delivery delivery) {
  if (!delivery.repeated) last_ = delivery.message->seq;
  if (delivery.sender != nullptr && (delivery.repeated || !delivery.ref.empty())) {
    personal_[delivery.sender].push_back(batch_.size());
  }
  batch_.push_back(std::move(delivery));
  return batch_.size() == 1;
}

/// A batch in one format: the text that all share, and where each message ends in it.
struct Room::Lines {
  const Format* format;
  Bytes text;
  std::vector<std::size_t> ends;
};

// Lines may wait for slow readers for a long time: they should not take much more memory than they are long.
Room::Lines Room::render_batch(const Format& format) const {
  std::string text;
  std::size_t expected = 0;
  for (const auto& delivery : batch_) expected += expected_size(*delivery.message);
  text.reserve(expected);
  std::vector<std::size_t> ends;
  ends.reserve(batch_.size());
  for (const auto& delivery : batch_) {
    if (!delivery.repeated) format.render(*delivery.message, {}, text);
    ends.push_back(text.size());
  }
  return {&format, protocol::make_bytes(std::move(text)), std::move(ends)};
}

// The same lines in the same order, but with what is for this member alone in its place: its refs, and
// the originals of what it has said again. What lies between is shared with everybody else.
void Room::deliver_personally(Participant& member, const Lines& lines,
                              const std::vector<std::size_t>& own) const {
  std::size_t begin = 0;
  const auto share_until = [&](std::size_t end) {
    if (end > begin) member.deliver(Slice(lines.text, begin, end));
  };
  for (const auto i : own) {
    share_until(i == 0 ? 0 : lines.ends[i - 1]);
    std::string line;
    lines.format->render(*batch_[i].message, batch_[i].ref, line);
    auto bytes = protocol::make_bytes(std::move(line));
    if (batch_[i].repeated) {
      member.answer(std::move(bytes));
    } else {
      member.deliver(std::move(bytes));
    }
    begin = lines.ends[i];
  }
  share_until(lines.text->text.size());
}

void Room::deliver() {
  if (batch_.empty()) return;
  std::vector<Lines> formats;
  const auto lines_in = [&](const Format& format) -> const Lines& {
    for (const auto& lines : formats) {
      if (lines.format == &format) return lines;
    }
    return formats.emplace_back(render_batch(format));
  };
  for (const auto& member : members_) {
    const auto& lines = lines_in(member->format());
    const auto own = personal_.empty() ? personal_.end() : personal_.find(member.get());
    if (own != personal_.end()) {
      deliver_personally(*member, lines, own->second);
    } else if (!lines.text->text.empty()) {
      member->deliver(lines.text);
    }
  }
  delivered_ = last_;
  batch_.clear();
  personal_.clear();
}

bool Room::tell_presence(std::size_t limit, Time now) {
  event::Presence presence{.room = name_.shown, .count = members_.size(), .joined = {}, .left = {}};
  const auto most = std::max(members_.size(), joined_.size() + left_.size());
  if (limit == 0 || most <= limit) {
    if (joined_.empty() && left_.empty() && !recount_) {
      presence_due_ = false;
      return true;
    }
    presence.joined.swap(joined_);
    presence.left.swap(left_);
  } else {
    recount_ = true;
    joined_.clear();
    left_.clear();
    if (now - counted_ < std::chrono::seconds{1}) return false;
    counted_ = now;
  }
  presence_due_ = recount_ = false;
  send({.body = std::move(presence), .ref = {}});
  return true;
}

}  // namespace hubbub::chat
